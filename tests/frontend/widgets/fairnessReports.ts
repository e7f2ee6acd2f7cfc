/** Fairness reports to draw: two features, alone and together, with what a test wants to be different. */

import {
  IFairnessMetric,
  IFairnessModel,
  IFairnessReport,
  IFairnessResult,
  IFairnessSpread
} from '../../../src/api/types';

type Column = readonly number[];

const SEX = ['female', 'male'];
const RACE = ['black', 'white'];

/** How often each of four groups is selected, by model; the second is the first one mitigated. */
const SELECTED: readonly Column[] = [
  [0.31, 0.38, 0.44, 0.52],
  [0.4, 0.41, 0.43, 0.45]
];

/** A metric. */
export function metric(key: string, more: Partial<IFairnessMetric> = {}): IFairnessMetric {
  return { key, label: key.replace(/_/g, ' '), of_class: '', better: '', kind: 'share', ...more };
}

/** A model. */
export function model(name: string, mitigator = ''): IFairnessModel {
  return {
    name,
    type: 'sklearn.linear_model.LogisticRegression',
    run_id: '',
    mitigator,
    mitigations: [],
    unmitigated: ''
  };
}

/** One column. */
export function spread(values: readonly number[], around = 0): IFairnessSpread {
  const moved = (by: number) => (around ? values.map(value => [Number((value + by).toFixed(4))]) : []);
  return { values: values.map(value => [value]), low: moved(-around), high: moved(around) };
}

/** The metrics of a model in a grouping, one column a group. */
export function result(
  modelNumber: number,
  grouping: number,
  metrics: readonly Column[],
  around = 0.04
): IFairnessResult {
  const finite = metrics.map(column => column.filter(Number.isFinite));
  const least = finite.map(column => Math.min(...column));
  const most = finite.map(column => Math.max(...column));
  const round = (value: number) => Number(value.toFixed(4));
  const differences = most.map((value, index) => round(value - least[index]!));
  const ratios = most.map((value, index) => round(least[index]! / value));
  const moved = (by: number) => (around ? metrics.map(column => column.map(value => round(value + by))) : []);
  return {
    model: modelNumber,
    grouping,
    by_group: metrics.map(column => column.map(value => (Number.isFinite(value) ? value : 'NaN'))),
    low: moved(-around),
    high: moved(around),
    minimum: spread(least),
    maximum: spread(most),
    difference: spread(differences, around),
    ratio: spread(ratios, around),
    difference_to_overall: spread(differences),
    ratio_to_overall: spread(ratios),
    disparities: {}
  };
}

/** Two models, the second mitigated; selection rate and accuracy; by sex, by race, by both. */
export function fairnessReport(more: Partial<IFairnessReport> = {}): IFairnessReport {
  const accuracy = (column: Column, by: number) =>
    column.map(value => Number((0.9 - value / 10 - by).toFixed(4)));
  const halves = ([a, b, c, d]: Column) => [
    [(a! + b!) / 2, (c! + d!) / 2],
    [(a! + c!) / 2, (b! + d!) / 2]
  ];
  const results = SELECTED.flatMap((four, index) =>
    [...halves(four), four].map((column, grouping) =>
      result(index, grouping, [column, accuracy(column, index * 0.02)])
    )
  );
  return {
    version: 1,
    task: 'binary',
    made_at: '2026-11-20T10:00:00Z',
    rows: 10_400,
    positive: 'granted',
    classes: ['granted', 'refused'],
    weighted: false,
    sensitive: [
      { name: 'sex', levels: SEX, edges: [], missing: null },
      { name: 'race', levels: RACE, edges: [], missing: null }
    ],
    control: [],
    strata: [],
    metrics: [metric('selection_rate'), metric('accuracy_score', { better: 'higher' })],
    models: [model('best'), model('last', 'ThresholdOptimizer')],
    overall: [spread([0.47, 0.86]), spread([0.43, 0.83])],
    groupings: [
      {
        features: [0],
        levels: [[0, 1]],
        strata: [],
        sizes: [3613, 6787],
        uncertain: [],
        suppressed: [],
        total: 2
      },
      {
        features: [1],
        levels: [[0, 1]],
        strata: [],
        sizes: [789, 9611],
        uncertain: [],
        suppressed: [],
        total: 2
      },
      {
        features: [0, 1],
        levels: [
          [0, 0, 1, 1],
          [0, 1, 0, 1]
        ],
        strata: [],
        sizes: [412, 3201, 377, 6410],
        uncertain: [2],
        suppressed: [],
        total: 4
      }
    ],
    results,
    bootstrap: { samples: 1000, low: 0.025, high: 0.975, seed: 0 },
    min_group: 0,
    uncertain_below: 400,
    fingerprint: 'f00d',
    data: { X: 'Xte', y: 'yte' },
    notes: [],
    digits: 6,
    ...more
  };
}

/** The first of the models alone. */
export function oneModel(more: Partial<IFairnessReport> = {}): IFairnessReport {
  const { models, overall, results } = fairnessReport();
  return fairnessReport({
    models: models.slice(0, 1),
    overall: overall.slice(0, 1),
    results: results.filter(each => each.model === 0),
    ...more
  });
}

/** One feature of many levels: 10,000 groups, of which `shown` are here, in `metrics` metrics. */
export function manyGroups(shown: number, metrics: number): IFairnessReport {
  const numbers = [...Array(shown).keys()];
  const columns = [...Array(metrics).keys()].map(row =>
    numbers.map(group => Number((((group * 7919 + row * 104_729) % 1000) / 1000).toFixed(3)))
  );
  return fairnessReport({
    rows: 1_000_000,
    sensitive: [{ name: 'postcode', levels: numbers.map(each => `code ${each}`), edges: [], missing: null }],
    metrics: columns.map((_, row) => metric(`metric_${row}`)),
    models: [model('best')],
    overall: [spread(columns.map(() => 0.5))],
    groupings: [
      {
        features: [0],
        levels: [numbers],
        strata: [],
        sizes: numbers.map(each => 2000 - each),
        uncertain: [],
        suppressed: [],
        total: 10_000
      }
    ],
    results: [result(0, 0, columns, 0.01)]
  });
}
