/** One row of the data: from the base value, term by term, to what the model answers. No DOM. */

import { Figure, IExplanationReport, ILocalExplanations } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { IWords } from '../report/words';

/** One step on the way. */
export interface IStep {
  /** `age = 43`; empty for the base and for the end. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** The way of one row. */
export interface IWay {
  readonly base: number;
  /** The largest first. */
  readonly steps: readonly IStep[];
  readonly end: number;
}

/** Return the way of a row, by its place among the rows that were named; null where the method tells none. */
export function wayOf(report: IExplanationReport, place: number, output: number, words: IWords): IWay | null {
  const local = report.local;
  const contributions = local?.contributions[place]?.[output];
  if (!local || !contributions) {
    return null;
  }
  const base = toNumber(report.base_values[output] ?? 0);
  const sorted = contributions
    .map((figure, term) => ({ term, by: toNumber(figure) }))
    .filter(({ by }) => Number.isFinite(by))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by));
  let at = base;
  const steps = sorted.map(({ term, by }) => {
    const from = at;
    at += by;
    return { name: termText(report, local, place, term, words), from, to: at };
  });
  return { base, steps, end: at };
}

/** A term with the row's values: `age = 43`, `age = 43, sex = female`. */
function termText(
  report: IExplanationReport,
  local: ILocalExplanations,
  place: number,
  term: number,
  words: IWords
): string {
  const features = report.importance.features[term] ?? [];
  const values = local.values[place] ?? [];
  return features
    .map(feature => `${report.features.names[feature] ?? '?'} = ${valueText(values[feature], words)}`)
    .join(', ');
}

function valueText(value: Figure | undefined, words: IWords): string {
  return value === undefined || value === 'NaN'
    ? words.__('missing')
    : typeof value === 'number'
      ? formatFigure(value)
      : value;
}
