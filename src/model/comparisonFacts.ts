/** Facts of compared runs as numbers: which is best, and the axes of pictures of many runs. No state. */

import { own } from '../api/guards';
import { IDifference, IRunSummary } from '../api/types';
import { isSystemMetric } from './curvesData';
import { toNumber } from './format';

/** Metrics of which less is better, by the words that people use for them. */
const LESS_IS_BETTER =
  /loss|error|err$|mae|mse|rmse|mape|perplexity|ppl|brier|deviance|duration|latency|seconds|time|bytes|memory/i;

/** How far a training went says nothing of how good it is. */
const IS_NO_QUALITY = /(^|[^a-z])(epochs?|steps?|iter(ation)?s?)$/i;

/** Return whether less of a metric is better. A guess from its name, and shown as one. */
export function isLessBetter(key: string): boolean {
  return LESS_IS_BETTER.test(key);
}

/** Return the columns of a row that hold its best value; none when all are the same, fewer than two are numbers, or it is no quality. */
export function bestColumns(row: IDifference): readonly number[] {
  const numbers = row.values.map(value => (value === '' ? NaN : toNumber(value)));
  const finite = numbers.filter(Number.isFinite);
  if (IS_NO_QUALITY.test(row.key) || finite.length < 2 || new Set(finite).size < 2) {
    return [];
  }
  const best = isLessBetter(row.key) ? Math.min(...finite) : Math.max(...finite);
  return numbers.flatMap((number, index) => (number === best ? [index] : []));
}

/** So near an end of an axis no other number is written. */
const NEAR_END = 0.1;
const MOST_STEPS = 4;

/** An axis of a picture of many runs: where each run stands, from 0 to 1; null where it has no value. */
export interface IAxis {
  readonly key: string;
  readonly kind: 'param' | 'metric';
  readonly places: readonly (number | null)[];
  /** What is written along it. */
  readonly ticks: readonly { readonly place: number; readonly text: string }[];
  readonly texts: readonly string[];
}

/** Return the axes that tell the runs apart: parameters, then metrics. */
export function comparisonAxes(runs: readonly IRunSummary[]): readonly IAxis[] {
  const texts = (kind: 'param' | 'metric', key: string) =>
    runs.map(run => {
      const value = own<string | number>(kind === 'param' ? run.params : run.metrics, key);
      return value === undefined ? '' : String(value);
    });
  const axes = (kind: 'param' | 'metric') => {
    const keys = new Set(runs.flatMap(run => Object.keys(kind === 'param' ? run.params : run.metrics)));
    return [...keys].filter(key => !isSystemMetric(key)).map(key => readAxis(kind, key, texts(kind, key)));
  };
  return [...axes('param'), ...axes('metric')].filter(axis => new Set(axis.texts).size > 1);
}

/** What fewer runs have than this part of those on the fullest axis is left out of a picture. */
const LEAST_PART = 0.25;

/** Return the axes on which most runs stand, at most `most` of them, in their order: what one run alone has says little. */
export function mainAxes(axes: readonly IAxis[], most: number): readonly IAxis[] {
  const count = (axis: IAxis) => axis.places.filter(place => place !== null).length;
  const fullest = Math.max(...axes.map(count));
  const full = axes.filter(axis => count(axis) >= fullest * LEAST_PART);
  const chosen = new Set(full.sort((a, b) => count(b) - count(a)).slice(0, most));
  return axes.filter(axis => chosen.has(axis));
}

/** Put texts on an axis: as numbers where all of them are, else each different one on its own place. */
export function readAxis(kind: 'param' | 'metric', key: string, texts: readonly string[]): IAxis {
  const given = texts.filter(text => text !== '');
  const numbers = texts.map(text => (text.trim() === '' ? NaN : toNumber(text)));
  const finite = numbers.filter(Number.isFinite);
  if (kind === 'metric' || (given.length > 0 && finite.length === given.length)) {
    return numberAxis(kind, key, texts, numbers);
  }
  const words = [...new Set(given)].sort();
  const placeOf = (word: string) => (words.length < 2 ? 0.5 : words.indexOf(word) / (words.length - 1));
  return {
    key,
    kind,
    texts,
    places: texts.map(text => (text === '' ? null : placeOf(text))),
    ticks: words.map(text => ({ place: placeOf(text), text }))
  };
}

function numberAxis(
  kind: 'param' | 'metric',
  key: string,
  texts: readonly string[],
  numbers: readonly number[]
): IAxis {
  const finite = numbers.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  // Learning rates and the like go over powers of ten: then equal steps are equal factors.
  const isLog = low > 0 && high / low >= 100;
  const scale = (value: number) => (isLog ? Math.log10(value) : value);
  const span = scale(high) - scale(low);
  const placeOf = (value: number) => (span > 0 ? (scale(value) - scale(low)) / span : 0.5);
  const ends = finite.length ? [low, high] : [];
  const between = (isLog ? powersOfTen(low, high) : roundNumbers(low, high)).filter(value => {
    const place = placeOf(value);
    return place > NEAR_END && place < 1 - NEAR_END;
  });
  return {
    key,
    kind,
    texts,
    places: numbers.map(number => (Number.isFinite(number) ? placeOf(number) : null)),
    ticks: [...new Set([...ends, ...between])].map(value => ({
      place: placeOf(value),
      text: String(Number(value.toPrecision(4)))
    }))
  };
}

function powersOfTen(low: number, high: number): readonly number[] {
  const first = Math.ceil(Math.log10(low));
  const count = Math.floor(Math.log10(high)) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => 10 ** (first + index));
}

/** Some numbers between two others that are easy to read. */
function roundNumbers(low: number, high: number): readonly number[] {
  const rough = (high - low) / MOST_STEPS;
  if (!(rough > 0) || !Number.isFinite(rough)) {
    return [];
  }
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: count }, (_, index) => (first + index) * step);
}
