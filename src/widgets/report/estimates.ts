/** A figure with its interval, in words and as a dot on a line. */

import { formatFigure } from '../../model/format';
import { draw, make } from './dom';
import { IScale } from './scale';
import { seriesClass, symbol } from './symbols';
import { IWords } from './words';

/** A figure and the interval around it; NaN where there is none. */
export interface IEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Whether there is an interval. */
export function hasInterval({ low, high }: IEstimate): boolean {
  return !Number.isNaN(low) && !Number.isNaN(high);
}

/** 0.21; a dash where there is no figure. */
export function valueText({ value }: IEstimate): string {
  return Number.isNaN(value) ? '–' : formatFigure(value);
}

/** 0.17 to 0.25. */
export function intervalText({ low, high }: IEstimate, words: IWords): string {
  return words.__('%1 to %2', ...intervalEnds(low, high));
}

/** Both ends, with as many digits as tell the width to two; more would promise what no interval knows. */
export function intervalEnds(low: number, high: number): readonly [string, string] {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(high - low)));
  const isKnown = Number.isFinite(high - low) && digits <= MOST_DIGITS;
  const end = (value: number) => formatFigure(isKnown ? Number(value.toFixed(digits)) : value);
  return [end(low), end(high)];
}

/** As many as `toFixed` takes. */
const MOST_DIGITS = 100;

/** Return what stands in a column of figures: the value, and its interval; both are whole when the mouse rests on them. */
export function estimateCell(estimate: IEstimate, words: IWords): HTMLElement {
  const { value, low, high } = estimate;
  const isWithInterval = hasInterval(estimate);
  const whole = isWithInterval ? words.__('%1 (%2 to %3)', value, low, high) : String(value);
  return make(
    'span',
    { title: Number.isNaN(value) ? null : whole },
    make('span', { class: 'mlops-Report-number' }, valueText(estimate)),
    make(
      'span',
      { class: 'mlops-Rows-interval' },
      isWithInterval ? ` (${intervalText(estimate, words)})` : ''
    )
  );
}

/** 3,201; what a private model counts is noisy, and still whole. */
export function formatCount(count: number): string {
  return COUNT.format(count);
}

/** Made once: making it is what takes long. */
const COUNT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** Return the line from low to high at a height of the picture around it; nothing where there is no interval. */
export function intervalLine(
  estimate: IEstimate,
  scale: IScale,
  y: number,
  className = ''
): readonly SVGElement[] {
  const [low, high] = [scale.place(estimate.low), scale.place(estimate.high)];
  if (low === null || high === null) {
    return [];
  }
  const line = { y1: y, y2: y, x1: `${low}%`, x2: `${high}%` };
  const ends = [low, high].map(x => ({ y1: y - 4, y2: y + 4, x1: `${x}%`, x2: `${x}%` }));
  const strokes = [line, ...ends].map(each => draw('line', each));
  return [draw('g', { class: `mlops-Interval ${className}`.trim() }, ...strokes)];
}

/** Return the dot of a model on its line. */
export function dotAndLine(
  estimate: IEstimate,
  scale: IScale,
  y: number,
  place: number,
  isHollow: boolean
): readonly SVGElement[] {
  const value = scale.place(estimate.value);
  const dot = value === null ? [] : [symbol(place, isHollow, `${value}%`, String(y))];
  return [...intervalLine(estimate, scale, y, seriesClass(place)), ...dot];
}
