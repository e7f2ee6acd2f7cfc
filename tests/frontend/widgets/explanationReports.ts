/** Explanations to draw: three features of a loan, one of them a category, two that work together, and two rows. */

import { IExplanationReport, IFeatureShape } from '../../../src/api/types';

/** The course along hours: steps, rising. */
export const HOURS: IFeatureShape = {
  feature: 0,
  form: 'steps',
  grid: [0, 20, 40, 60, 80],
  values: [[-0.6, -0.1, 0.3, 0.9]],
  low: [[-0.8, -0.2, 0.2, 0.4]],
  high: [[-0.4, 0, 0.4, 1.4]],
  missing: [0.05],
  density_grid: [0, 20, 40, 60, 80],
  density: [20, 300, 150, 4],
  ice: []
};

/** The course along age: a line, with the courses of two rows. */
export const AGE: IFeatureShape = {
  ...HOURS,
  feature: 1,
  form: 'line',
  grid: [20, 40, 60],
  values: [[0.1, 0.5, 0.2]],
  low: [],
  high: [],
  missing: [],
  density_grid: [20, 40, 60],
  density: [200, 274],
  ice: [
    [
      [0, 0.6, 0.3],
      [0.2, 0.4, 0.1]
    ]
  ]
};

/** One figure for each job. */
export const JOB: IFeatureShape = {
  ...HOURS,
  feature: 2,
  form: 'bars',
  grid: ['nurse', 'smith', '<b>cook</b>'],
  values: [[0.2, -0.1, 0.05]],
  low: [[0.1, -0.2, 0]],
  high: [[0.3, 0, 0.1]],
  missing: [],
  density_grid: ['nurse', 'smith', '<b>cook</b>'],
  density: [300, 170, 4]
};

/** A glass box that tells everything. */
export function explanationReport(more: Partial<IExplanationReport> = {}): IExplanationReport {
  return {
    version: 1,
    method: 'ebm',
    method_title: 'Explainable boosting machine',
    chosen_because: 'the model is a glass box',
    model: 'credit',
    model_type: 'interpret.glassbox.ExplainableBoostingClassifier',
    run_id: '',
    task: 'binary',
    classes: ['refused', 'granted'],
    outputs: ['granted'],
    scale: 'log odds',
    base_values: [0.2],
    rows: 474,
    rows_used: 474,
    fingerprint: 'beef',
    contains_data: true,
    features: {
      names: ['hours', 'age', 'job'],
      kinds: ['number', 'number', 'category'],
      categories: [[], [], ['nurse', 'smith', '<b>cook</b>']],
      missing: [3, 0, 0]
    },
    importance: {
      measure: 'mean absolute contribution to the log odds',
      interval: 'one standard deviation over the bags',
      names: ['hours', 'age', 'hours & age', 'job'],
      features: [[0], [1], [0, 1], [2]],
      scores: [0.41, 0.38, 0.12, 0.05],
      low: [0.37, 0.3, 0.1, 0.04],
      high: [0.45, 0.46, 0.14, 0.06]
    },
    shapes: [HOURS, AGE, JOB],
    interactions: [
      {
        features: [0, 1],
        forms: ['steps', 'steps'],
        left_grid: [0, 40, 80],
        right_grid: [20, 40, 60],
        values: [
          [-0.2, 0.1],
          [0.05, 0.3]
        ]
      }
    ],
    local: {
      rows: [0, 17],
      values: [
        [45, 31, 'nurse'],
        [12, 50, 'smith']
      ],
      predicted: [[0.73], [0.31]],
      actual: ['granted', 'refused'],
      contributions: [[[0.3, 0.5, 0.1, 0.2]], [[-0.6, 0.4, -0.2, -0.1]]]
    },
    what_if: null,
    texts: [],
    images: [],
    notes: [],
    made_at: '2026-11-20T10:00:00Z',
    ...more
  };
}

/** Shuffled columns: no interval per row, no base value, no rows. */
export function shuffled(more: Partial<IExplanationReport> = {}): IExplanationReport {
  const report = explanationReport({ contains_data: false, base_values: [], local: null, interactions: [] });
  const { names, features, scores } = report.importance;
  return {
    ...report,
    importance: { measure: 'decrease of accuracy', interval: '', names, features, scores, low: [], high: [] },
    ...more
  };
}
