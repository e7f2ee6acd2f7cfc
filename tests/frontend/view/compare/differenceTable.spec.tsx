import React, { ComponentProps } from 'react';

import { IDifference } from '../../../../src/api/types';
import { DifferenceTable } from '../../../../src/view/compare/differenceTable';
import { run, runId } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { trans } from '../../runScene';

const RUNS = [run(1), run(2, { status: 'FAILED' }), run(3, { name: 'gradient-boosting-baseline' })];

type Props = ComponentProps<typeof DifferenceTable>;
type Section = Props['sections'][number];

function row(key: string, ...values: readonly string[]): IDifference {
  return { key, values, differs: new Set(values).size > 1 };
}

function section(
  id: Section['id'],
  word: string,
  rows: readonly IDifference[],
  more: Partial<Section> = {}
): Section {
  return { id, word, rows, same: 0, ...more };
}

const opened: string[] = [];
const removed: string[] = [];

function table(sections: readonly Section[], more: Partial<Props> = {}): IDrawn {
  return draw(
    <DifferenceTable
      runs={RUNS}
      places={[0, 1, 2]}
      sections={sections}
      onlyDifferences
      code={null}
      onOpen={id => opened.push(id)}
      onRemove={id => removed.push(id)}
      trans={trans}
      {...more}
    />
  );
}

/** The table's rows below its head, as a reader sees them. */
function rows(drawn: IDrawn): readonly (readonly string[])[] {
  return [...drawn.node.querySelectorAll('tbody tr')].map(each =>
    [...each.children].map(cell => cell.textContent ?? '')
  );
}

beforeEach(() => [opened, removed].forEach(each => each.splice(0)));

describe('the head of a column', () => {
  it('says which run it is and how it ended, and leads to it', async () => {
    const drawn = table([]);
    const heads = [...drawn.node.querySelectorAll('thead th[scope=col]')].slice(1);
    expect(heads.map(head => head.textContent)).toEqual([
      'Finishedrun 1✕',
      'Failedrun 2✕',
      'Finishedgradient-boosting-baseline✕'
    ]);

    const name = drawn.one('button', 'gradient-boosting-baseline');
    expect(name.title).toBe(`gradient-boosting-baseline\n${runId(3)}`);
    await happened(() => name.click());
    expect(opened).toEqual([runId(3)]);
  });

  it('takes its run out of the comparison', async () => {
    const drawn = table([]);
    await happened(() => drawn.one('button', 'Compare without run 2').click());
    expect(removed).toEqual([runId(2)]);
  });

  it('offers no way to take one out of two', () => {
    expect(table([], { onRemove: null }).all('button', /^Compare without/)).toEqual([]);
  });
});

describe('the best value of a metric', () => {
  const best = (drawn: IDrawn) =>
    [...drawn.node.querySelectorAll('td')]
      .filter(cell => cell.textContent?.includes('★'))
      .map(cell => [
        cell.querySelector('bdi')!.textContent,
        cell.querySelector('.mlops-Best')!.getAttribute('title')
      ]);

  it.each([
    ['acc', ['0.7', '0.9', '0.8'], [['0.9', 'the highest of these']]],
    ['val_loss', ['0.7', '0.9', '0.8'], [['0.7', 'the lowest of these']]],
    [
      'acc',
      ['0.9', '0.9', '0.8'],
      [
        ['0.9', 'the highest of these'],
        ['0.9', 'the highest of these']
      ]
    ],
    ['acc', ['0.9', '', 'NaN'], []],
    ['acc', ['0.9', '0.9', '0.9'], []]
  ])('%s of %j: %j', (key, values, expected) => {
    expect(best(table([section('metrics', 'Metrics', [row(key, ...values)])]))).toEqual(expected);
  });

  it('is marked for metrics alone: a parameter has none, nor has the machine', () => {
    const drawn = table([
      section('params', 'Parameters', [row('lr', '1', '2', '3')]),
      section('system', 'System', [row('system/cpu', '1', '2', '3')])
    ]);
    expect(best(drawn)).toEqual([]);
  });
});

