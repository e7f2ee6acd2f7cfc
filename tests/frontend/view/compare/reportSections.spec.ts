import { nullTranslator } from '@jupyterlab/translation';

import { IRunReports } from '../../../../src/api/types';
import { reportSections } from '../../../../src/view/compare/reportSections';
import summaries from '../../reports/run_reports.json';

const trans = nullTranslator.load('jupyter_mlops');
const RUNS = summaries as unknown as readonly IRunReports[];
const [first, second, third] = RUNS as [IRunReports, IRunReports, IRunReports];
const NONE: IRunReports = { run_id: 'd'.repeat(32), fairness: null, explanation: null, problems: [] };

/** The rows of both sections as texts. */
function rows(reports: readonly IRunReports[], onlyDifferences = false): readonly string[][][] {
  return reportSections(reports, onlyDifferences, trans).map(section =>
    section.rows.map(row => [row.key, ...row.values])
  );
}

it('lays gaps beside each other, with the metric over all rows and the interval of the gap', () => {
  const [fairness] = rows([first, second, NONE]);
  expect(fairness!.slice(0, 2)).toEqual([
    ['Accuracy · all rows', '0.78', '0.78', ''],
    ['Accuracy · by sex', '0.12 [0.08, 0.16]', '0.12 [0.08, 0.16]', '']
  ]);
  expect(fairness).toContainEqual(['Selection rate · by sex', '0.21 [0.17, 0.25]', '0.05 [0.01, 0.09]', '']);
});

it('lays importances beside each other, with their places', () => {
  const [, importance] = rows([first, second]);
  expect(importance![0]).toEqual(['age', '0.12 [0.11, 0.13] (no. 1)', '0.09 [0.08, 0.1] (no. 1)']);
});

it('leaves out what is the same, and counts it', () => {
  const [fairness] = reportSections([first, second], true, trans);
  expect(fairness!.rows.every(row => row.differs)).toBe(true);
  expect(fairness!.same).toBeGreaterThan(0);
  expect(fairness!.rows.length).toBeGreaterThan(0);
});

it('says what could not be read', () => {
  expect(reportSections([first, second, third], true, trans)[0]!.notes).toEqual(third.problems);
});

it('says where figures cannot be held against each other', () => {
  const other: IRunReports = {
    ...second,
    fairness: { ...second.fairness!, fingerprint: 'other' },
    explanation: { ...second.explanation!, measure: 'gain', fingerprint: 'other' }
  };
  expect(reportSections([first, other, NONE], true, trans).map(each => each.notes)).toEqual([
    ['The reports are not about the same rows: their gaps cannot be held against each other.'],
    [
      'Importance was measured in different ways: only its order can be compared.',
      'The explanations are not about the same rows.'
    ]
  ]);
});

it('names a stratum, and what has no interval', () => {
  const gap = { ...first.fairness!.gaps[0]!, stratum: 'full-time', low: null, high: null };
  const [fairness] = rows([{ ...first, fairness: { ...first.fairness!, gaps: [gap] } }, NONE]);
  expect(fairness![1]).toEqual(['Accuracy · by sex, full-time', '0.12', '']);
});

it('writes no more digits than an interval knows', () => {
  const gap = { ...first.fairness!.gaps[0]!, difference: 0.076421, low: 0.007997, high: 0.136423 };
  const [fairness] = rows([{ ...first, fairness: { ...first.fairness!, gaps: [gap] } }, NONE]);
  expect(fairness![1]![1]).toBe('0.07642 [0.01, 0.14]');
});

it('has no rows where no run has a report', () => {
  expect(reportSections([NONE, NONE], false, trans).map(each => [each.rows, each.notes])).toEqual([
    [[], []],
    [[], []]
  ]);
});
