import { show as showExplanation } from '../../../src/widgets/explanation';
import { show as showFairness } from '../../../src/widgets/fairness';
import explanation from '../reports/explanation.json';
import image from '../reports/explanation-image.json';
import pipeline from '../reports/explanation-pipeline.json';
import text from '../reports/explanation-text.json';
import wine from '../reports/explanation-what-if.json';
import fairness from '../reports/fairness.json';
import controlled from '../reports/fairness_control.json';
import { explanationReport } from './explanationReports';
import { fairnessReport, manyGroups, oneModel } from './fairnessReports';
import { place } from './reader';

type Show = typeof showFairness;

/** A report on the page, with every table unfolded. */
function shown(show: Show, data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  node.querySelectorAll('details').forEach(box => {
    box.open = true;
    box.dispatchEvent(new Event('toggle'));
  });
  return node;
}

function all<T extends Element = HTMLElement>(node: ParentNode, selector: string): T[] {
  return [...node.querySelectorAll<T>(selector)];
}

/** What a screen reader calls a control. */
function nameOf(control: Element): string {
  return (
    control.getAttribute('aria-label') ?? control.closest('label')?.textContent ?? control.textContent ?? ''
  );
}

describe.each<[string, Show, unknown]>([
  ['a fairness report', showFairness, fairness],
  ['one with control features', showFairness, controlled],
  ['one of one model', showFairness, oneModel()],
  ['one of a thousand groups', showFairness, manyGroups(1000, 3)],
  ['an explanation', showExplanation, explanation],
  ['one of a pipeline', showExplanation, pipeline],
  ['one with rows and pairs', showExplanation, explanationReport()],
  ['one of a text', showExplanation, text],
  ['one of an image', showExplanation, image],
  ['one that can be asked what if', showExplanation, wine]
])('%s', (_, show, data) => {
  it('gives every control a name', () => {
    const node = shown(show, data);
    const controls = all(node, 'select, input, button, [tabindex="0"]');
    expect(controls.length).toBeGreaterThan(1);
    expect(controls.filter(control => nameOf(control).trim() === '')).toEqual([]);
  });

  it('says what a picture shows, or leaves it to the figures beside it', () => {
    const outermost = all<SVGElement>(shown(show, data), 'svg').filter(
      svg => !svg.parentElement!.closest('svg')
    );
    const silent = outermost.filter(
      svg => !svg.getAttribute('aria-label') && !svg.closest('[aria-hidden="true"]')
    );
    expect(outermost.length).toBeGreaterThan(0);
    expect(silent).toEqual([]);
  });

  it('has a table for every picture', () => {
    const node = shown(show, data);
    for (const picture of all(node, '.mlops-Plot')) {
      const after = [picture.nextElementSibling, picture.nextElementSibling?.nextElementSibling];
      expect(after.some(each => each?.matches('details') && each.querySelector('tbody tr'))).toBe(true);
    }
    for (const cell of all(node, '[role=row] svg.mlops-Groups-plot')) {
      expect(cell.closest('[role=row]')!.lastElementChild!.textContent).not.toBe('');
    }
  });

  it('has a sentence under every chart', () => {
    const node = shown(show, data);
    for (const chart of all(node, '.mlops-Plot, .mlops-Rows')) {
      const next = chart.nextElementSibling!;
      expect(next.matches('p') ? next.textContent : next.querySelector('p')?.textContent).toMatch(/\w+ \w+/);
    }
  });

  it('has rows of as many cells as the columns have titles', () => {
    for (const table of all(shown(show, data), '[role=table], [role=grid]')) {
      const heads = all(table, '[role=columnheader]').length;
      const cells = all(table, '.mlops-Rows-row').map(row => all(row, ':scope > [role]').length);
      expect(cells).toEqual(cells.map(() => heads));
      expect(all(table, '[role=rowheader]').length).toBe(cells.length);
      const own = table.getAttribute('role') === 'grid' ? 'gridcell' : 'cell';
      expect(all(table, `[role=${own}]`).length).toBe(cells.length * (heads - 1));
    }
    for (const table of all(shown(show, data), 'table')) {
      const heads = all(table, 'thead th').length;
      expect(all(table, 'tbody tr').filter(row => row.children.length !== heads)).toEqual([]);
    }
  });

  it('numbers its rows for screen readers', () => {
    for (const table of all(shown(show, data), '[role=table], [role=grid]')) {
      const numbers = all(table, '[aria-rowindex]').map(row => Number(row.getAttribute('aria-rowindex')));
      expect(numbers).toEqual(numbers.map((__, index) => index + 1));
      expect(Number(table.getAttribute('aria-rowcount'))).toBeGreaterThanOrEqual(numbers.length);
    }
  });

  it('has ids that are its own, beside another one on the page', () => {
    shown(show, data);
    shown(show, data);
    const ids = all(document, '[id]').map(each => each.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is heard in sentences', () => {
    for (const live of all(shown(show, data), '[aria-live], [role=status]')) {
      expect(all(live, 'svg, table, [role=row]')).toEqual([]);
    }
  });

  it('writes no figure that is none into its pictures', () => {
    const node = shown(show, data);
    const attributes = all<Element>(node, 'svg, svg *').flatMap(each => [...each.attributes]);
    expect(attributes.filter(each => /NaN|undefined|Infinity|null/.test(each.value))).toEqual([]);
    expect(node.textContent).not.toMatch(/undefined|null|\[object/);
  });
});

it('tells models apart without colour', () => {
  const node = shown(showFairness, fairnessReport());
  const marks = all(node, '.mlops-Report-option svg path').map(path => path.getAttribute('d'));
  expect(new Set(marks).size).toBe(2);
  expect(all(node, '.mlops-Report-option svg .mlops-mod-hollow')).toHaveLength(1);
});
