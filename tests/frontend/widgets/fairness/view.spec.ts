import fairness, { show } from '../../../../src/widgets/fairness';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { fairnessReport, manyGroups, metric, oneModel, result } from '../fairnessReports';
import { choose, place, press, rowTexts, texts } from '../reader';
import { WidgetModel } from '../widgetModel';
import real from '../../reports/fairness.json';
import controlled from '../../reports/fairness_control.json';

function shown(data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  return node;
}

const sentences = (node: HTMLElement) => texts(node, '.mlops-Report-sentence');

describe('a fairness report', () => {
  it('shows each group with its size, its figures and their intervals', () => {
    const node = shown(oneModel());
    expect(rowTexts(node)).toEqual([
      ['female · blackn = 412 · lowest', '', '0.31 (0.27 to 0.35)'],
      ['female · whiten = 3,201', '', '0.38 (0.34 to 0.42)'],
      ['male · blackn = 377 · uncertain', '', '0.44 (0.4 to 0.48)'],
      ['male · whiten = 6,410 · highest', '', '0.52 (0.48 to 0.56)']
    ]);
  });

  it('gives long names a second line, for groups may differ in their last words alone', () => {
    const [sex, race] = fairnessReport().sensitive;
    const [heights, areLong] = [new Set<string>(), new Set<boolean>()];
    const levels = ['African American', 'Asian and Pacific Islander'];
    for (const report of [oneModel(), oneModel({ sensitive: [sex!, { ...race!, levels }] })]) {
      const node = shown(report);
      heights.add(node.querySelector<HTMLElement>('.mlops-Rows-row')!.style.height);
      areLong.add(node.querySelector('.mlops-Groups')!.classList.contains('mlops-mod-long'));
      choose(node, 'by', 'sex');
      expect(node.querySelector('.mlops-mod-long')).toBeNull();
    }
    expect([[...heights], [...areLong]]).toEqual([
      ['40px', '57px'],
      [false, true]
    ]);
  });

  it('cuts no name that has many words', () => {
    const [sex, race] = fairnessReport().sensitive;
    const levels = ['White', 'Native Hawaiian and other Pacific Islander or Alaska Native, of two or more'];
    const node = shown(oneModel({ sensitive: [sex!, { ...race!, levels }] }));
    const groups = node.querySelector<HTMLElement>('.mlops-Groups')!;
    const lines = Number(groups.style.getPropertyValue('--mlops-lines'));
    expect(lines).toBe(5);
    expect(node.querySelector<HTMLElement>('.mlops-Rows-row')!.style.height).toBe(`${40 + 4 * 17}px`);
  });

  it('says in words what it shows and how sure it is', () => {
    expect(sentences(shown(fairnessReport()))).toEqual([
      'best: selection rate lies between 0.31 (female · black, n = 412) and 0.52 (male · white, n = 6,410); over all rows it is 0.47. The largest gap is 0.21 (0.17 to 0.25).',
      'last: selection rate lies between 0.4 (female · black, n = 412) and 0.45 (male · white, n = 6,410); over all rows it is 0.43. The largest gap is 0.05 (0.01 to 0.09).',
      'Dotted: all rows. In brackets: where 95% of 1,000 resamples of the rows lie. 1 group is uncertain: it has fewer than 400 rows, or one outcome only, and its figures can be chance.',
      'On the line: best, last. None of them is better in both accuracy score and gap in selection rate. Hollow: mitigated.'
    ]);
  });

  it('names the models in its figures for screen readers', () => {
    const [first] = rowTexts(shown(fairnessReport()));
    expect(first![2]).toBe('best: 0.31 (0.27 to 0.35)last: 0.4 (0.36 to 0.44)');
  });

  it('follows what is chosen', () => {
    const node = shown(fairnessReport());
    choose(node, 'Metric', 'accuracy score');
    choose(node, 'by', 'race');
    press(node, 'ratio');
    press(node, 'last');
    expect(rowTexts(node)).toEqual([
      ['blackn = 789 · highest', '', '0.8625 (0.823 to 0.902)'],
      ['whiten = 9,611 · lowest', '', '0.855 (0.815 to 0.895)']
    ]);
    expect(sentences(node)[0]).toMatch(/The lowest is 0.9913 times the highest \(0.951 to 1.031\)\.$/);
    choose(node, 'Order', 'lowest first');
    expect(rowTexts(node)[0]![0]).toBe('whiten = 9,611 · lowest');
    expect(texts(node, '[role=columnheader]')[0]).toBe('race');
  });

  it('is heard when something else is chosen: sentences, not all figures', () => {
    const node = shown(fairnessReport());
    expect([...node.querySelectorAll('[aria-live]')].map(each => texts(each, '.mlops-Rows').length)).toEqual([
      0
    ]);
  });

  it('has a table under the trade-off, and another measure for it', () => {
    const metrics = [...fairnessReport().metrics, metric('log_loss', { better: 'lower' })];
    const node = shown(fairnessReport({ metrics, ...complete() }));
    choose(node, 'Across', 'log loss');
    const table = node.querySelector<HTMLDetailsElement>('details')!;
    table.open = true;
    table.dispatchEvent(new Event('toggle'));
    expect(texts(table, 'th, td')).toEqual([
      ...['model', 'mitigated by', 'log loss', 'gap in selection rate', 'on the line'],
      ...['best', '–', '0.4', '0.21 (0.17 to 0.25)', 'no'],
      ...['last', 'ThresholdOptimizer', '0.4', '0.05 (0.01 to 0.09)', 'yes']
    ]);
  });

  it.each([
    ['difference', '0'],
    ['ratio', '1']
  ])('shows a %s against none', (method, none) => {
    const node = shown(fairnessReport());
    press(node, method);
    expect(texts(node, '.mlops-Plot-up span')).toContain(none);
  });

  it('shows how sure both sides of the trade-off are', () => {
    const base = fairnessReport();
    const overall = base.overall.map(each => ({
      values: each.values,
      low: each.values.map(row => row.map(value => Number(value) - 0.05)),
      high: each.values.map(row => row.map(value => Number(value) + 0.05))
    }));
    const lines = (node: HTMLElement) =>
      [...node.querySelectorAll('.mlops-TradeOff-interval')].map(line =>
        line.getAttribute('x1') === line.getAttribute('x2') ? 'up' : 'across'
      );
    expect(lines(shown({ ...base, overall }))).toEqual(['up', 'across', 'up', 'across']);
    expect(lines(shown(oneModel()))).toEqual([]);
  });

  it('says in its head of which model it is, where it is of one', () => {
    expect(texts(shown(oneModel()), '.mlops-Report-head')[0]).toMatch(/^best · 10,400 rows/);
    expect(texts(shown(fairnessReport()), '.mlops-Report-head')[0]).toMatch(/^10,400 rows/);
  });

  it('asks for a second model where there is one', () => {
    const node = shown(manyGroups(3, 1));
    expect(texts(node, 'p').filter(text => text.startsWith('Two models'))).toHaveLength(1);
    expect(texts(node, '.mlops-Report-controls label').some(text => text.startsWith('Across'))).toBe(false);
  });

  it('says what is withheld, what is undefined, and what is not here', () => {
    const base = fairnessReport();
    const four = [NaN, NaN, 0.2, 0.3];
    const grouping = {
      ...base.groupings[2]!,
      suppressed: [0],
      sizes: [null, 9, 10, 11],
      total: 2000,
      uncertain: []
    };
    const report = oneModel({
      groupings: [grouping],
      results: [result(0, 0, [four, four], 0)],
      bootstrap: null,
      min_group: 5
    });
    const node = shown(report);
    expect(rowTexts(node)[0]).toEqual(['female · blackwithheld', '', '–']);
    expect(sentences(node)).toEqual([
      'best: selection rate lies between 0.2 (male · black, n = 10) and 0.3 (male · white, n = 11); over all rows it is 0.47. The largest gap is 0.1.',
      'Dotted: all rows. No intervals were asked for, so how sure the figures are is not known. 1 group is withheld: it has fewer than 5 rows, or would tell by subtraction what such a group has. In 1 group the metric is not defined. Shown are 4 of 2,000 groups: the largest and those at the ends. All are in the report’s file.'
    ]);
  });

  it('says so where there is no gap', () => {
    const none = [NaN, NaN, NaN, NaN];
    const base = result(
      0,
      2,
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1]
      ],
      0
    );
    const nothing = { values: [['NaN'], ['NaN']], low: [], high: [] };
    const results = [{ ...base, by_group: [none, none].map(row => row.map(String)), difference: nothing }];
    const node = shown(oneModel({ results }));
    expect(sentences(node)[0]).toBe(
      'best: selection rate has no gap to show, because a group has no figure.'
    );
  });

  it('shows what Fairlearn found in real data', () => {
    const node = shown(real);
    expect(rowTexts(node)).toHaveLength(8);
    expect(sentences(node)[0]).toMatch(/^logistic: selection rate lies between 0\.\d+ \(sex 1 · /);
  });

  it('shows one stratum of control features at a time', () => {
    const node = shown(controlled);
    const first = rowTexts(node);
    choose(node, 'where blood pressure', controlled.control[0]!.levels[1]!);
    expect(rowTexts(node)).not.toEqual(first);
    expect(rowTexts(node)).toHaveLength(first.length);
  });

  it('goes when it is disposed of', () => {
    const node = place();
    const report = show(node, fairnessReport());
    report.dispose();
    expect(node.childElementCount).toBe(0);
  });

  it('is translated by whoever hosts it', () => {
    const node = place();
    show(node, fairnessReport(), { words: { ...ENGLISH, __: text => `*${text}*` } });
    expect(node.querySelector('section')!.getAttribute('aria-label')).toBe('*Fairness report of %1*');
  });

  it('is a widget for anywidget', () => {
    const el = place();
    const end = fairness.render({ model: new WidgetModel(JSON.stringify(fairnessReport())), el });
    expect(rowTexts(el)).toHaveLength(4);
    end();
    expect(el.childElementCount).toBe(0);
    fairness.render({ model: new WidgetModel('no JSON'), el });
    expect(el.textContent).toMatch(/^This report cannot be shown/);
  });
});

describe('a thousand groups of ten thousand', () => {
  it('are in the page where they are seen, whichever metric is chosen', () => {
    const node = shown(manyGroups(1000, 8));
    for (const row of [1, 7]) {
      choose(node, 'Metric', `metric ${row}`);
      expect(rowTexts(node).length).toBeLessThan(30);
      expect(texts(node, '[role=columnheader]').at(-1)).toBe(`metric ${row}`);
    }
    expect(node.querySelector('[role=table]')!.getAttribute('aria-rowcount')).toBe('1001');
  });
});

/** Three metrics need three rows everywhere. */
function complete(): object {
  const base = fairnessReport();
  const third = (table: readonly (readonly unknown[])[]) => [...table, (table[0] ?? []).map(() => 0.4)];
  return {
    overall: base.overall.map(each => ({ ...each, values: third(each.values) })),
    results: base.results.map(each => ({
      ...each,
      by_group: third(each.by_group),
      low: third(each.low),
      high: third(each.high)
    }))
  };
}
