/** The line of a curve with many more points than pixels: which strokes it is made of. */

import { IPlaces, drawLine } from '../../../../src/view/run/densePath';

/** Writes down what is drawn. */
class Notes {
  readonly strokes: string[] = [];

  moveTo(x: number, y: number): void {
    this.strokes.push(`M${x} ${y}`);
  }

  lineTo(x: number, y: number): void {
    this.strokes.push(`L${x} ${y}`);
  }
}

/** Ten points to a pixel, and the values as they are. */
const PLACES: IPlaces = {
  x: value => Math.round(value / 10),
  y: value => Math.round(value),
  after: column => (column + 0.5) * 10
};

function drawn(
  ys: readonly (number | null | undefined)[],
  step = 1,
  range?: readonly [number, number]
): string {
  const pen = new Notes();
  const xs = ys.map((_, index) => index * step);
  drawLine(pen, [xs, ys], range ?? [0, ys.length - 1], PLACES);
  return pen.strokes.join(' ');
}

describe('drawLine', () => {
  it.each([
    ['each point that has a column of its own', [1, 2, 3], 10, 'M0 1 L1 2 L2 3'],
    [
      'where a column is entered, its least, its greatest, where it is left',
      [5, 1, 9, 6, 7],
      1,
      'M0 5 L0 1 L0 9 L0 7'
    ],
    ['no point twice that is an end as well', [1, 5, 9], 1, 'M0 1 L0 9'],
    ['nothing more of a column that is level', [4, 4.1, 3.9], 1, 'M0 4'],
    ['the columns one after the other', [5, 9, 5, 5, 5, 7, 1, 2], 1, 'M0 5 L0 9 L0 5 L1 7 L1 1 L1 2'],
    ['nothing where no value can be shown', [null, null], 1, ''],
    ['nothing of no points', [], 1, '']
  ] as const)('draws %s', (_what, ys, step, strokes) => {
    expect(drawn(ys, step)).toBe(strokes);
  });

  it('breaks at a hole, also within a column, and passes points that are other curves’', () => {
    expect(drawn([1, null, 3, undefined, 5], 10)).toBe('M0 1 M2 3 L4 5');
    expect(drawn([1, 3, null, 7, 9], 1)).toBe('M0 1 L0 3 M0 7 L0 9');
  });

  it('draws the part that is shown', () => {
    expect(drawn([1, 2, 3, 4], 10, [1, 2])).toBe('M1 2 L2 3');
  });

  it('keeps the least and the greatest value of a million points', () => {
    const ys = Array.from({ length: 1_000_000 }, (_, index) => (index * 7919) % 1000);
    ys[123_456] = 5000;
    ys[654_321] = -5000;
    const strokes = drawn(ys, 0.01);
    expect(strokes).toContain(' 5000 ');
    expect(strokes).toContain(' -5000 ');
  });
});