describe('a value', () => {
  it('of a metric has few digits, and all of them on hover', () => {
    const drawn = table([section('metrics', 'Metrics', [row('acc', '0.123456789', '0.5', '')])]);
    const [first, , none] = drawn.node.querySelectorAll('tbody td');
    expect([first!.textContent, first!.getAttribute('title')]).toEqual(['0.1235', '0.123456789']);
    expect(none!.querySelector('[aria-label="none"]')!.textContent).toBe('–');
  });

  it('of a parameter stays as it was written, unless it is a story of its own', () => {
    const long = 'x'.repeat(200);
    const drawn = table([section('params', 'Parameters', [row('lr', '0.123456789', long, '1e-4')])]);
    const cells = [...drawn.node.querySelectorAll('tbody td')];
    expect(cells.slice(0, 3).map(cell => cell.textContent)).toEqual([
      '0.123456789',
      `${'x'.repeat(60)}…`,
      '1e-4'
    ]);
    expect(cells[1]!.getAttribute('title')).toBe(long);
  });

  it.each([
    ['0.5', true],
    ['0.21 [0.17, 0.25]', true],
    ['0.2 (small groups)', true],
    ['adam', false],
    ['', false],
    ['3 layers', false]
  ])('%j stands as figures do: %j', (value, isFigure) => {
    const drawn = table([section('fairness', 'Fairness', [row('gap', value, 'a', 'b')])]);
    expect(drawn.node.querySelector('tbody td')!.classList.contains('mlops-Figure')).toBe(isFigure);
  });
});

describe('a section', () => {
  it('says how much is the same, where only differences are shown', () => {
    const one = section('data', 'Data', [row('X', 'a', 'b', 'c')], { same: 1 });
    const many = section('packages', 'Packages', [], { same: 226 });
    expect(rows(table([one, many]))).toEqual([
      ['Data1 more is the same'],
      ['X', 'a', 'b', 'c'],
      ['Packages226 are the same']
    ]);
    expect(rows(table([one, many], { onlyDifferences: false }))[0]).toEqual(['Data']);
  });

  it('is not there when there is nothing to say', () => {
    expect(rows(table([section('data', 'Data', [])]))).toEqual([]);
  });

  it('begins with what a reader should know before the rows', () => {
    const notes = ['The groups are small.'];
    const drawn = table([section('fairness', 'Fairness', [row('gap', '1', '2', '3')], { notes })]);
    expect(rows(drawn)).toEqual([['Fairness'], ['The groups are small.'], ['gap', '1', '2', '3']]);
    expect(rows(table([section('fairness', 'Fairness', [], { notes })]))).toHaveLength(2);
  });

  it('lets the rows stand out in which the runs differ', () => {
    const drawn = table([
      section('params', 'Parameters', [row('lr', '1', '2', '2'), row('same', '1', '1', '1')])
    ]);
    const differing = [...drawn.node.querySelectorAll('.mlops-mod-differs th')].map(each => each.textContent);
    expect(differing).toEqual(['lr']);
  });

  it('says nothing of code where other tools made the runs: it is not here', () => {
    const theirs = RUNS.map(each => ({ ...each, source: 'mlflow' as const }));
    const params = section('params', 'Parameters', [row('lr', '1', '2', '3')]);
    expect(table([params], { runs: theirs }).text).not.toContain('Code');
  });

  it('has the code behind the parameters, or the word that it is the same', () => {
    const params = section('params', 'Parameters', [row('lr', '1', '2', '3')]);
    const data = section('data', 'Data', [row('X', 'a', 'b', 'c')]);
    const heads = (drawn: IDrawn) =>
      [...drawn.node.querySelectorAll('th[scope=rowgroup]')].map(each => each.textContent);
    expect(heads(table([params, data]))).toEqual(['Parameters', 'Codethe cells are the same', 'Data']);

    const drawn = table([params, data], { code: <p>the difference</p> });
    expect(heads(drawn)).toEqual(['Parameters', 'Code', 'Data']);
    expect(drawn.text).toContain('the difference');
  });
});

it('can be scrolled by the keyboard, and says what it is', () => {
  const region = table([]).one('region', 'Facts of the runs');
  expect(region.tabIndex).toBe(0);
});

it('carries above it what belongs to all runs', () => {
  expect(table([], { above: <p>curves</p> }).text).toMatch(/^curves/);
});

it('has a name that says which facts are there', () => {
  const names = [true, false].map(onlyDifferences =>
    table([], { onlyDifferences }).node.querySelector('table')?.getAttribute('aria-label')
  );
  expect(names).toEqual(['Facts that differ', 'All facts']);
});
