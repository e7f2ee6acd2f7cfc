/** A list's elements: which line each of them draws. */

import { ISlots, dealSlots } from '../../../src/view/slots';

const SEEN: ISlots = { first: 10, keys: [0, 1, 2, 3] };

describe('dealSlots', () => {
  it.each([
    ['as many new ones as nobody had', { first: 0, keys: [] }, [5, 3], [0, 1, 2]],
    ['what goes above to what comes below', SEEN, [11, 4], [1, 2, 3, 0]],
    ['what goes below to what comes above', SEEN, [8, 4], [2, 3, 0, 1]],
    ['the same order after a jump down', SEEN, [500, 4], [0, 1, 2, 3]],
    ['the same order after a jump up', SEEN, [0, 4], [0, 1, 2, 3]],
    ['the same order where little stays', SEEN, [13, 4], [0, 1, 2, 3]],
    ['another to a line more', SEEN, [10, 5], [0, 1, 2, 3, 4]],
    ['another to a line more after a jump', SEEN, [50, 5], [0, 1, 2, 3, 4]],
    ['fewer to fewer lines', SEEN, [10, 2], [0, 1]],
    ['none to none', SEEN, [0, 0], []]
  ] as const)('gives %s', (_what, before, [first, count], keys) => {
    expect(dealSlots(before, first, count)).toEqual({ first, keys });
  });

  it('never gives one element to two lines, however a list is scrolled', () => {
    let slots: ISlots = { first: 0, keys: [] };
    for (const [first, count] of [
      [0, 24],
      [3, 28],
      [20, 28],
      [21, 27],
      [900, 28],
      [890, 25],
      [891, 30]
    ] as const) {
      slots = dealSlots(slots, first, count);
      expect(new Set(slots.keys).size).toBe(count);
    }
  });
});
