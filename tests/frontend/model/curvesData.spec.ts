import {
  alignCurves,
  curveFacts,
  isSystemMetric,
  lonePoints,
  readCurve,
  smooth
} from '../../../src/model/curvesData';
import { series } from '../runStories';

const LOGGED = series('loss', [3, 'NaN', 1, 'Infinity'], {
  steps: [0, 10, 20, 30],
  times: [60_000, 61_000, 63_500, 64_000],
  total: 4000
});

it.each([
  ['step', [0, 10, 20, 30]],
  ['time', [60, 61, 63.5, 64]],
  ['elapsed', [0, 1, 3.5, 4]]
] as const)('puts a curve across %s', (axis, xs) => {
  expect(readCurve(LOGGED, axis)).toEqual({
    runId: LOGGED.run_id,
    key: 'loss',
    xs,
    ys: [3, NaN, 1, Infinity],
    total: 4000
  });
});

it('puts points in the order of x, whatever order they were logged in', () => {
  const { xs, ys } = readCurve(series('m', [1, 2, 3], { steps: [5, 1, 3] }), 'step');
  expect([xs, ys]).toEqual([
    [1, 3, 5],
    [2, 3, 1]
  ]);
});

it('reads steps beyond what JSON can say', () => {
  expect(readCurve(series('m', [1], { steps: ['9007199254740993'] }), 'step').xs).toEqual([9007199254740992]);
});

it('tells metrics of the machine from those of the model', () => {
  expect(['system/cpu', 'loss', 'systematic'].map(isSystemMetric)).toEqual([true, false, false]);
});

it('smooths towards the mean, without drawing the first points to zero', () => {
  expect(smooth([2, 2, 2], 0.9).map(y => y.toFixed(9))).toEqual([
    '2.000000000',
    '2.000000000',
    '2.000000000'
  ]);
  const [first, second] = smooth([0, 1], 0.5);
  expect([first, second?.toFixed(4)]).toEqual([0, '0.6667']);
  expect(smooth([1, 2], 0)).toEqual([1, 2]);
});

it('leaves what is no number as it is, and the average alone', () => {
  expect(smooth([1, NaN, 1, Infinity, 1], 0.5)).toEqual([1, NaN, 1, Infinity, 1]);
});

it('knows the facts about a curve', () => {
  expect(curveFacts([3, NaN, -1, Infinity, 2])).toEqual({
    first: 3,
    last: 2,
    least: -1,
    greatest: 3,
    odd: 2
  });
  expect(curveFacts([NaN])).toEqual({ first: NaN, last: NaN, least: NaN, greatest: NaN, odd: 1 });
  expect(curveFacts([])).toEqual({ first: NaN, last: NaN, least: NaN, greatest: NaN, odd: 0 });
});

it('puts curves on one axis: nothing between points of another curve, a hole where there is no number', () => {
  const columns = alignCurves(
    [
      { xs: [0, 2], ys: [1, NaN] },
      { xs: [1, 2], ys: [5, 6] }
    ],
    false
  );
  expect(columns).toEqual([
    [0, 1, 2],
    [1, undefined, null],
    [undefined, 5, 6]
  ]);
});

it('makes a hole of what a logarithm cannot show', () => {
  expect(alignCurves([{ xs: [0, 1, 2], ys: [1, 0, -1] }], true)).toEqual([
    [0, 1, 2],
    [1, null, null]
  ]);
});

it('keeps the later of two points at one x, and no x that is no number', () => {
  expect(alignCurves([{ xs: [0, 0, NaN], ys: [1, 2, 3] }], false)).toEqual([[0], [2]]);
});

it('aligns 20 long curves, on one axis or on many', () => {
  const curves = Array.from({ length: 20 }, (_, n) => ({
    xs: Array.from({ length: 10_000 }, (_each, x) => x),
    ys: Array.from({ length: 10_000 }, (_each, x) => Math.sin(x / (n + 1)))
  }));
  expect(alignCurves(curves, false).map(column => column.length)).toEqual(
    Array.from({ length: 21 }, () => 10_000)
  );
});

it.each([
  ['none of a whole line', [1, 2, 3], []],
  ['the only one', [undefined, 7, undefined], [1]],
  ['one before, between and behind holes', [1, null, 2, null, null, 3], [0, 2, 5]],
  ['one before a hole, whatever another curve has between', [1, undefined, null, 4, 5], [0]],
  ['none of two that a line joins over points of another curve', [null, 1, undefined, 2, null], []],
  ['none where nothing can be shown', [null, undefined, null], []]
] as const)('finds points that no line goes through: %s', (_, column, places) => {
  expect(lonePoints(column)).toEqual(places);
});
