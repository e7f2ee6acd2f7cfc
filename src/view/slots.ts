/**
 * Which element draws which line of a list: elements are few and stay, lines are many and pass.
 *
 * A line that is still seen keeps its element, and an element whose line has gone draws one that has come. Putting an
 * element elsewhere among the others has the browser lay it out from nothing, which takes longer than other words in it:
 * where little of what was seen is left, as after a jump, no element moves and every one draws another line.
 */

import { useRef } from 'react';

/** Lines that follow each other, and the keys of their elements in that order. */
export interface ISlots {
  readonly first: number;
  readonly keys: readonly number[];
}

const NONE: ISlots = { first: 0, keys: [] };

/** Return the elements for other lines. */
export function dealSlots(before: ISlots, first: number, count: number): ISlots {
  const staying = Math.min(first + count, before.first + before.keys.length) - Math.max(first, before.first);
  const isJump = staying < count / 2;
  const isFree = (at: number) => isJump || at < first || at >= first + count;
  const free = before.keys.filter((_, at) => isFree(before.first + at));
  let fresh = Math.max(-1, ...before.keys);
  const keys = Array.from({ length: count }, (_, at) => {
    const kept = isJump ? undefined : before.keys[first + at - before.first];
    return kept ?? free.shift() ?? ++fresh;
  });
  return { first, keys };
}

/** The elements for the lines that are seen now. */
export function useSlots(first: number, count: number): readonly number[] {
  const slots = useRef(NONE);
  if (slots.current.first !== first || slots.current.keys.length !== count) {
    slots.current = dealSlots(slots.current, first, count);
  }
  return slots.current.keys;
}
