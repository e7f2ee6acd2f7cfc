import { show } from '../../../../src/widgets/fairness';
import { fairnessReport, manyGroups } from '../fairnessReports';
import { changed, choose, place, rowTexts, without } from '../reader';

function shown(data: unknown): HTMLElement {
  const node = place();
  show(node, data);
  return node;
}

const MARKUP = '<img src=x onerror="globalThis.pwned = 1">';

/** Put a text into every text of a report. */
function everywhere(value: unknown, text: string): unknown {
  if (typeof value === 'string' && !KEPT.has(value)) {
    return text;
  }
  if (Array.isArray(value)) {
    return value.map(each => everywhere(each, text));
  }
  return value && typeof value === 'object'
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, everywhere(each, text)]))
    : value;
}

const KEPT = new Set(['binary', 'share', 'higher', '']);

describe('a report of somebody else', () => {
  it.each([MARKUP, '<script>globalThis.pwned = 1</script>', 'javascript:globalThis.pwned=1', '</style><b>'])(
    'B24: shows %j as the text that it is',
    text => {
      const node = shown(everywhere(fairnessReport({ notes: ['note'] }), text));
      expect(rowTexts(node)[0]![0]).toContain(`${text} · ${text}`);
      expect(node.querySelectorAll('img, script, a, iframe, style, link, object, embed, form')).toHaveLength(
        0
      );
      const attributes = [...node.querySelectorAll('*')].flatMap(each => each.getAttributeNames());
      expect(attributes.filter(name => /^on|^href$|^src$/.test(name))).toEqual([]);
      expect(globalThis).not.toHaveProperty('pwned');
    }
  );

  it('B24: asks nobody for anything', () => {
    const fetched = jest.spyOn(globalThis, 'fetch');
    shown(fairnessReport());
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each([
    [
      'a newer version',
      { ...fairnessReport(), version: 2 },
      /newer jupyter-mlops \(version 2; this one reads up to 1\)/
    ],
    ['no object', 'report', /“version” is not what it should be/],
    ['nothing', null, /“version”/],
    ['a list', [], /“version”/],
    ['no version', { ...fairnessReport(), version: undefined }, /“version”/],
    ['no metrics', { ...fairnessReport(), metrics: [] }, /“metrics”/],
    ['no models', { ...fairnessReport(), models: [] }, /“models”/],
    ['a metric without a label', { ...fairnessReport(), metrics: [{ key: 'a' }] }, /“metrics\[0\]\.label”/],
    ['another task', { ...fairnessReport(), task: 'ranking' }, /“task”/],
    ['rows as text', { ...fairnessReport(), rows: '12' }, /“rows”/],
    [
      'a table of objects',
      changed(fairnessReport(), 'results.0.by_group', [[{}]]),
      /“results\[0\]\.by_group\[0\]\[0\]”/
    ],
    ['a table too short', changed(fairnessReport(), 'results.0.by_group', [[1]]), /“results\[0\]”/],
    [
      'groups without levels',
      changed(fairnessReport(), 'groupings.0.levels', [[0]]),
      /“groupings\[0\]\.levels”/
    ],
    ['a model that is not there', changed(fairnessReport(), 'results.0.model', 9), /“results\[0\]”/],
    ['a grouping that is not there', changed(fairnessReport(), 'results.0.grouping', -1), /“results\[0\]”/]
  ])('B25: with %s is refused in words', (_, data, said) => {
    const node = shown(data);
    expect(node.querySelector('[role=status]')!.textContent).toMatch(said);
    expect(node.querySelector('.mlops-Report')).toBeNull();
  });

  it('B25: larger than a notebook can show is refused, and read no further', () => {
    expect(shown(manyGroups(5000, 60)).textContent).toBe(
      'This report is larger than a notebook can show. Its file is whole.'
    );
  });

  it('B25: with names that JavaScript knows is what it is', () => {
    const report = JSON.parse(
      JSON.stringify(fairnessReport()).replace(
        '"sensitive":',
        '"__proto__":{"models":[]},"constructor":1,"sensitive":'
      )
    );
    const node = shown(report);
    expect(rowTexts(node)).toHaveLength(4);
    expect({}).not.toHaveProperty('models');
  });

  it('reads what an older version left out', () => {
    const report = without(
      fairnessReport(),
      ...['positive', 'classes', 'weighted', 'control', 'strata', 'bootstrap', 'notes', 'digits']
    );
    expect(rowTexts(shown(report))).toHaveLength(4);
  });

  it('keeps on where figures are words', () => {
    const report = fairnessReport();
    const results = report.results.map(each => ({
      ...each,
      by_group: each.by_group.map(row => row.map(() => 'Infinity'))
    }));
    const node = shown({ ...report, results });
    choose(node, 'Metric', 'accuracy score');
    expect(rowTexts(node)[0]![2]).toContain('∞');
  });
});

it('B4: a name that turns the writing around leaves the sentence as it is', () => {
  const report = fairnessReport({
    models: fairnessReport().models.map(each => ({ ...each, name: '\u202Etsal' }))
  });
  const [sentence] = [...shown(report).querySelectorAll('.mlops-Report-sentence')];
  expect(sentence!.textContent).toMatch(/^\u2068\u202Etsal\u2069: \u2068selection rate\u2069 lies between/);
});
