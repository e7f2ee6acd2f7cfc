import { keyOfMlflow, queryProblem, unknownKey } from '../../../src/model/queryProblem';

it.each([
  [
    "Query not understood at position 7: expected a value after '>'. los > >>>> 3",
    'los > > 3',
    "Query not understood at position 7: expected a value after '>'."
  ],
  [
    "Query not understood at position 6: expected a value after '>'. acc >>>>",
    'acc >',
    "Query not understood at position 6: expected a value after '>'."
  ],
  [
    "Query not understood at position 6: expected a value after '>'. acc >>>>",
    'typed on',
    "Query not understood at position 6: expected a value after '>'. acc >>>>"
  ],
  ['The store is away.', 'acc', 'The store is away.'],
  ['', '', '']
])('%j for %j', (message, query, shown) => {
  expect(queryProblem(message, query)).toBe(shown);
});

describe('a key that no run has', () => {
  const known = {
    params: ['lr'],
    metrics: ['val acc', 'acc'],
    tags: ['stage'],
    experiments: [],
    notebooks: []
  };

  it.each([
    ['acc > 0.9 and lr<0.1 state:failed name~base', null],
    ['/acc > 0.9 and lr < 0.1', '/acc'],
    ['not (rate >= 1)', 'rate'],
    ['acc≥0.9 rate≥1', 'rate'],
    ['tag.stage = “rate > 1”', null],
    ['metrics.acc > 0.9', 'metrics.acc'],
    ['metric.acc > 1 param.acc = 2', 'acc'],
    ['tag.stage = "a b = c"', null],
    ['just words', null],
    ['', null]
  ])('%j: %j', (query, unknown) => {
    expect(unknownKey(query, known)).toBe(unknown);
  });

  it('is not told before the keys are known', () => {
    const none = { params: [], metrics: [], tags: [], experiments: [], notebooks: [] };
    expect(unknownKey('acc > 1', none)).toBeNull();
  });
});

it.each([
  ['metrics.acc', 'metric.acc'],
  ['params.a.b', 'param.a.b'],
  ['metrics.', null],
  ['acc', null]
])('%j, as MLflow writes it, is %j here', (key, meant) => {
  expect(keyOfMlflow(key)).toBe(meant);
});
