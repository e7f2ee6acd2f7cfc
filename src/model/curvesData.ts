/** Curves as numbers: what the server sends becomes points, smoothed and put on one axis. No state, no drawing. */

import { IMetricSeries } from '../api/types';
import { toNumber } from './format';

/** What stands on the x axis: the step, the clock, or seconds since the curve's first point. */
export type XAxis = 'step' | 'time' | 'elapsed';

/** Whether a metric is about the machine, not about the model. */
export function isSystemMetric(key: string): boolean {
  return key.startsWith('system/');
}

/** A curve's points in the order of x. */
export interface ICurve {
  readonly runId: string;
  readonly key: string;
  readonly xs: readonly number[];
  /** As logged: NaN and infinities are among them. */
  readonly ys: readonly number[];
  /** Points that were logged; more than are here when the curve was thinned. */
  readonly total: number;
}

/** What is worth a row in a table. */
export interface ICurveFacts {
  readonly first: number;
  readonly last: number;
  readonly least: number;
  readonly greatest: number;
  /** Points that are no number, or infinite: they cannot be drawn. */
  readonly odd: number;
}

/** One column of x, and a column of y for each curve: null where a curve has a hole, undefined between its points. */
export type Columns = readonly [readonly number[], ...(readonly (number | null | undefined)[])[]];

/** Return a curve on an axis. */
export function readCurve(series: IMetricSeries, axis: XAxis): ICurve {
  const begin = series.times[0] ?? 0;
  const points = series.values.map((value, index) => {
    const time = series.times[index] ?? 0;
    const x =
      axis === 'step'
        ? toNumber(series.steps[index] ?? index)
        : axis === 'time'
          ? time / 1000
          : (time - begin) / 1000;
    return { x, y: toNumber(value) };
  });
  points.sort((a, b) => a.x - b.x);
  return {
    runId: series.run_id,
    key: series.key,
    xs: points.map(point => point.x),
    ys: points.map(point => point.y),
    total: series.total
  };
}

/**
 * Return an exponential moving average: `weight` 0 is the curve as it is, 0.99 nearly its mean.
 *
 * The first points are not drawn towards zero, and what is no finite number stays so and leaves the average alone.
 */
export function smooth(ys: readonly number[], weight: number): number[] {
  let sum = 0;
  let mass = 0;
  return ys.map(y => {
    if (!Number.isFinite(y) || weight <= 0) {
      return y;
    }
    sum = sum * weight + (1 - weight) * y;
    mass = mass * weight + (1 - weight);
    return sum / mass;
  });
}

/** Return the facts about a curve's values. */
export function curveFacts(ys: readonly number[]): ICurveFacts {
  let [least, greatest, odd] = [Infinity, -Infinity, 0];
  for (const y of ys) {
    if (Number.isFinite(y)) {
      least = Math.min(least, y);
      greatest = Math.max(greatest, y);
    } else {
      odd += 1;
    }
  }
  const none = least > greatest;
  return {
    first: ys[0] ?? NaN,
    last: ys[ys.length - 1] ?? NaN,
    least: none ? NaN : least,
    greatest: none ? NaN : greatest,
    odd
  };
}

/** Put curves on one axis. What a logarithm cannot show becomes a hole when `isLog`. Of two points at one x the later stays. */
export function alignCurves(
  curves: readonly { xs: readonly number[]; ys: readonly number[] }[],
  isLog: boolean
): Columns {
  const shown = (y: number) => (Number.isFinite(y) && (!isLog || y > 0) ? y : null);
  const [first, ...others] = curves;
  if (first && isAxis(first.xs) && others.every(curve => isSame(curve.xs, first.xs))) {
    // Runs that log alike, which is what is compared mostly, are on one axis already.
    return [first.xs, ...curves.map(({ ys }) => (isWhole(ys, isLog) ? ys : ys.map(shown)))];
  }
  const xs = [...new Set(curves.flatMap(curve => curve.xs.filter(Number.isFinite)))].sort((a, b) => a - b);
  const place = new Map(xs.map((x, index) => [x, index]));
  const columns = curves.map(curve => {
    const column = new Array<number | null | undefined>(xs.length).fill(undefined);
    curve.xs.forEach((x, index) => {
      const at = place.get(x);
      if (at !== undefined) {
        column[at] = shown(curve.ys[index] ?? NaN);
      }
    });
    return column;
  });
  return [xs, ...columns];
}

// Loops, because hundreds of thousands of points pass here before each picture.

/** Return the places in a column of values with a hole, or nothing at all, on both sides: no line goes through them. */
export function lonePoints(column: ArrayLike<number | null | undefined>): readonly number[] {
  const lone: number[] = [];
  let isAfterHole = true;
  let candidate: number | null = null;
  for (let index = 0; index < column.length; index++) {
    const value = column[index];
    if (value === undefined) {
      continue; // Another curve's x.
    }
    if (value === null && candidate !== null) {
      lone.push(candidate);
    }
    candidate = value !== null && isAfterHole ? index : null;
    isAfterHole = value === null;
  }
  return candidate === null ? lone : [...lone, candidate];
}

/** Whether numbers are finite and each is greater than the one before. */
function isAxis(xs: readonly number[]): boolean {
  let last = -Infinity;
  for (const x of xs) {
    if (!(x > last) || x === Infinity) {
      return false;
    }
    last = x;
  }
  return true;
}

function isSame(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) {
    return false;
  }
  for (let index = 0; index < some.length; index++) {
    if (some[index] !== others[index]) {
      return false;
    }
  }
  return true;
}

/** Whether every value can be shown. */
function isWhole(ys: readonly number[], isLog: boolean): boolean {
  for (const y of ys) {
    if (!Number.isFinite(y) || (isLog && y <= 0)) {
      return false;
    }
  }
  return true;
}
