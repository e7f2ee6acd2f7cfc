import React from 'react';

import { IComparison, IRunReports } from '../../../../src/api/types';
import { ComparisonModel } from '../../../../src/model/comparison';
import { Comparison } from '../../../../src/view/compare/comparison';
import { runColour } from '../../../../src/view/run/colours';
import { FakeManager, FakeServer, IAsked, Refusal, run, settle } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { Scene } from '../../runScene';
import reports from '../../reports/run_reports.json';
import { askedRun, comparison, detail, series } from '../../runStories';

const NASTY = '<img src=x onerror=alert(1)>';
const RUNS = [1, 2, 3].map(n =>
  run(n, {
    params: { lr: String(n / 10), kind: 'abc'[n - 1]! },
    metrics: { loss: n, acc: 1 / n, 'system/cpu': n }
  })
);
const FACTS = comparison(RUNS, {
  metrics: [
    { key: 'loss', values: ['1', '2', '3'], differs: true },
    { key: 'system/cpu', values: ['1', '2', '3'], differs: true }
  ],
  params: [
    { key: 'lr', values: ['0.1', '0.2', ''], differs: true },
    { key: 'same', values: ['x', 'x', 'x'], differs: false }
  ],
  packages: [{ key: 'numpy', values: ['2.0', '2.0', '2.0'], differs: false }]
});

/** A background of a colour, as the page writes it. */
function background(colour: string): string {
  const node = document.createElement('i');
  node.style.background = colour;
  return node.getAttribute('style') ?? '';
}

class Story {
  readonly manager: FakeManager;
  readonly scene: Scene;
  readonly model: ComparisonModel;
  readonly view: IDrawn;

  private constructor(facts: (ids: readonly string[]) => IComparison | Refusal, ids: readonly string[]) {
    const answer = (asked: IAsked) => {
      if (asked.path === 'comparisons') {
        return facts(asked.query.getAll('id'));
      }
      const id = askedRun(asked);
      return asked.path.endsWith('/metrics')
        ? { series: asked.query.getAll('key').map(key => series(key, [3, 1, 2], { run_id: id })), total: 1 }
        : detail(RUNS.find(each => each.run_id === id) ?? run());
    };
    this.manager = new FakeManager(new FakeServer(answer));
    this.scene = new Scene(this.manager);
    this.model = new ComparisonModel(this.manager, ids);
    this.view = draw(<Comparison model={this.model} around={this.scene.around} />);
  }

  static async open(facts: IComparison | Refusal = FACTS): Promise<Story> {
    const ids =
      facts instanceof Refusal ? RUNS.map(each => each.run_id) : facts.runs.map(each => each.run_id);
    const story = new Story(() => facts, ids);
    await happened(settle);
    return story;
  }

  /** The table of facts as rows of texts. */
  get rows(): readonly (readonly string[])[] {
    return [...this.view.node.querySelectorAll('.mlops-DifferenceTable tr')]
      .map(row => [...row.children].map(cell => cell.textContent ?? ''))
      .slice(1);
  }

  get tabs(): readonly string[] {
    return this.view.all('tab').map(tab => tab.textContent ?? '');
  }

  async click(role: string, name: string): Promise<void> {
    await happened(() => this.view.one(role, name).click());
    await happened(settle);
  }
}

it('shows what differs, section by section, and how much does not', async () => {
  const story = await Story.open();
  expect(story.rows).toEqual([
    ['Metrics'],
    ['loss', '1★the lowest of these', '2', '3'],
    ['Parameters1 more is the same'],
    ['lr', '0.1', '0.2', '–'],
    ['Codethe cells are the same'],
    ['Packages1 is the same'],
    ['System'],
    ['system/cpu', '1', '2', '3']
  ]);
});

it('shows fairness and importance below the metrics', async () => {
  const [first, second] = reports as unknown as readonly IRunReports[];
  const story = await Story.open(comparison(RUNS.slice(0, 2), { reports: [first!, second!] }));
  const keys = story.rows.map(row => row[0]);
  const from = keys.findIndex(key => key!.startsWith('Fairness: gap between groups'));
  expect(story.rows).toContainEqual(['Selection rate · by sex', '0.21 [0.17, 0.25]', '0.05 [0.01, 0.09]']);
  expect(keys.slice(from).some(key => key!.startsWith('Importance of features'))).toBe(true);
  // Nothing is marked as the best: a report certifies nothing.
  expect(story.rows.slice(from).flat().join()).not.toContain('★');
  const figures = [...story.view.node.querySelectorAll('td.mlops-Figure')].map(each => each.textContent);
  expect(figures).toContain('0.21 [0.17, 0.25]');
});

it('shows everything when it is asked to', async () => {
  const story = await Story.open();
  await happened(() => story.view.node.querySelector<HTMLInputElement>('input[type=checkbox]')!.click());
  expect(story.rows).toEqual(
    expect.arrayContaining([['same', 'x', 'x', 'x'], ['numpy', '2.0', '2.0', '2.0'], ['Code']])
  );
});

it('lays the curves over each other above the facts, each run in its colour', async () => {
  const story = await Story.open();
  const figures = [...story.view.node.querySelectorAll('figure')].map(
    each => each.querySelector('figcaption')?.textContent
  );
  expect(figures).toEqual(['loss', 'acc']);
  const heads = [...story.view.node.querySelectorAll<HTMLElement>('.mlops-DifferenceTable-run')];
  const swatches = [...story.view.node.querySelectorAll<HTMLElement>('figure:first-of-type .mlops-Swatch')];
  expect(heads.map(head => head.style.borderTopColor)).toEqual(RUNS.map((_, place) => runColour(place)));
  expect(swatches.map(swatch => swatch.getAttribute('style'))).toEqual(
    heads.map(head => background(head.style.borderTopColor))
  );
});

