import { IExplanationReport, IFeatureShape } from '../../../../src/api/types';
import { outputTitle, shapeChart } from '../../../../src/widgets/explanation/shapeChart';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { AGE, HOURS, JOB, explanationReport } from '../explanationReports';
import { place, rowTexts, seen, texts } from '../reader';

/** The chart of a shape, as it stands on a page. */
function chart(shape: IFeatureShape, more: Partial<IExplanationReport> = {}, output = 0): HTMLElement {
  const node = place();
  node.append(...shapeChart(explanationReport(more), shape, output, ENGLISH));
  return node;
}

function sentence(node: HTMLElement): string {
  return seen(node.querySelector('.mlops-Report-sentence')!.textContent);
}

/** The table that has the picture's figures, unfolded: a row of texts each. */
function table(node: HTMLElement): readonly (readonly string[])[] {
  const box = node.querySelector('details')!;
  box.open = true;
  box.dispatchEvent(new Event('toggle'));
  return [...node.querySelectorAll('table tr')].map(row =>
    [...row.children].map(cell => seen(cell.textContent))
  );
}

/** The places of a path, across and up, in per cent. */
function course(node: HTMLElement, name: string): readonly (readonly [number, number])[] {
  const path = node.querySelector(`.mlops-Shape-${name}`)!.getAttribute('d')!;
  return [...path.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)].map(([, x, y]) => [Number(x), 100 - Number(y)]);
}

describe('a curve', () => {
  it('is named by what it shows, and says where it is lowest and highest, and how sure that is', () => {
    const node = chart(HOURS);
    expect(node.querySelector('svg[role=img]')!.getAttribute('aria-label')).toContain('log odds of');
    expect(sentence(node)).toBe(
      'Along hours the log odds of granted goes from -0.6 (at 0) to 0.9 (at 60). The band is its interval. ' +
        'Where the value is missing it is 0.05. ' +
        'At the foot: how many rows there are; where there are few, the curve is a guess.'
    );
  });

  it('goes over the page as its figures go', () => {
    const points = course(chart(HOURS), 'line');
    expect(points).toHaveLength(8);
    const ups = points.map(([, up]) => up);
    expect(ups).toEqual([...ups].sort((a, b) => a - b));
    const across = points.map(([x]) => x);
    expect(across).toEqual([...across].sort((a, b) => a - b));
  });

  it('has its interval as a band around it, and none where the method knows none', () => {
    expect(course(chart(HOURS), 'band')).toHaveLength(16);
    expect(chart(AGE).querySelector('.mlops-Shape-band')!.getAttribute('d')).toBe('');
    expect(sentence(chart(AGE))).toContain('The method does not say how sure that is.');
  });

  it('has a thin line for each row that was named, and says what they are', () => {
    const node = chart(AGE);
    expect(node.querySelectorAll('.mlops-Shape-row')).toHaveLength(2);
    expect(sentence(node)).toMatch(/Thin lines are the rows that were named\.$/);
    expect(sentence(chart(HOURS))).not.toContain('Thin lines');
  });

  it('stands above the rows’ numbers: the bars are as high as there are rows', () => {
    const bars = [...chart(HOURS).querySelectorAll('.mlops-Shape-density rect')];
    const heights = bars.map(bar => Number(bar.getAttribute('height')));
    expect(heights.map(height => Math.round((height / heights[1]!) * 300))).toEqual([20, 300, 150, 4]);
    const lowest = Math.min(...course(chart(HOURS), 'band').map(([, up]) => up));
    expect((lowest / 100) * 260).toBeGreaterThan(Math.max(...heights));
  });

  it('takes no number of rows below none, or that is none', () => {
    const density = [-5, 'NaN', 'Infinity', 10];
    const bars = [...chart({ ...HOURS, density }).querySelectorAll('.mlops-Shape-density rect')];
    expect(bars.map(bar => Number(bar.getAttribute('height')))).toEqual([0, 0, 0, 44]);
  });

  it('needs no rows’ numbers', () => {
    const node = chart({ ...HOURS, density: [], density_grid: [] });
    expect(node.querySelectorAll('.mlops-Shape-density rect')).toHaveLength(0);
    expect(sentence(node)).not.toContain('At the foot');
  });

  it('has its figures in a table: of steps from where to where, of a line at which place', () => {
    expect(table(chart(HOURS)).slice(0, 3)).toEqual([
      ['hours', 'log odds of granted', 'interval'],
      ['0 to 20', '-0.6', '-0.8 to -0.4'],
      ['20 to 40', '-0.1', '-0.2 to 0']
    ]);
    expect(table(chart(AGE)).slice(1)).toEqual([
      ['20', '0.1', '–'],
      ['40', '0.5', '–'],
      ['60', '0.2', '–']
    ]);
  });

  it('has a hole where there is no figure, and says so in the table', () => {
    const node = chart({ ...AGE, values: [[0.1, 'NaN', 0.2]], ice: [] });
    expect(node.querySelector('.mlops-Shape-line')!.getAttribute('d')!.match(/M/g)).toHaveLength(2);
    expect(table(node)[2]![1]).not.toMatch(/\d/);
  });

  it('without any figure says that there is nothing to draw', () => {
    expect(sentence(chart({ ...AGE, values: [['NaN', 'NaN', 'NaN']], ice: [] }))).toMatch(
      /^There is nothing to draw: the shape has no figures\./
    );
  });

  it('of another output has that one’s figures', () => {
    const shape = { ...AGE, values: [AGE.values[0]!, [3, 2, 1]], ice: [] };
    const node = chart(shape, { outputs: ['granted', 'refused'] }, 1);
    expect(sentence(node)).toMatch(
      /^Along age the log odds of refused goes from 1 \(at 60\) to 3 \(at 20\)\./
    );
  });
});

