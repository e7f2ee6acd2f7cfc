import { headlineMetric, metricKeys } from '../../../src/model/runs';
import { run } from '../fakes';

/** Metrics in the order in which they were logged, each with its place as the value. */
function logged(...keys: string[]): Record<string, number> {
  return Object.fromEntries(keys.map((key, place) => [key, place]));
}

describe('the metrics of a run', () => {
  it.each([
    ['', ['loss', 'acc'], ['loss', 'acc']],
    ['acc', ['loss', 'acc'], ['acc', 'loss']],
    [
      'training_roc_auc',
      ['loss', 'training_score', 'training_roc_auc'],
      ['training_roc_auc', 'loss', 'training_score']
    ],
    [
      '',
      ['training_precision_score', 'training_score', 'test_accuracy'],
      ['test_accuracy', 'training_score', 'training_precision_score']
    ],
    ['gone', ['system/cpu', 'loss'], ['loss']],
    ['', ['system/cpu'], []]
  ])('with %p as the main one, %j stand as %j', (main_metric, keys, shown) => {
    expect(metricKeys(run(1, { main_metric, metrics: logged(...keys) }))).toEqual(shown);
  });

  it('are led by one with its value, and by none where none was logged', () => {
    const trained = run(1, { metrics: logged('training_precision_score', 'training_score') });
    expect(headlineMetric(trained)).toEqual({ key: 'training_score', value: 1 });
    expect(headlineMetric(run(1, { metrics: {} }))).toBeNull();
  });
});