it('shows all curves, those of the machine too, in a tab', async () => {
  const story = await Story.open();
  await story.click('button', 'All 2 curves, with their figures');
  const figures = [...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent);
  expect(figures).toEqual(['loss', 'acc', 'system/cpu']);
  expect(story.view.one('tab', 'Curves').getAttribute('aria-selected')).toBe('true');
});

it('begins with the table for few runs, and with pictures for many', async () => {
  expect((await Story.open()).tabs).toEqual(['Facts', 'Curves', 'Parallel axes', 'Scatter']);
  const many = comparison(Array.from({ length: 7 }, (_, n) => run(n + 1)));
  expect((await Story.open(many)).tabs).toEqual(['Parallel axes', 'Scatter', 'Facts', 'Curves']);
});

it('opens a run from its column, and compares without one', async () => {
  const story = await Story.open();
  await story.click('button', 'run 2');
  expect(story.scene.executed).toEqual([['jupyter-mlops:open-run', { runIds: [RUNS[1]!.run_id] }]]);
  await story.click('button', 'Compare without run 2');
  expect(story.model.runIds).toEqual([RUNS[0]!.run_id, RUNS[2]!.run_id]);
});

it('offers no way to compare less than two', async () => {
  const story = await Story.open(comparison(RUNS.slice(0, 2)));
  expect(story.view.all('button', /Compare without/)).toEqual([]);
});

it('shows text as text (B24)', async () => {
  const nasty = [1, 2].map(n =>
    run(n, { name: NASTY, params: { [NASTY]: NASTY + n }, metrics: { [`${NASTY}m`]: n } })
  );
  const facts = comparison(nasty, {
    params: [{ key: NASTY, values: [NASTY, NASTY.repeat(9)], differs: true }]
  });
  const story = await Story.open(facts);
  for (const tab of story.tabs) {
    await story.click('tab', tab);
    expect(story.view.node.querySelector('img,script')).toBeNull();
  }
});

it('says why it cannot compare, and tries again', async () => {
  const story = await Story.open(new Refusal(404, { message: 'There is no such run.' }));
  expect(story.view.one('alert').textContent).toContain('There is no such run.');
  expect(story.view.all('button', 'Try again')).toHaveLength(1);
});

describe('the picture', () => {
  it('of parallel axes has a line for each run, and an axis for all that tells them apart', async () => {
    const story = await Story.open();
    await story.click('tab', 'Parallel axes');
    const picture = story.view.node.querySelector('svg[role=img]')!;
    expect(picture.getAttribute('aria-label')).toContain('Parameters and metrics of 3 runs');
    expect(
      [...picture.querySelectorAll('path')].map(path => path.querySelector('title')?.textContent)
    ).toEqual(['run 1', 'run 2', 'run 3']);
    const axes = [...picture.querySelectorAll('.mlops-mod-param, .mlops-mod-metric')].map(
      axis => axis.firstChild?.textContent
    );
    expect(axes).toEqual(['lr', 'kind', 'loss', 'acc']);
  });

  it('of parallel axes leaves out an axis that nobody wants', async () => {
    const story = await Story.open();
    await story.click('tab', 'Parallel axes');
    await happened(() =>
      story.view.node.querySelector<HTMLInputElement>('.mlops-Picture-choice input')!.click()
    );
    expect(story.view.node.querySelectorAll('.mlops-Picture-axis')).toHaveLength(3);
  });

  it('breaks a line where a run has no value', async () => {
    const runs = [
      run(1, { params: { a: '1', b: '1', c: '1' }, metrics: {} }),
      run(2, { params: { a: '2', c: '2' }, metrics: {} }),
      run(3, { params: { a: '3', b: '3', c: '3' }, metrics: {} })
    ];
    const story = await Story.open(comparison(runs));
    await story.click('tab', 'Parallel axes');
    const paths = [...story.view.node.querySelectorAll('path.mlops-Picture-line')].map(
      path => path.getAttribute('d') ?? ''
    );
    expect(paths.map(path => path.match(/M/g)?.length)).toEqual([1, 2, 1]);
  });

  it('of many runs is open to the keyboard: its key is a list of buttons', async () => {
    const story = await Story.open();
    await story.click('tab', 'Scatter');
    const button = story.view.one('button', 'run 3');
    await happened(() => button.focus());
    expect(story.view.node.querySelectorAll('.mlops-Picture-dot.mlops-mod-faint')).toHaveLength(2);
    await happened(() => button.click());
    expect(story.scene.executed).toEqual([['jupyter-mlops:open-run', { runIds: [RUNS[2]!.run_id] }]]);
  });

  it('of one against another says what each dot is', async () => {
    const story = await Story.open();
    await story.click('tab', 'Scatter');
    const dots = [...story.view.node.querySelectorAll('circle title')].map(title => title.textContent);
    expect(dots[0]).toBe('run 1\nlr 0.1\nloss 1');
    const selects = [...story.view.node.querySelectorAll<HTMLSelectElement>('select')];
    expect(selects.map(select => [select.getAttribute('aria-label'), select.value])).toEqual([
      ['Across', 'param.lr'],
      ['Up', 'metric.loss']
    ]);
  });

  it('says so when nothing tells the runs apart', async () => {
    const story = await Story.open(comparison([run(1), { ...run(2), name: 'other' }]));
    await story.click('tab', 'Parallel axes');
    expect(story.view.text).toContain('No parameter and no metric tells these runs apart.');
    await story.click('tab', 'Scatter');
    expect(story.view.text).toContain('Two parameters or metrics that tell the runs apart are needed.');
  });
});