describe('categories', () => {
  it('have a row each, with how many rows of the data there are', () => {
    expect(rowTexts(chart(JOB))).toEqual([
      ['nurse n = 300', '', '0.2 (0.1 to 0.3)'],
      ['smith n = 170', '', '-0.1 (-0.2 to 0)'],
      ['<b>cook</b> n = 4', '', '0.05 (0 to 0.1)']
    ]);
  });

  it('are texts, whatever they are called (B24)', () => {
    expect(chart(JOB).querySelector('b')).toBeNull();
  });

  it('stand below heads that say what is what, and are told in a sentence', () => {
    const node = chart(JOB);
    expect(texts(node, '[role=columnheader]').filter(Boolean)).toEqual(['job', 'log odds of granted']);
    expect(sentence(node)).toBe(
      'Along job the log odds of granted goes from -0.1 (at smith) to 0.2 (at nurse). ' +
        'The line on a dot is its interval.'
    );
  });

  it('say no number of rows that nobody knows, and no interval', () => {
    const node = chart({ ...JOB, density: [], low: [], high: [] });
    expect(rowTexts(node)[0]).toEqual(['nurse', '', '0.2']);
    expect(sentence(node)).toMatch(/The method does not say how sure that is\.$/);
  });

  it('have their interval further to the right for more', () => {
    const rows = [...chart(JOB).querySelectorAll('.mlops-Rows-row')];
    const lines = rows.map(row => parseFloat(row.querySelector('svg line')!.getAttribute('x1')!));
    const [nurse, smith, cook] = lines;
    expect(nurse).toBeGreaterThan(cook!);
    expect(cook).toBeGreaterThan(smith!);
  });
});

it.each([
  ['log odds', ['granted'], 'log odds of granted'],
  ['price', ['price'], 'price'],
  ['price', [], 'price'],
  ['price', [''], 'price']
])('of %s with outputs %j is called %s', (scale, outputs, title) => {
  expect(seen(outputTitle(explanationReport({ scale, outputs }), 0, ENGLISH))).toBe(title);
});
