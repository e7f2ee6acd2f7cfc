import { wayOf } from '../../../../src/widgets/explanation/contributions';
import { importanceEstimates, importanceSentence } from '../../../../src/widgets/explanation/importance';
import { courseOf, endsOf } from '../../../../src/widgets/explanation/shapePoints';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { AGE, HOURS, explanationReport } from '../explanationReports';
import { seen } from '../reader';

describe('the course along a feature', () => {
  it('of steps has a point at either edge of each', () => {
    const { values, low, high, ice } = courseOf(HOURS, 0);
    expect(values).toEqual([
      [0, -0.6],
      [20, -0.6],
      [20, -0.1],
      [40, -0.1],
      [40, 0.3],
      [60, 0.3],
      [60, 0.9],
      [80, 0.9]
    ]);
    expect([low.length, high.length, ice.length]).toEqual([8, 8, 0]);
  });

  it('of a line has a point at each of the grid, and one course for each row', () => {
    expect(courseOf(AGE, 0)).toEqual({
      values: [
        [20, 0.1],
        [40, 0.5],
        [60, 0.2]
      ],
      low: [],
      high: [],
      ice: [
        [
          [20, 0],
          [40, 0.6],
          [60, 0.3]
        ],
        [
          [20, 0.2],
          [40, 0.4],
          [60, 0.1]
        ]
      ]
    });
  });

  it('of an output that is not there is nothing', () => {
    expect(courseOf(HOURS, 3)).toEqual({ values: [], low: [], high: [], ice: [] });
  });

  it.each([
    [[], null],
    [[[0, NaN]], null],
    [[[1, 2]], [1, 1]],
    [
      [
        [0, 5],
        [1, -1],
        [2, NaN],
        [3, 9]
      ],
      [1, 3]
    ],
    [
      [
        [0, 1],
        [1, 1]
      ],
      [0, 0]
    ]
  ])('%j has its ends at %j', (points, expected) => {
    const ends = endsOf(points as never);
    expect(ends && [ends.least[0], ends.most[0]]).toEqual(expected);
  });
});

describe('the way of a row', () => {
  it('goes from the base value by the largest step first, and ends where all lead', () => {
    const way = wayOf(explanationReport(), 0, 0, ENGLISH)!;
    expect(way.steps.map(step => step.name)).toEqual([
      'age = 31',
      'hours = 45',
      'job = nurse',
      'hours = 45, age = 31'
    ]);
    expect(way.steps[0]).toEqual({ name: 'age = 31', from: 0.2, to: 0.7 });
    expect([way.base, way.end]).toEqual([0.2, expect.closeTo(1.3)]);
    way.steps.slice(1).forEach((step, index) => expect(step.from).toBe(way.steps[index]!.to));
  });

  it('begins at nothing where the method knows no base value', () => {
    expect(wayOf(explanationReport({ base_values: [] }), 0, 0, ENGLISH)!.base).toBe(0);
  });

  it('leaves out what is no number', () => {
    const local = { ...explanationReport().local!, contributions: [[['NaN', 0.5, 'Infinity', 0.1]]] };
    const way = wayOf(explanationReport({ local }), 0, 0, ENGLISH)!;
    expect(way.steps.map(step => step.name)).toEqual(['age = 31', 'job = nurse']);
  });

  it.each([
    ['another row', 9, 0],
    ['another output', 0, 9]
  ])('of %s is none', (_, row, output) => {
    expect(wayOf(explanationReport(), row, output, ENGLISH)).toBeNull();
  });

  it('is none where no row was named', () => {
    expect(wayOf(explanationReport({ local: null }), 0, 0, ENGLISH)).toBeNull();
  });
});

describe('importance', () => {
  const { importance } = explanationReport();

  it('has figures with their intervals, where there are any', () => {
    expect(importanceEstimates(importance)[0]).toEqual({ value: 0.41, low: 0.37, high: 0.45 });
    expect(importanceEstimates({ ...importance, low: [], high: [] })[0]).toEqual({
      value: 0.41,
      low: NaN,
      high: NaN
    });
  });

  it.each([
    [{ high: [0.45, 0.36, 0, 0] }, /one standard deviation over the bags\.$/],
    [{ high: [0.45, 0.38, 0, 0] }, /The first two overlap: which of them matters more is not sure\.$/],
    [{ names: ['hours'], features: [[0]], scores: [1], low: [0], high: [2] }, /^hours is the only feature\./],
    [{ interval: '' }, /The method does not say how sure that is\.$/]
  ])('%j is said as %s', (change, said) => {
    expect(seen(importanceSentence({ ...importance, ...change }, ENGLISH))).toMatch(said);
  });
});
