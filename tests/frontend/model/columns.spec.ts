import { nullTranslator } from '@jupyterlab/translation';

import { IColumn, PLAIN_COLUMNS, column, fitting, shownIds } from '../../../src/model/columns';
import { run } from '../fakes';

const trans = nullTranslator.load('jupyter_mlops');
const NOW = Date.parse('2026-11-21T12:05:00Z');

function cell(id: string, of = run(1)): readonly [string, string] {
  const { text, title } = column(id, trans)!.cell(of, NOW);
  return [text, title];
}

it('says how long ago, how long, and what came out', () => {
  expect(cell('age')[0]).toBe('5 min');
  expect(cell('duration')).toEqual(['01:00', '60 s']);
  expect(cell('metric')).toEqual(['0.9', 'acc = 0.9']);
  expect(cell('experiment')).toEqual(['digits', 'digits']);
  expect(cell('notebook')).toEqual(['digits.ipynb', 'work/digits.ipynb']);
  expect(cell('user')).toEqual(['ada', 'ada']);
});

it('counts the time of a run that goes on', () => {
  const live = run(1, { status: 'RUNNING', ended_at: '', duration_s: 3 });
  expect(cell('duration', live)[0]).toBe('04:59');
  expect(cell('duration', run(1, { status: 'SCHEDULED', started_at: '', duration_s: null }))[0]).toBe('');
});

it('has a column for each metric, parameter and tag, with dots in its key', () => {
  const of = run(1, { metrics: { 'val.acc': 'NaN' }, params: { lr: '1e-3' }, tags: { 'a.b': 'x' } });
  expect(cell('metric.val.acc', of)).toEqual(['NaN', 'val.acc = NaN']);
  expect(cell('param.lr', of)).toEqual(['1e-3', '1e-3']);
  expect(cell('tag.a.b', of)).toEqual(['x', 'x']);
  expect(column('metric.val.acc', trans)).toMatchObject({
    title: 'val.acc',
    sort: 'metric.val.acc',
    isFigure: true
  });
});

it('says nothing of a key that a run has not, whatever it is called', () => {
  expect(cell('metric.toString')).toEqual(['', '']);
  expect(cell('param.constructor')).toEqual(['', '']);
});

it.each(['', 'nonsense', 'metric.', 'other.key'])('has no column for %j', id => {
  expect(column(id, trans)).toBeNull();
});

it('says a figure with fewer digits rather than cut off, and in full on hover', () => {
  const metrics = { loss: 0.00012844321 };
  expect(cell('metric', run(1, { metrics }))).toEqual(['1.3e-4', 'loss = 0.00012844321']);
  expect(cell('metric.loss', run(1, { metrics }))).toEqual(['1.3e-4', 'loss = 0.00012844321']);
});

it.each([
  ['submitted_at', ['age', 'metric', 'spark']],
  ['metric.loss', ['age', 'metric.loss', 'spark']],
  ['param.lr', ['age', 'param.lr', 'metric', 'spark']],
  ['tag.metric.x', ['age', 'tag.metric.x', 'metric', 'spark']]
])('shows what it is sorted by: %s', (key, shown) => {
  expect(shownIds(['age', 'metric', 'spark'], key)).toEqual(shown);
});

it('shows nothing twice, and what it is sorted by even where no metric is wanted', () => {
  expect(shownIds(['metric', 'metric.loss'], 'metric.loss')).toEqual(['metric', 'metric.loss']);
  expect(shownIds(['age'], 'metric.loss')).toEqual(['age', 'metric.loss']);
});

it('prefers the main metric, and never the machine’s', () => {
  const metrics = { 'system/cpu': 3, loss: 0.2, acc: 0.9 };
  expect(cell('metric', run(1, { metrics }))[1]).toBe('loss = 0.2');
  expect(cell('metric', run(1, { metrics, main_metric: 'acc' }))[1]).toBe('acc = 0.9');
  expect(cell('metric', run(1, { metrics, main_metric: 'gone' }))[1]).toBe('loss = 0.2');
  expect(cell('metric', run(1, { metrics: { 'system/cpu': 3 } }))).toEqual(['', '']);
});

describe('in a narrow list', () => {
  const all = PLAIN_COLUMNS.slice(0, 4).map(id => column(id, trans)!);
  const ids = (columns: readonly IColumn[]) => columns.map(each => each.id);

  it.each([
    [500, ['age', 'duration', 'metric', 'spark']],
    [300, ['duration', 'metric', 'spark']],
    [250, ['duration', 'metric']],
    [200, ['metric']],
    [10, ['metric']]
  ])('%d pixels have room for %j', (width, shown) => {
    expect(ids(fitting(all, width, 120))).toEqual(shown);
  });
});
