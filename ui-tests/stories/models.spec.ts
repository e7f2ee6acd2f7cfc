/** A run becomes a registered model: by a line in the notebook, by the menu of a run; its aliases move. */

import AxeBuilder from '@axe-core/playwright';

import { THEMES } from '../helpers/MlopsPage';
import { LOANS, LOAN_MODELS, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const REGISTERED = [
  LOANS,
  ...LOAN_MODELS.slice(0, 2),
  'wide_rows = Xte[["income", "wealth", "age"]]',
  '%export_onnx wide -X wide_rows -o wide.onnx',
  '%models register wide loans -a champion -d "the first that may be used"',
  '%models'
];

test('a run is registered, and its alias moves; light and dark', async ({ server, lab }, testInfo) => {
  test.setTimeout(300_000);
  server.write('story.ipynb', notebook(...REGISTERED));
  await lab.open('story.ipynb');
  const { keyboard } = lab.page;
  const picture = async (name: string) => {
    await lab.page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
  };
  await lab.showRuns();
  await expect(lab.section('Models')).toHaveAttribute('aria-expanded', 'false');
  await lab.section('Models').click();
  await expect(lab.explorer).toContainText('No models are registered');
  await picture('empty');

  await lab.runAllCells();
  const shown = lab.cells.filter({ hasText: "mlflow.pyfunc.load_model('models:/loans@champion')" });
  await expect(shown).toContainText('loans/1', { timeout: 120_000 });
  await expect(lab.cells.last()).toContainText('@champion 1', { timeout: 60_000 });
  await lab.cells.last().scrollIntoViewIfNeeded();
  await picture('cards');
  await expect(lab.modelLine('loans')).toContainText('champion', { timeout: 60_000 });
  await expect(lab.modelLine('loans')).toContainText('ONNX: equal on');
  await expect(lab.section('Models')).toContainText('1');

  // Another run, by its menu.
  await lab.unfold('story.ipynb');
  await lab.row('narrow').click({ button: 'right' });
  await lab.contextMenu('Register Model…');
  await lab.page.locator('.jp-Dialog input').fill('loans');
  await lab.answer('Register');
  await expect(lab.page.getByText('Registered narrow as loans, version 2')).toBeVisible({
    timeout: 90_000
  });
  await expect(lab.modelLine('loans')).toContainText('narrow');

  // By the keyboard alone: unfolded, the alias moved, the run opened.
  await lab.models.focus();
  await keyboard.press('ArrowRight');
  await expect(lab.modelLine('Version 2')).toBeVisible();
  await expect(lab.modelLine('Version 1')).toContainText('champion');
  await keyboard.press('ArrowDown');
  await expect(lab.modelLine('Version 2')).toHaveAttribute('aria-selected', 'true');
  await picture('models');
  await keyboard.press('Shift+F10');
  await lab.downTo('Set Alias…');
  await picture('menu');
  await keyboard.press('Enter');
  await lab.page.locator('.jp-Dialog input').fill('champion');
  await picture('alias');
  await lab.answer('Set');
  await expect(lab.modelLine('Version 2')).toContainText('champion', { timeout: 60_000 });
  await expect(lab.modelLine('Version 1')).not.toContainText('champion');
  await lab.models.focus();
  await keyboard.press('Enter');
  await expect(lab.runView).toContainText('narrow');

  // What the menu copies is what MLflow takes.
  await lab.modelLine('Version 1').click({ button: 'right' });
  await lab.contextMenu('Copy URI');
  await expect(lab.page.getByText('Copied models:/loans/1')).toBeVisible();

  // Words and an end, by the keyboard: the question says what goes with it.
  await lab.models.focus();
  await keyboard.press('F2');
  await lab.page.locator('.jp-Dialog textarea').fill('three columns');
  await picture('description');
  await lab.answer('Save');
  await expect(lab.modelLine('Version 1').getByTitle('three columns')).toBeVisible({ timeout: 60_000 });
  await lab.modelLine('Version 2').click();
  await lab.models.focus();
  await keyboard.press('Delete');
  await expect(lab.page.locator('.jp-Dialog')).toContainText('Alias champion goes with it.');
  await expect(lab.page.locator('.jp-Dialog')).toContainText('No endpoint serves it.');
  await picture('delete');
  await lab.answer('Delete');
  await expect(lab.modelLine('Version 2')).toBeHidden({ timeout: 60_000 });
  await expect(lab.modelLine('loans')).not.toContainText('champion');

  for (const theme of THEMES) {
    await lab.theme(theme);
    const { violations } = await lab.ourViews(new AxeBuilder({ page: lab.page })).analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      grave.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join()}`),
      theme
    ).toEqual([]);
    await picture(theme);
  }
});
