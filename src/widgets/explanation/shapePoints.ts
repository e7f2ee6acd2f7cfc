/** A shape's figures as points, whichever form it has. No DOM. */

import { Figure, IFeatureShape } from '../../api/types';
import { toNumber } from '../../model/format';

/** Across and up; NaN where there is none. */
export type Point = readonly [x: number, y: number];

/** One output's course along a feature of numbers. */
export interface ICourse {
  readonly values: readonly Point[];
  /** Both are empty where no interval is known. */
  readonly low: readonly Point[];
  readonly high: readonly Point[];
  readonly ice: readonly (readonly Point[])[];
}

/** Return the course of an output. */
export function courseOf(shape: IFeatureShape, output: number): ICourse {
  const points = (values: readonly Figure[] | undefined) => pointsOf(shape, values ?? []);
  return {
    values: points(shape.values[output]),
    low: points(shape.low[output]),
    high: points(shape.high[output]),
    ice: (shape.ice[output] ?? []).map(points)
  };
}

/** Return where a course is lowest and highest; null where it has no figure. */
export function endsOf(points: readonly Point[]): { readonly least: Point; readonly most: Point } | null {
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const [first, ...rest] = finite;
  if (!first) {
    return null;
  }
  return {
    least: rest.reduce((a, b) => (b[1] < a[1] ? b : a), first),
    most: rest.reduce((a, b) => (b[1] > a[1] ? b : a), first)
  };
}

/** Steps have two points each: one at either edge. */
function pointsOf(shape: IFeatureShape, values: readonly Figure[]): readonly Point[] {
  const at = (index: number) => toNumber(shape.grid[index] ?? 'NaN');
  return values.flatMap((value, index): readonly Point[] => {
    const up = toNumber(value);
    return shape.form === 'steps'
      ? [
          [at(index), up],
          [at(index + 1), up]
        ]
      : [[at(index), up]];
  });
}
