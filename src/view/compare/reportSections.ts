/** What the reports of compared runs say, as rows of the table: gaps between groups, and importances. Nothing is ranked. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Figure, IDifference, IFairnessGap, IFairnessSummary, IRunReports } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { intervalEnds } from '../../widgets/report/estimates';

/** A section of the table that comes from reports. */
export interface IReportSection {
  readonly id: 'fairness' | 'importance';
  readonly word: string;
  readonly rows: readonly IDifference[];
  readonly same: number;
  /** What keeps the figures from being held against each other, and what could not be read. */
  readonly notes: readonly string[];
}

/** Return the sections; one without a report has no row. */
export function reportSections(
  reports: readonly IRunReports[],
  onlyDifferences: boolean,
  trans: TranslationBundle
): readonly IReportSection[] {
  const fairness = reports.map(each => each.fairness);
  const explanations = reports.map(each => each.explanation);
  const problems = reports.flatMap(each => each.problems);
  return [
    section('fairness', trans.__('Fairness: gap between groups'), fairnessRows(fairness, trans), [
      isOneOf(fairness, each => `${each.task} ${each.fingerprint}`)
        ? ''
        : trans.__('The reports are not about the same rows: their gaps cannot be held against each other.'),
      ...problems
    ]),
    section('importance', trans.__('Importance of features'), importanceRows(explanations, trans), [
      isOneOf(explanations, each => each.measure)
        ? ''
        : trans.__('Importance was measured in different ways: only its order can be compared.'),
      isOneOf(explanations, each => each.fingerprint)
        ? ''
        : trans.__('The explanations are not about the same rows.')
    ])
  ].map(each => (onlyDifferences ? { ...each, rows: each.rows.filter(row => row.differs) } : each));
}

function section(
  id: IReportSection['id'],
  word: string,
  rows: readonly IDifference[],
  notes: readonly string[]
): IReportSection {
  return { id, word, rows, same: rows.filter(row => !row.differs).length, notes: notes.filter(Boolean) };
}

/** Whether those that are there have the same in common. */
function isOneOf<T>(all: readonly (T | null)[], of: (each: T) => string): boolean {
  return new Set(all.flatMap(each => (each === null ? [] : [of(each)]))).size < 2;
}

function fairnessRows(
  summaries: readonly (IFairnessSummary | null)[],
  trans: TranslationBundle
): readonly IDifference[] {
  const rows = new Map<string, string[]>();
  const put = (key: string, place: number, value: string) => {
    const values = rows.get(key) ?? summaries.map(() => '');
    values[place] = value;
    rows.set(key, values);
  };
  summaries.forEach((summary, place) =>
    summary?.gaps.forEach(gap => {
      put(trans.__('%1 · all rows', gap.label), place, formatFigure(gap.overall));
      put(gapName(gap, trans), place, withInterval(gap.difference, gap.low, gap.high));
    })
  );
  return asRows(rows);
}

function gapName({ label, by, stratum }: IFairnessGap, trans: TranslationBundle): string {
  return stratum ? trans.__('%1 · by %2, %3', label, by, stratum) : trans.__('%1 · by %2', label, by);
}

function importanceRows(
  explanations: readonly IRunReports['explanation'][],
  trans: TranslationBundle
): readonly IDifference[] {
  const rows = new Map<string, string[]>();
  explanations.forEach((explanation, place) =>
    explanation?.names.forEach((name, index) => {
      const values = rows.get(name) ?? explanations.map(() => '');
      const { scores, low, high } = explanation;
      values[place] = trans.__(
        '%1 (no. %2)',
        withInterval(scores[index] ?? 'NaN', low[index] ?? null, high[index] ?? null),
        index + 1
      );
      rows.set(name, values);
    })
  );
  return asRows(rows);
}

function asRows(rows: ReadonlyMap<string, readonly string[]>): readonly IDifference[] {
  return [...rows].map(([key, values]) => ({ key, values, differs: new Set(values).size > 1 }));
}

/** 0.21 [0.17, 0.25]: brackets are read in every language. */
function withInterval(value: Figure, low: Figure | null, high: Figure | null): string {
  const text = formatFigure(value);
  return low === null || high === null
    ? text
    : `${text} [${intervalEnds(toNumber(low), toNumber(high)).join(', ')}]`;
}
