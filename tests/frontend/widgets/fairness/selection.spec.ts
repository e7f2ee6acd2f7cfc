import { IFairnessReport } from '../../../../src/api/types';
import {
  ISelection,
  firstSelection,
  gapOf,
  groupRows,
  groupingName,
  overallOf,
  stratumName
} from '../../../../src/widgets/fairness/selection';
import { firstPerformance, performanceMetrics, tradeOff } from '../../../../src/widgets/fairness/tradeOff';
import { fairnessReport, metric, model, result, spread } from '../fairnessReports';

function names(report: IFairnessReport, change: Partial<ISelection>): string[] {
  return groupRows(report, { ...firstSelection(report), ...change }).map(row => row.name);
}

describe('what is shown first', () => {
  it('is how often groups are selected', () => {
    const metrics = [metric('accuracy_score'), metric('selection_rate')];
    expect(firstSelection(fairnessReport({ metrics })).metric).toBe(1);
  });

  it('is else the first metric that counts no rows, by all features together', () => {
    const report = fairnessReport({
      metrics: [metric('count', { kind: 'count' }), metric('accuracy_score')]
    });
    expect(firstSelection(report)).toEqual({
      metric: 1,
      grouping: 2,
      stratum: 0,
      method: 'difference',
      order: 'given',
      models: new Set([0, 1])
    });
  });

  it('is four models of many', () => {
    const report = fairnessReport({ models: [...'abcdef'].map(name => model(name)) });
    expect([...firstSelection(report).models]).toEqual([0, 1, 2, 3]);
  });
});

describe('groups', () => {
  it('have a name, a size, and a figure for each model', () => {
    const report = fairnessReport();
    expect(groupRows(report, firstSelection(report))[2]).toEqual({
      group: 2,
      name: 'male · black',
      size: 377,
      isUncertain: true,
      isSuppressed: false,
      estimates: [
        { value: 0.44, low: 0.4, high: 0.48 },
        { value: 0.43, low: 0.39, high: 0.47 }
      ]
    });
  });

  it('stand in the order that was chosen', () => {
    const report = fairnessReport();
    expect(names(report, { metric: 1, order: 'value' })[0]).toBe('male · white');
    expect(names(report, { order: 'size' })).toEqual([
      'male · white',
      'female · white',
      'female · black',
      'male · black'
    ]);
    expect(names(report, { grouping: 1 })).toEqual(['black', 'white']);
  });

  it('without a figure come last', () => {
    const four = [NaN, 0.4, 0.2, 0.3];
    const report = fairnessReport({ results: [result(0, 2, [four, four], 0)], models: [model('best')] });
    expect(names(report, { order: 'value' })).toEqual([
      'male · black',
      'male · white',
      'female · white',
      'female · black'
    ]);
  });

  it('are those of the stratum', () => {
    const base = fairnessReport();
    const report = fairnessReport({
      control: [{ name: 'hours', levels: ['part-time', 'full-time'], edges: [], missing: null }],
      strata: [[0], [1]],
      groupings: base.groupings.map(each => ({ ...each, strata: each.sizes.map((_, group) => group % 2) }))
    });
    expect(names(report, { stratum: 1 })).toEqual(['female · white', 'male · white']);
    expect(stratumName(report, 1)).toBe('full-time');
  });

  it('have a name also where the report is wrong about it', () => {
    const base = fairnessReport();
    const grouping = { ...base.groupings[0]!, features: [7], levels: [[0, 1]] };
    const report = fairnessReport({ groupings: [grouping] });
    expect([names(report, { grouping: 0 }), groupingName(report, grouping)]).toEqual([['?', '?'], '?']);
  });
});

describe('the gap', () => {
  const report = fairnessReport();
  const selection = firstSelection(report);
  const rows = groupRows(report, selection);

  it('is the report’s own, between the groups at the ends', () => {
    const { least, most, ...gap } = gapOf(report, selection, 0, rows);
    expect(gap).toEqual({ model: 0, value: 0.21, low: 0.17, high: 0.25, minimum: 0.31, maximum: 0.52 });
    expect([least?.name, most?.name]).toEqual(['female · black', 'male · white']);
  });

  it('is a ratio where that was chosen', () => {
    expect(gapOf(report, { ...selection, method: 'ratio' }, 1, rows).value).toBe(0.8889);
  });

  it('names no group that is not shown', () => {
    expect(gapOf(report, selection, 0, rows.slice(1)).least).toBeNull();
  });

  it('is none where the report has no result', () => {
    expect(gapOf({ ...report, results: [] }, selection, 0, rows).value).toBeNaN();
    expect(overallOf({ ...report, overall: [] }, selection, 0).value).toBeNaN();
  });
});

describe('the trade-off', () => {
  const report = fairnessReport();
  const selection = firstSelection(report);

  it('is measured by metrics that say which way is better', () => {
    const metrics = [
      metric('selection_rate'),
      metric('count', { better: 'higher', kind: 'count' }),
      metric('recall', { better: 'higher', of_class: 'b' }),
      metric('log_loss', { better: 'lower' }),
      metric('balanced_accuracy_score', { better: 'higher' })
    ];
    expect(performanceMetrics(fairnessReport({ metrics }))).toEqual([3, 4]);
    expect(firstPerformance(fairnessReport({ metrics }))).toBe(4);
    expect(firstPerformance(fairnessReport({ metrics: [] }))).toBe(-1);
  });

  it('has a front of the models that no other beats', () => {
    const points = tradeOff(report, selection, 1).map(each => [
      each.name,
      each.performance.value,
      each.gap.value
    ]);
    expect(points).toEqual([
      ['best', 0.86, 0.21],
      ['last', 0.83, 0.05]
    ]);
    expect(tradeOff(report, selection, 1).map(each => each.isOnFront)).toEqual([true, true]);
    const worse = { ...report, overall: [spread([0.47, 0.8]), spread([0.43, 0.83])] };
    expect(tradeOff(worse, selection, 1).map(each => each.isOnFront)).toEqual([false, true]);
  });

  it('turns round where lower is better, and for ratios', () => {
    const errors = { ...report, metrics: [report.metrics[0]!, metric('error', { better: 'lower' })] };
    expect(tradeOff(errors, selection, 1).map(each => each.isOnFront)).toEqual([false, true]);
    expect(tradeOff(errors, { ...selection, method: 'ratio' }, 1).map(each => each.isOnFront)).toEqual([
      false,
      true
    ]);
  });

  it('leaves out models without figures', () => {
    const without = { ...report, overall: [spread([0.47, NaN]), spread([0.43, 0.83])] };
    expect(tradeOff(without, selection, 1).map(each => each.name)).toEqual(['last']);
  });
});
