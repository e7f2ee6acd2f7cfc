/** The story of a fairness report, from the gap to the run that lessens it, on data made with a seed. */

import { COMPARED, LOANS, LOAN_MODELS, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** Runs start, fit and come back first. */
const LONG = { timeout: 150_000 };

test('a gap is seen, compared and lessened, and the new point stands on the same axes', async ({
  server,
  lab
}) => {
  test.setTimeout(420_000);
  server.write('story.ipynb', notebook(LOANS, ...LOAN_MODELS, COMPARED));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  const report = lab.fairness.first();
  await expect(report).toBeVisible(LONG);

  // Two sensitive features: groups with sizes and intervals, and the gap in words.
  const groups = report.getByRole('table', { name: 'selection rate by group' });
  await expect(groups.getByRole('row')).toHaveCount(5);
  const south = lab.rowOf(groups, 'female · south');
  await expect(south).toContainText('n = 93');
  await expect(south).toContainText(/wide: 0\.\d+ \(0\.\d+ to 0\.\d+\)/);
  const said = await lab.said(report);
  expect(said).toMatch(
    /wide: selection rate lies between 0\.\d+ \(female · south, n = 93\) and 0\.\d+ \(male · north/
  );
  expect(said).toMatch(/The largest gap is 0\.\d+ \(0\.\d+ to 0\.\d+\)/);

  // One feature, another metric, ratios.
  await report.getByRole('combobox', { name: 'by', exact: true }).selectOption('sex');
  await expect(groups.getByRole('row')).toHaveCount(3);
  await report.getByRole('combobox', { name: 'Metric' }).selectOption('true positive rate');
  await expect(report.getByRole('table', { name: 'true positive rate by group' })).toBeVisible();
  await report.getByLabel('ratio', { exact: true }).check();
  await expect.poll(() => lab.said(report)).toMatch(/The lowest is 0\.\d+ times the highest/);
  await report.getByLabel('difference', { exact: true }).check();
  await report.getByRole('combobox', { name: 'Metric' }).selectOption('selection rate');

  // Three models, on accuracy against the gap.
  expect(Object.keys(await lab.gaps(report))).toEqual(['wide', 'narrow', 'forest']);

  // The button writes a run that can be read, and runs it; its point lands beside the others.
  await report.getByLabel('Lessen the gap of').selectOption('wide by ThresholdOptimizer');
  await report.getByRole('button', { name: 'Mitigate' }).click();
  const written = lab.cells.filter({ hasText: '%%train wide-ThresholdOptimizer' });
  await expect(written).toContainText('constraints="demographic_parity"', LONG);
  await expect(lab.card('wide-ThresholdOptimizer')).toContainText('Finished', LONG);
  // Beside the run that was written there is none.
  const after = lab.fairness.nth(1);
  await expect(after).toBeVisible(LONG);
  await after.getByRole('combobox', { name: 'by', exact: true }).selectOption('sex × region');
  const gaps = await lab.gaps(after);
  expect(Object.keys(gaps)).toEqual(['wide', 'narrow', 'forest', 'mitigated']);
  expect(gaps['mitigated']).toBeLessThan((gaps['wide'] ?? 0) / 2);
  await expect(after).toContainText('Hollow: mitigated.');

  // A run like any other: its report is kept with it, and runs are laid side by side.
  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await lab.row('wide').dblclick();
  await lab.part('Fairness');
  await expect(lab.runView.getByRole('table', { name: 'selection rate by group' })).toBeVisible();
  await lab.row('wide').click();
  await lab.row('wide-ThresholdOptimizer').click({ modifiers: ['Control'] });
  await lab.selectionBar.getByRole('button', { name: 'Compare' }).click();
  await expect(lab.comparison).toContainText('Fairness: gap between groups');
  await expect(lab.comparison.getByRole('row', { name: 'selection rate · by sex' }).first()).toContainText(
    /0\.\d+/
  );
});
