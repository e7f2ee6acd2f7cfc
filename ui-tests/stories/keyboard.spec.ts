/** From a search to a loaded result without the mouse. */

import { SEVERAL, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test('runs are found, compared, opened and loaded by the keyboard alone', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...SEVERAL));
  await lab.open('story.ipynb');
  const { keyboard } = lab.page;
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) {
      await keyboard.press(key);
    }
  };
  await lab.command('Run All Cells');
  await expect(lab.card('broken')).toContainText('Failed');
  await expect(lab.statusItem).toBeHidden();

  // Into the list, to its search, and back.
  await press('Control+Alt+r');
  await expect(lab.search.or(lab.list).and(lab.page.locator(':focus'))).toBeVisible();
  await expect(lab.list).toBeVisible();
  await press('Control+Alt+r');
  await expect(lab.list).toBeFocused();
  await press('/');
  await expect(lab.search).toBeFocused();
  await keyboard.type('state:finished');
  await expect.poll(async () => (await lab.activeRow()).includes('story.ipynb')).toBe(true);
  await press('Escape', 'Enter');
  await expect(lab.list).toBeFocused();
  await press('ArrowRight');
  await expect.poll(() => lab.names()).toHaveLength(4);

  // Three runs, compared.
  await press('ArrowDown', 'Space', 'ArrowDown', 'Space', 'ArrowDown', 'Space');
  await expect(lab.selectionBar).toContainText('3 runs selected');
  await lab.tabTo('Compare');
  await press('Enter');
  await expect(lab.comparison).toBeVisible();

  // One of them, part by part.
  await press('Control+Alt+r');
  await expect(lab.list).toBeFocused();
  await press('Enter');
  await expect(lab.runView).toBeVisible();
  await lab.tabTo('Overview');
  await press('ArrowRight');
  await expect(lab.runView.getByRole('tab', { name: 'Log' })).toBeFocused();
  await expect(lab.log).toContainText('trained with');

  // Its menu, and its result in the notebook.
  await press('Control+Alt+r');
  await expect(lab.list).toBeFocused();
  await press('Escape');
  await expect(lab.selectionBar).toHaveCount(0);
  await press('Shift+F10');
  await lab.downTo('Load into Notebook');
  await press('Enter');
  await expect(lab.cells.filter({ hasText: '%runs load' })).toBeVisible();
});
