/** The story of a fairness report, from the gap to the run that lessens it, on data made with a seed. */

import { COMPARED, LOANS, LOAN_MODELS, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** Runs start, fit and come back first. */
const LONG = 90_000;

test('a gap is seen, compared and lessened, and the new point stands on the same axes', async ({
  server,
  lab
}) => {
  server.write('story.ipynb', notebook(LOANS, ...LOAN_MODELS, COMPARED));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  const report = lab.fairness.first();
  const groups = report.getByRole('table', { name: 'selection rate by group' });

  await expect(report).toBeVisible({ timeout: LONG });

  // Two sensitive features: groups with sizes and intervals, and the gap in words.
  await expect(groups.getByRole('row')).toHaveCount(5);
  await expect(groups.getByRole('row', { name: 'female · north' })).toContainText('n = ');
  await expect(groups.getByRole('row', { name: 'female · north' })).toContainText(
    /wide: 0\.\d+ \(\S+ to \S+\)/
  );
  await expect(report).toContainText(
    /wide\S? \S?selection rate\S? lies between 0\.\d+ \(\S?female · \w+\S?, n = \d+\)/
  );
  await expect(report).toContainText(/The largest gap is 0\.\d+ \(\S+ to \S+\)/);

  // One feature, another metric.
  await report.getByLabel('by', { exact: true }).selectOption('sex');
  await expect(groups.getByRole('row')).toHaveCount(3);
  await report.getByLabel('Metric').selectOption('true positive rate');
  await expect(report.getByRole('table', { name: 'true positive rate by group' })).toBeVisible();
  await report.getByLabel('Metric').selectOption('selection rate');

  // Three models, on accuracy against the gap.
  expect(Object.keys(await lab.gaps(report))).toEqual(['wide', 'narrow', 'forest']);

  // The button writes a run that can be read, and runs it; its point lands beside the others.
  await report.getByLabel('Lessen the gap of').selectOption('wide by ThresholdOptimizer');
  await report.getByRole('button', { name: 'Mitigate' }).click();
  await expect(lab.cells.filter({ hasText: 'constraints="demographic_parity"' })).toContainText(
    '%%train wide-ThresholdOptimizer'
  );
  await expect(lab.card('wide-ThresholdOptimizer')).toContainText('Finished', {
    timeout: LONG
  });
  const after = lab.fairness.nth(1);
  await expect(after).toBeVisible({ timeout: LONG });
  await expect(after).toContainText('Hollow: mitigated.');
  const gaps = await lab.gaps(after);
  expect(Object.keys(gaps)).toEqual(['wide', 'narrow', 'forest', 'mitigated']);
  expect(gaps['mitigated']).toBeLessThan(gaps['wide']! / 2);

  // It is a run like any other, and knows its parent.
  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await lab.row('wide').dblclick();
  await lab.part('Fairness');
  await expect(lab.runView.getByRole('region', { name: 'Fairness report' })).toContainText('by group');
});
