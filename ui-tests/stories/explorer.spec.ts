/** Find runs, choose three, compare them, put one back into the notebook. */

import { readFileSync } from 'node:fs';

import { SEVERAL, SEVERAL_NAMES, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test.beforeEach(async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...SEVERAL));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await expect(lab.row('broken')).toContainText('Failed');
  await expect(lab.list.getByText('Finished')).toHaveCount(4);
});

test('runs are searched, sorted, compared, and one is put back', async ({ lab }) => {
  await expect.poll(() => lab.names()).toEqual(SEVERAL_NAMES);

  await lab.search.fill('acc > 0.7 and state:finished');
  await expect.poll(() => lab.names()).toEqual(['rate-0.03', 'rate-0.1', 'rate-0.3']);

  await lab.command('Open Table of Runs');
  await lab.table.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect
    .poll(() => lab.names(lab.table))
    .toEqual(['broken', 'rate-0.01', 'rate-0.03', 'rate-0.1', 'rate-0.3']);
  await lab.table.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await expect
    .poll(() => lab.names(lab.table))
    .toEqual(['rate-0.3', 'rate-0.1', 'rate-0.03', 'rate-0.01', 'broken']);
  await lab.closeTab('Runs');

  await lab.row('rate-0.3').click();
  await lab.row('rate-0.1').click({ modifiers: ['Control'] });
  await lab.row('rate-0.03').click({ modifiers: ['Control'] });
  await expect(lab.selectionBar).toContainText('3 runs selected');
  await lab.selectionBar.getByRole('button', { name: 'Compare' }).click();

  await expect(lab.comparison.getByRole('row', { name: /^rate 0\.3 0\.1 0\.03/ })).toBeVisible();
  await expect(lab.comparison.getByRole('row', { name: /^acc 0\.95.*0\.85.*0\.75/ })).toBeVisible();
  await expect(lab.comparison.getByRole('checkbox', { name: 'Only differences' })).toBeChecked();
  await expect(lab.comparison.getByLabel('Difference of the two cells').first()).toBeVisible();
  await lab.part('Curves');
  await expect(lab.comparison.locator('canvas').first()).toBeVisible();

  await lab.row('rate-0.1').dblclick();
  await lab.button('Load into notebook').click();
  const cell = lab.cells.filter({ hasText: '%runs load' });
  await cell.click();
  await lab.page.keyboard.press('Shift+Enter');
  await expect(cell).toContainText('model');
  await lab.page.keyboard.press('Escape');
});

test('B34: a search says where it is wrong; the table is exported; the layout is restored after a reload', async ({
  lab
}) => {
  await lab.search.fill('acc >');
  await expect(lab.explorer.getByRole('status').first()).toContainText("expected a value after '>'");
  await expect(lab.search).toHaveAttribute('aria-invalid', 'true');

  await lab.search.fill('acc > 5');
  await expect(lab.explorer).toContainText('No run fits this search.');
  await lab.explorer.getByRole('button', { name: 'Clear the search' }).last().click();
  await expect.poll(() => lab.names()).toEqual(SEVERAL_NAMES);

  const download = lab.page.waitForEvent('download');

  await lab.command('Export Runs as CSV');

  const text = readFileSync(await (await download).path(), 'utf8');
  expect(text.trim().split('\r\n')).toHaveLength(6);
  expect(text).toContain('rate-0.3');

  await lab.row('rate-0.3').dblclick();
  await lab.part('Log');
  await expect(lab.log).toBeVisible();
  await lab.row('rate-0.1').click();
  await lab.row('rate-0.3').click({ modifiers: ['Control'] });
  await lab.selectionBar.getByRole('button', { name: 'Compare' }).click();
  await expect(lab.comparison).toBeVisible();
  await lab.layoutIsSaved('jupyter-mlops-run', 'jupyter-mlops-comparison');

  await lab.reload();

  await expect(lab.explorer).toBeVisible();
  await lab.mainTab('rate-0.3').click();
  await expect(lab.runView.getByRole('tab', { name: 'Log' })).toHaveAttribute('aria-selected', 'true');
});
