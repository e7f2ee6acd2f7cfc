/** From a search, by way of an order, a comparison and TensorBoard, to a loaded result without the mouse. */

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

  // In the order of a metric, which is then shown.
  await press('Control+Shift+C');
  await expect(lab.page.locator('#modal-command-palette input')).toBeFocused();
  await keyboard.type('Group, Sort and Choose Columns of Runs');
  await press('Enter');
  await lab.downTo('Sort by');
  await press('ArrowRight');
  await lab.downTo('acc');
  await press('Enter');
  await expect.poll(() => lab.names()).toEqual(['rate-0.3', 'rate-0.1', 'rate-0.03', 'rate-0.01']);
  await expect(lab.row('rate-0.1').getByTitle('acc = 0.85')).toHaveText('0.85');
  await expect(lab.list).toBeFocused();

  // Three runs, compared.
  await press('ArrowDown', 'Space', 'ArrowDown', 'Space', 'ArrowDown', 'Space');
  await expect(lab.selectionBar).toContainText('3 runs selected');
  await lab.tabTo('Compare');
  await press('Enter');
  await expect(lab.comparison).toBeVisible();

  // The same three in TensorBoard.
  await press('Control+Alt+r');
  await expect(lab.list).toBeFocused();
  await lab.tabTo('TensorBoard');
  await press('Enter');
  await expect(lab.tensorBoard.getByText('rate-0.03', { exact: true }).first()).toBeVisible({
    timeout: 60_000
  });

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
