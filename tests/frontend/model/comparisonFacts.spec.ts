import {
  bestColumns,
  comparisonAxes,
  isLessBetter,
  mainAxes,
  readAxis
} from '../../../src/model/comparisonFacts';
import { run } from '../fakes';

const row = (key: string, ...values: string[]) => ({ key, values, differs: true });

it.each([
  ['loss', true],
  ['val_loss', true],
  ['rmse', true],
  ['test_error', true],
  ['fit_seconds', true],
  ['accuracy', false],
  ['f1', false],
  ['auc', false]
])('guesses from its name whether less of %s is better: %s', (key, isLess) => {
  expect(isLessBetter(key)).toBe(isLess);
});

it.each([
  [row('acc', '0.9', '0.95', '0.8'), [1]],
  [row('loss', '0.9', '0.95', '0.8'), [2]],
  [row('acc', '0.9', '0.9'), []],
  [row('acc', '0.9', '0.9', '0.1'), [0, 1]],
  [row('acc', '0.9', ''), []],
  [row('acc', '0.9', '', '0.8'), [0]],
  [row('acc', 'NaN', '0.5', '0.4'), [1]],
  [row('acc', 'a', 'b'), []],
  [row('epoch', '3', '20'), []],
  [row('best_n_steps', '3', '20'), []],
  [row('steps_per_second', '3', '20'), [1]]
])('marks the best of %j', (facts, columns) => {
  expect(bestColumns(facts)).toEqual(columns);
});

it('has an axis for each parameter and metric that tells runs apart, and none for the machine', () => {
  const runs = [
    run(1, { params: { lr: '0.1', same: 'x' }, metrics: { acc: 0.9, 'system/cpu': 1 } }),
    run(2, { params: { lr: '0.2', same: 'x', only: 'here' }, metrics: { acc: 0.8, 'system/cpu': 2 } })
  ];
  expect(comparisonAxes(runs).map(axis => `${axis.kind} ${axis.key}`)).toEqual([
    'param lr',
    'param only',
    'metric acc'
  ]);
});

it('reads no fact from an object’s own ancestors', () => {
  const runs = [run(1, { params: { constructor: 'a' } }), run(2, { params: {} })];
  expect(comparisonAxes(runs).map(axis => axis.texts)).toEqual([['a', '']]);
});

it('puts numbers where they stand', () => {
  expect(readAxis('param', 'depth', ['2', '4', '', '3']).places).toEqual([0, 1, null, 0.5]);
});

it('goes over powers of ten where numbers do', () => {
  const axis = readAxis('param', 'lr', ['0.001', '0.01', '0.1']);
  expect(axis.places.map(place => place?.toFixed(2))).toEqual(['0.00', '0.50', '1.00']);
  expect(axis.ticks.map(tick => tick.text)).toEqual(['0.001', '0.1', '0.01']);
});

it('stays linear over zero', () => {
  expect(readAxis('metric', 'm', ['-1000', '0', '1000']).places).toEqual([0, 0.5, 1]);
});

it('puts each word on a place of its own', () => {
  const axis = readAxis('param', 'kind', ['b', 'a', 'c', '', 'a']);
  expect(axis.places).toEqual([0.5, 0, 1, null, 0]);
  expect(axis.ticks.map(tick => tick.text)).toEqual(['a', 'b', 'c']);
});

it('takes words and numbers together for words', () => {
  expect(readAxis('param', 'n', ['1', 'auto']).ticks.map(tick => tick.text)).toEqual(['1', 'auto']);
});

it('leaves out what is no number of a metric', () => {
  expect(readAxis('metric', 'm', ['NaN', '1', '2', 'Infinity']).places).toEqual([null, 0, 1, null]);
  expect(readAxis('metric', 'm', ['NaN', 'NaN']).ticks).toEqual([]);
});

it('puts a value that all share in the middle', () => {
  expect(readAxis('metric', 'm', ['3', '3']).places).toEqual([0.5, 0.5]);
  expect(readAxis('param', 'p', ['x']).places).toEqual([0.5]);
});

it('writes round numbers between the ends, none of them on top of an end', () => {
  const { ticks } = readAxis('metric', 'acc', ['0.801', '0.949']);
  expect(ticks.map(tick => tick.text)).toEqual(['0.801', '0.949', '0.85', '0.9']);
  expect(ticks.every(tick => tick.place >= 0 && tick.place <= 1)).toBe(true);
});

it('writes few numbers, however wide an axis is', () => {
  for (const [low, high] of [
    [0, 1e300],
    [1e-300, 2e-300],
    [-1e9, 1e9],
    [1, 1e12],
    [5, 5.0000001]
  ] as const) {
    const { ticks } = readAxis('metric', 'm', [String(low), String(high)]);
    expect(ticks.length).toBeGreaterThanOrEqual(1);
    expect(ticks.length).toBeLessThan(20);
  }
});

it('of many axes chooses those on which most runs stand, in their order', () => {
  const axes = [
    readAxis('param', 'rare', ['1', '', '', '', '']),
    readAxis('param', 'lr', ['1', '2', '3', '4', '5']),
    readAxis('param', 'some', ['1', '2', '', '', '']),
    readAxis('metric', 'acc', ['1', '2', '3', '4', '5'])
  ];
  expect(mainAxes(axes, 9).map(axis => axis.key)).toEqual(['lr', 'some', 'acc']);
  expect(mainAxes(axes, 2).map(axis => axis.key)).toEqual(['lr', 'acc']);
  expect(mainAxes([], 9)).toEqual([]);
});
