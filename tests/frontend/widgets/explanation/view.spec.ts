import explanation, { show } from '../../../../src/widgets/explanation';
import { AGE, HOURS, JOB, explanationReport, shuffled } from '../explanationReports';
import { choose, key, place, rowTexts, seen, texts } from '../reader';
import { WidgetModel } from '../widgetModel';
import real from '../../reports/explanation.json';
import pipeline from '../../reports/explanation-pipeline.json';

function shown(data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  return node;
}

const sentences = (node: HTMLElement) => texts(node, '.mlops-Report-sentence');
const heads = (node: HTMLElement) => texts(node, 'h3');
const grid = (node: HTMLElement) => node.querySelector('[role=grid]')!;
const tables = (node: HTMLElement) => [...node.querySelectorAll<HTMLElement>('[role=table]')];

function figures(node: HTMLElement): string[] {
  const box = node.querySelector<HTMLDetailsElement>('details')!;
  box.open = true;
  box.dispatchEvent(new Event('toggle'));
  return texts(box, 'th, td');
}

describe('an explanation', () => {
  it('says what was explained, by what and why, and that it holds data', () => {
    expect(texts(shown(explanationReport()), 'section > p').slice(0, 3)).toEqual([
      'Explainable boosting machine · credit · 474 rows',
      'Chosen because the model is a glass box.',
      'Contains data: values of single rows.'
    ]);
    expect(texts(shown(shuffled({ rows_used: 100 })), 'section > p')[0]).toBe(
      'Explainable boosting machine · credit · 100 of 474 rows'
    );
    expect(texts(shown(shuffled()), '.mlops-Report-data')).toEqual([]);
  });

  it('begins with what matters most', () => {
    const node = shown(explanationReport());
    expect(rowTexts(grid(node))).toEqual([
      ['hours', '', '0.41 (0.37 to 0.45)'],
      ['age', '', '0.38 (0.3 to 0.46)'],
      ['hours & age', '', '0.12 (0.1 to 0.14)'],
      ['job', '', '0.05 (0.04 to 0.06)']
    ]);
    expect(heads(node)).toEqual(['What matters', 'hours', 'What works together', 'Single rows']);
    expect(sentences(node)[0]).toBe(
      'hours matters most, then age, hours & age. A bar: mean absolute contribution to the log odds. The line on it: one standard deviation over the bags. The first two overlap: which of them matters more is not sure.'
    );
  });

  it('says so where the method gives no uncertainty', () => {
    expect(sentences(shown(shuffled()))[0]).toBe(
      'hours matters most, then age, hours & age. A bar: decrease of accuracy. The method does not say how sure that is.'
    );
  });

  it('opens the shape of a feature by Enter or by a click, and says it', () => {
    const node = shown(explanationReport());
    key(grid(node), 'ArrowDown');
    key(grid(node), 'Enter');
    expect(heads(node)[1]).toBe('age');
    expect(texts(node, '[role=status]')).toEqual([
      'Along age the log odds of granted goes from 0.1 (at 20) to 0.5 (at 40). The method does not say how sure that is. At the foot: how many rows there are; where there are few, the curve is a guess. Thin lines are the rows that were named.'
    ]);
    grid(node).querySelectorAll<HTMLElement>('[role=row]')[4]!.click();
    expect(heads(node)[1]).toBe('job');
  });

  it('draws a curve with its band, its density, and a table', () => {
    const node = shown(explanationReport());
    expect(seen(node.querySelector('.mlops-Plot svg')!.getAttribute('aria-label'))).toBe(
      'log odds of granted along hours'
    );
    expect(node.querySelector('.mlops-Shape-band')!.getAttribute('d')).toMatch(/^M3\.00 .*Z$/);
    expect(node.querySelectorAll('.mlops-Shape-density rect')).toHaveLength(4);
    expect(sentences(node)[1]).toBe(
      'Along hours the log odds of granted goes from -0.6 (at 0) to 0.9 (at 60). The band is its interval. Where the value is missing it is 0.05. At the foot: how many rows there are; where there are few, the curve is a guess.'
    );
    expect(figures(node).slice(0, 6)).toEqual([
      ...['hours', 'log odds of granted', 'interval'],
      ...['0 to 20', '-0.6', '-0.8 to -0.4']
    ]);
  });

  it('draws the courses of rows that were named', () => {
    const node = shown(explanationReport({ shapes: [{ ...AGE, feature: 0 }] }));
    expect(node.querySelectorAll('.mlops-Shape-row')).toHaveLength(2);
    expect(figures(node).slice(3, 6)).toEqual(['20', '0.1', '–']);
  });

  it('says once what is its own unit', () => {
    const node = shown(explanationReport({ scale: 'progression', outputs: ['progression'] }));
    expect(texts(node, '.mlops-Plot-upTitle')).toEqual(['progression']);
  });

  it('gives each category a row, with how often it comes', () => {
    const node = shown(explanationReport({ shapes: [{ ...JOB, feature: 0 }] }));
    expect(rowTexts(tables(node)[0]!)).toEqual([
      ['nurse n = 300', '', '0.2 (0.1 to 0.3)'],
      ['smith n = 170', '', '-0.1 (-0.2 to 0)'],
      ['<b>cook</b> n = 4', '', '0.05 (0 to 0.1)']
    ]);
    expect(sentences(node)[1]).toBe(
      'Along hours the log odds of granted goes from -0.1 (at smith) to 0.2 (at nurse). The line on a dot is its interval.'
    );
  });

  it('says so where there is no shape, or none that could be drawn', () => {
    expect(shown(explanationReport({ shapes: [] })).textContent).toContain(
      'The report has no shape of hours.'
    );
    const node = shown(explanationReport({ shapes: [{ ...HOURS, values: [['NaN', 'NaN', 'NaN', 'NaN']] }] }));
    expect(sentences(node)[1]).toMatch(/^There is nothing to draw: the shape has no figures\./);
  });

  it('shows what two features do together, from its list or from what matters', () => {
    const node = shown(explanationReport());
    node.querySelector<HTMLElement>('.mlops-Explanation-interactions button')!.click();
    expect(heads(node)[1]).toBe('hours × age');
    expect(sentences(node)[1]).toBe(
      'Together hours × age change the log odds by up to 0.3 beyond what each does alone. Plus, orange: raises it. Minus, blue: lowers it. The stronger the colour, the more.'
    );
    expect(node.querySelectorAll('.mlops-HeatMap-low')).toHaveLength(1);
    expect(node.querySelectorAll('.mlops-HeatMap-high')).toHaveLength(3);
    // Of the strong ones, -0.2, 0.1 and 0.3, two are raised: three strokes across, two upright.
    expect(node.querySelector('.mlops-HeatMap-signs')!.getAttribute('d')!.replace(/[^hv]/g, '')).toBe(
      'hhvhv'
    );
    expect(figures(node)).toEqual([
      ...['hours × age', '20 to 40', '40 to 60'],
      ...['0 to 40', '-0.2', '0.1'],
      ...['40 to 80', '0.05', '0.3']
    ]);
    grid(node).querySelectorAll<HTMLElement>('[role=row]')[1]!.click();
    grid(node).querySelectorAll<HTMLElement>('[role=row]')[3]!.click();
    expect(heads(node)[1]).toBe('hours × age');
  });

  it('names the categories of two features', () => {
    const [interaction] = explanationReport().interactions;
    const bars = { ...interaction!, forms: ['bars', 'steps'] as const, left_grid: ['nurse', 'smith'] };
    const node = shown(explanationReport({ interactions: [bars] }));
    node.querySelector<HTMLElement>('.mlops-Explanation-interactions button')!.click();
    expect(figures(node).filter((_, index) => index % 3 === 0)).toEqual(['hours × age', 'nurse', 'smith']);
  });

  it('goes the way of a row from the base value to the answer', () => {
    const node = shown(explanationReport());
    choose(node, 'Row', 'row 17');
    expect(rowTexts(tables(node)[0]!)).toEqual([
      ['base value', '', '0.2'],
      ['hours = 12', '', '-0.6'],
      ['age = 50', '', '+0.4'],
      ['hours = 12, age = 50', '', '-0.2'],
      ['job = smith', '', '-0.1'],
      ['together', '', '-0.3']
    ]);
    const said =
      'Row 17. Predicted: granted: 0.31. Actual: refused. It starts at 0.2 (log odds of granted). hours = 12 lowers it most (-0.6). age = 50 raises it most (+0.4). Together they lead to -0.3.';
    expect(sentences(node).at(-1)!.split('. ').sort()).toEqual(said.split('. ').sort());
    expect(texts(node, '[role=status]')).toEqual([sentences(node).at(-1)]);
  });

  it('says how to get single rows, and where a method has none', () => {
    expect(shown(shuffled()).textContent).toContain('None was named. “--rows 0,17” explains rows');
    const local = { ...explanationReport().local!, contributions: [] };
    expect(sentences(shown(explanationReport({ local }))).at(-1)).toBe(
      'Row 0. Predicted: granted: 0.73. Actual: granted. This method explains no single row; its curves are drawn above.'
    );
  });

  it('shows one output of several at a time', () => {
    const two = { ...HOURS, values: [HOURS.values[0]!, [1, 2, 3, 4]], low: [], high: [] };
    const node = shown(explanationReport({ outputs: ['refused', 'granted'], shapes: [two], local: null }));
    choose(node, 'Output', 'granted');
    expect(sentences(node)[1]).toMatch(
      /^Along hours the log odds of granted goes from 1 \(at 0\) to 4 \(at 60\)\./
    );
  });

  it('says missing for a value that is none', () => {
    const local = {
      ...explanationReport().local!,
      values: [
        ['NaN', 31, 'nurse'],
        [1, 2, 'smith']
      ]
    };
    expect(rowTexts(tables(shown(explanationReport({ local })))[0]!).map(row => row[0])).toContain(
      'hours = missing'
    );
  });

  it.each([
    ['a glass box', real],
    ['a pipeline', pipeline]
  ])('shows %s that was explained for real', (_, data) => {
    const node = shown(data);
    const { names } = data.importance;
    expect(rowTexts(grid(node)).map(row => row[0])).toEqual(names.slice(0, 22));
    for (const index of names.keys()) {
      grid(node).querySelectorAll<HTMLElement>('.mlops-Rows-row')[index]!.click();
      expect(texts(node, '[role=status]')[0]).not.toBe('');
    }
    expect(node.innerHTML).not.toContain('undefined');
  });

  it('is a widget for anywidget, and goes when it is disposed of', () => {
    const el = place();
    const end = explanation.render({ model: new WidgetModel(JSON.stringify(explanationReport())), el });
    expect(heads(el)[0]).toBe('What matters');
    end();
    expect(el.childElementCount).toBe(0);
  });
});
