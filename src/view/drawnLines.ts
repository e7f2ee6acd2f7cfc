/** Which lines of a list are drawn: those in sight, and some around them. */

import { useRef } from 'react';

/** Lines above and below what is in sight, which are there when the list is scrolled on. */
const OVERSCAN = 4;

/** Lines of a list, from `start` up to `end`. */
export interface ILines {
  readonly start: number;
  readonly end: number;
}

/** The lines in sight, and how many are drawn above and below them. */
export interface ISight extends ILines {
  readonly margin: number;
}

/**
 * Return what is drawn after `before`. A jump draws what it leads to first, and what is around that once the list
 * rests: those lines are seen by nobody, and drawing them takes a fifth of the time.
 */
export function nextSight(before: ISight, { start, end }: ILines, isScrolling: boolean): ISight {
  if (!isScrolling) {
    return { start, end, margin: OVERSCAN };
  }
  if (start === before.start && end === before.end) {
    return before;
  }
  const isJump = start >= before.end || end <= before.start;
  return { start, end, margin: isJump ? 0 : OVERSCAN };
}

/** Return lines and so many around them, of `count`. */
export function around({ start, end }: ILines, count: number, margin = OVERSCAN): ILines {
  return { start: Math.max(0, start - margin), end: Math.min(count, end + margin) };
}

/** Return the lines to draw, of `count`. */
export function useDrawnLines(inSight: ILines, count: number, isScrolling: boolean): ILines {
  const sight = useRef<ISight>({ ...inSight, margin: OVERSCAN });
  sight.current = nextSight(sight.current, inSight, isScrolling);
  return around(inSight, count, sight.current.margin);
}
