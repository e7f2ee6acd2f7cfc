import { show } from '../../../../src/widgets/explanation';
import { explanationReport } from '../explanationReports';
import { changed, place, rowTexts, without } from '../reader';

function shown(data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  return node;
}

const MARKUP = '<img src=x onerror="globalThis.pwned = 1">';

describe('an explanation of somebody else', () => {
  it('B24: has names and values that are text', () => {
    const report = explanationReport({
      method_title: MARKUP,
      chosen_because: MARKUP,
      model: MARKUP,
      outputs: [MARKUP],
      scale: MARKUP,
      notes: [MARKUP],
      features: { ...explanationReport().features, names: [MARKUP, MARKUP, MARKUP] },
      importance: {
        ...explanationReport().importance,
        names: [MARKUP, MARKUP, MARKUP, MARKUP],
        measure: MARKUP
      }
    });
    const node = shown(report);
    node.querySelectorAll<HTMLElement>('[role=grid] .mlops-Rows-row, button').forEach(each => each.click());
    expect(node.querySelectorAll('img, script, a, iframe, style, link')).toHaveLength(0);
    expect(rowTexts(node)[0]![0]).toBe(MARKUP);
    expect(globalThis).not.toHaveProperty('pwned');
  });

  it.each([
    [
      'a newer version',
      { ...explanationReport(), version: 9 },
      /newer jupyter-mlops \(version 9; this one reads up to 2\)/
    ],
    [
      'no terms',
      changed(explanationReport(), 'importance', { measure: '', names: [], features: [], scores: [] }),
      /“importance\.names”/
    ],
    ['no output', { ...explanationReport(), outputs: [] }, /“outputs”/],
    ['a score too few', changed(explanationReport(), 'importance.scores', [1]), /“importance”/],
    ['a shape of another form', changed(explanationReport(), 'shapes.0.form', 'pie'), /“shapes\[0\]\.form”/],
    ['a grid that does not fit', changed(explanationReport(), 'shapes.0.grid', [1, 2]), /“shapes\[0\]”/],
    [
      'a contribution too few',
      changed(explanationReport(), 'local.contributions.0.0', [1]),
      /“local\.contributions\[0\]”/
    ],
    ['text for numbers', changed(explanationReport(), 'local.rows', ['0']), /“local\.rows\[0\]”/],
    ['a number that is none', { ...explanationReport(), rows: null }, /“rows”/],
    [
      'a cell that is no figure',
      changed(explanationReport(), 'interactions.0.values', [[true]]),
      /“interactions\[0\]\.values\[0\]\[0\]”/
    ],
    ['nothing', undefined, /“version”/]
  ])('B25: with %s is refused in words', (_, data, said) => {
    expect(shown(data).querySelector('[role=status]')!.textContent).toMatch(said);
  });

  it('B25: with a million bars is refused, and read no further', () => {
    const names = Array<string>(1_000_000).fill('a');
    const report = changed(explanationReport(), 'importance', {
      ...explanationReport().importance,
      names,
      scores: names.map(() => 1),
      features: names.map(() => [0]),
      low: [],
      high: []
    });
    expect(shown(report).textContent).toBe(
      'This report is larger than a notebook can show. Its file is whole.'
    );
  });

  it('B25: with features that are not there is shown without them', () => {
    const report = changed(explanationReport(), 'importance.features', [[7], [-1], [0.5, 99], []]);
    const node = shown(report);
    node.querySelectorAll<HTMLElement>('[role=grid] .mlops-Rows-row').forEach(each => each.click());
    expect(node.textContent).toContain('The report has no shape of job.');
  });

  it('reads what an older version left out', () => {
    const report = without(
      explanationReport(),
      'shapes',
      'interactions',
      'local',
      'notes',
      'base_values',
      'made_at'
    );
    expect(rowTexts(shown(report))).toHaveLength(4);
  });

  it('cuts texts that never end', () => {
    const node = shown(explanationReport({ model: 'a'.repeat(100_000) }));
    expect(node.textContent!.length).toBeLessThan(4000);
  });
});
