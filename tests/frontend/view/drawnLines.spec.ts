/** How many lines are drawn around those that are seen, as a list is scrolled. */

import { ISight, around, nextSight } from '../../../src/view/drawnLines';

const SEEN: ISight = { start: 100, end: 120, margin: 4 };
const JUMPED: ISight = { start: 500, end: 520, margin: 0 };

describe('nextSight', () => {
  it.each([
    ['some around a list that rests', SEEN, [100, 120, false], 4],
    ['some around one that is scrolled by a few lines', SEEN, [103, 123, true], 4],
    ['none around what a jump down leads to', SEEN, [500, 520, true], 0],
    ['none around what a jump up leads to', SEEN, [20, 40, true], 0],
    ['none when the lines of a jump have come', JUMPED, [500, 520, true], 0],
    ['some when it is scrolled on', JUMPED, [502, 522, true], 4],
    ['some when it rests', JUMPED, [500, 520, false], 4]
  ] as const)('draws %s', (_what, before, [start, end, isScrolling], margin) => {
    expect(nextSight(before, { start, end }, isScrolling)).toEqual({ start, end, margin });
  });
});

it('draws no lines above the first and below the last', () => {
  expect(around({ start: 2, end: 20 }, 22)).toEqual({ start: 0, end: 22 });
  expect(around({ start: 50, end: 70 }, 100)).toEqual({ start: 46, end: 74 });
});
