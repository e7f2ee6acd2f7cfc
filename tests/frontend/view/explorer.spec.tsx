import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { IRunSummary, WIRE_VERSION } from '../../../src/api/types';
import { CommandIDs } from '../../../src/commands';
import { ExplorerModel, IExplorerChoice } from '../../../src/model/explorer';
import { Explorer } from '../../../src/view/explorer';
import { Answer, FakeManager, FakeServer, Refusal, page, run, runId, settle, status } from '../fakes';
import { IDrawn, draw, happened, press, type } from '../render';

const trans = nullTranslator.load('jupyter_mlops');
const NASTY = '<img src=x onerror=alert(1)>';
const CHOICE: IExplorerChoice = {
  groupBy: '',
  sort: { key: 'submitted_at', order: 'desc' },
  columns: ['duration', 'metric', 'spark', 'user'],
  archived: false
};

class Story {
  readonly manager: FakeManager;
  readonly model: ExplorerModel;
  readonly commands = new CommandRegistry();
  readonly executed: unknown[] = [];
  readonly list: IDrawn;

  constructor(answer: Answer, choice: Partial<IExplorerChoice> = {}) {
    this.manager = new FakeManager(new FakeServer(answer));
    this.model = new ExplorerModel(this.manager, { ...CHOICE, ...choice });
    for (const id of Object.values(CommandIDs)) {
      this.commands.addCommand(id, { execute: args => this.executed.push([id, args]) });
    }
    const { model, manager, commands } = this;
    this.list = draw(
      <Explorer model={model} manager={manager} commands={commands} trans={trans} hasHeader />
    );
  }

  async shown(): Promise<this> {
    await happened(async () => {
      this.model.show();
      await settle();
    });
    await happened(settle);
    return this;
  }

  get grid(): HTMLElement {
    return this.list.one('treegrid', 'Runs');
  }

  /** The name in each line. */
  get names(): string[] {
    return this.list
      .all('row')
      .slice(1)
      .map(row => row.querySelector('bdi')?.textContent ?? '');
  }

  get search(): HTMLInputElement {
    return this.list.one('combobox', 'Search runs') as HTMLInputElement;
  }
}

/** A list that was scrolled draws what is around the lines in sight once it rests. */
async function rested(story: Story): Promise<void> {
  const deadline = Date.now() + 5000;
  while (story.names.length < 28) {
    expect(Date.now()).toBeLessThan(deadline);
    await happened(() => new Promise(resolve => setTimeout(resolve, 20)));
  }
}

function listOf(...runs: readonly IRunSummary[]): Answer {
  return ({ path, query }) => {
    if (path === 'runs/groups') {
      return {
        groups: [{ key: 'k', label: 'a.ipynb', total: runs.length, live: 1 }],
        cursor: 1,
        building: false
      };
    }
    if (path === 'runs/columns') {
      return { params: ['lr'], metrics: ['acc'], tags: [], experiments: [], notebooks: [] };
    }
    return page(runs, Number(query.get('offset')), Number(query.get('limit')));
  };
}

const three = listOf(run(1, { status: 'RUNNING' }), run(2, { status: 'FAILED' }), run(3));

beforeEach(() => {
  // jsdom lays nothing out: a screen of 20 lines.
  Object.defineProperties(HTMLElement.prototype, {
    offsetHeight: { configurable: true, value: 480 },
    offsetWidth: { configurable: true, value: 300 },
    clientHeight: { configurable: true, value: 480 },
    scrollTo: { configurable: true, value: () => undefined }
  });
});

it('says that it loads, and reserves nothing for what it does not know', () => {
  const { list } = new Story(three);
  expect(list.one('status').textContent).toBe('Loading runs…');
});

it('shows runs with their state in words, and tells a screen reader how many', async () => {
  const story = await new Story(three).shown();
  expect(story.names).toEqual(['run 1', 'run 2', 'run 3']);
  expect(story.grid.getAttribute('aria-rowcount')).toBe('3');
  const [first, second] = story.list.all('row').slice(1);
  expect(first!.textContent).toContain('Running');
  expect(second!.textContent).toContain('Failed');
});

it('draws only the lines on the screen, of 100,000', async () => {
  const runs = Array.from({ length: 100_000 }, (_, i) => run(i));
  const story = await new Story(listOf(...runs)).shown();
  expect(story.grid.getAttribute('aria-rowcount')).toBe('100000');
  expect(story.list.all('row').length).toBeLessThan(60);
});

it('asks for the lines that it is scrolled to, once, and shows them', async () => {
  const runs = Array.from({ length: 1000 }, (_, i) => run(i));
  const server = listOf(...runs);
  const asked: string[] = [];
  const story = await new Story(question => {
    asked.push(`${question.path} ${question.query.get('offset')} ${question.query.get('limit')}`);
    return server(question);
  }).shown();
  asked.length = 0;
  story.grid.scrollTop = 24 * 500;
  await happened(async () => {
    story.grid.dispatchEvent(new Event('scroll'));
    await settle();
  });
  await happened(settle);
  await rested(story);
  expect([story.names[0], story.names[story.names.length - 1]]).toEqual(['run 496', 'run 523']);
  expect(asked).toEqual(['runs 450 100']);
});

it('draws the lines of a jump when they come, and empty only where the server takes its time', async () => {
  const server = listOf(...Array.from({ length: 1000 }, (_, i) => run(i)));
  let answer = (): void => undefined;
  const wait = new Promise<void>(resolve => (answer = resolve));
  const story = await new Story(asked =>
    Number(asked.query.get('offset')) < 400 ? server(asked) : wait.then(() => server(asked))
  ).shown();
  await happened(() => {
    story.grid.scrollTop = 24 * 500;
    story.grid.dispatchEvent(new Event('scroll'));
  });
  expect(story.list.all('row', 'Loading')).toEqual([]);
  await happened(() => new Promise(resolve => setTimeout(resolve, 150)));
  expect(story.list.all('row', 'Loading').length).toBe(story.names.length);
  await happened(async () => {
    answer();
    await settle();
  });
  expect(story.list.all('row', 'Loading')).toEqual([]);
  expect(story.names).toContain('run 500');
});

it('leaves every line’s element where it is when it jumps, and moves one when it goes down by a line', async () => {
  const story = await new Story(listOf(...Array.from({ length: 1000 }, (_, i) => run(i)))).shown();
  const moved: Node[] = [];
  const observer = new MutationObserver(records => {
    const gone = new Set(records.flatMap(record => [...record.removedNodes]));
    moved.push(...records.flatMap(record => [...record.addedNodes]).filter(node => gone.has(node)));
  });
  observer.observe(story.list.one('rowgroup'), { childList: true });
  const scrolled = async (lines: number) => {
    moved.length = 0;
    await happened(async () => {
      story.grid.scrollTop = 24 * lines;
      story.grid.dispatchEvent(new Event('scroll'));
      await settle();
    });
    await happened(settle);
    await rested(story);
    return story.names[0];
  };
  await scrolled(300);
  expect(await scrolled(500)).toBe('run 496');
  expect(moved).toEqual([]);
  const [first] = story.list.all('row').slice(1);
  expect(await scrolled(501)).toBe('run 497');
  expect(moved).toEqual([first]);
  observer.disconnect();
});

it('cuts a long name in its middle: names of a sweep differ at their ends', async () => {
  const names = ['resnet50-lr0.01-bs64', 'short', `${'🎲'.repeat(13)}`];
  const story = await new Story(listOf(...names.map((name, i) => run(i + 1, { name })))).shown();
  const parts = (row: HTMLElement) => [...row.querySelectorAll('bdi > span')].map(part => part.textContent);
  expect(story.names).toEqual(names);
  expect(story.list.all('row').slice(1).map(parts)).toEqual([
    ['resnet50-lr0.01', '-bs64'],
    [],
    ['🎲'.repeat(8), '🎲'.repeat(5)]
  ]);
});

it('keeps the space of a run that is on its way, and fills the same element when it comes', async () => {
  let come = (_runs: unknown): void => undefined;
  const runs = new Promise(resolve => (come = resolve));
  const rest = three;
  const story = await new Story(asked => (asked.path === 'runs' ? runs : rest(asked)), {
    groupBy: 'notebook'
  }).shown();
  const waiting = story.list.all('row').slice(2);
  expect(waiting.map(row => [row.getAttribute('aria-busy'), row.getAttribute('aria-label')])).toEqual(
    Array(3).fill(['true', 'Loading'])
  );
  await press(story.grid, 'ArrowDown');
  await press(story.grid, 'Enter');
  expect(story.executed).toEqual([]);

  await happened(async () => {
    come(page([run(1), run(2), run(3)], 0, 50));
    await settle();
  });

  const filled = story.list.all('row').slice(2);
  const said = (row: HTMLElement) => ['aria-busy', 'aria-label'].map(name => row.getAttribute(name));
  expect(filled.map(row => [...said(row), row.querySelector('bdi')?.textContent])).toEqual(
    ['run 1', 'run 2', 'run 3'].map(name => [null, null, name])
  );
  expect(filled.every((row, at) => row === waiting[at])).toBe(true);
});

it('draws a line again when its run, its selection or its age is another', async () => {
  const story = await new Story(three).shown();
  const time = () => story.list.all('row')[1]!.querySelectorAll('[role="gridcell"]')[1]!.textContent;
  expect(time()).not.toBe('02:00');
  const started_at = new Date(Date.now() - 120_500).toISOString();
  await happened(() =>
    story.manager.feeds[0]!.tell(run(1, { status: 'RUNNING', name: 'renamed', started_at }))
  );
  expect(story.names).toEqual(['renamed', 'run 2', 'run 3']);
  expect(time()).toBe('02:00');
  await happened(() => new Promise(resolve => setTimeout(resolve, 1600)));
  expect(time()).toMatch(/02:0[12]/);
  await happened(() => story.model.select(2, 'only'));
  expect(story.list.all('row').map(row => row.getAttribute('aria-selected'))).toEqual([
    null,
    'false',
    'false',
    'true'
  ]);
});

describe('the keyboard', () => {
  it('moves, selects and opens', async () => {
    const story = await new Story(three).shown();
    await press(story.grid, 'ArrowDown');
    await press(story.grid, ' ');
    await press(story.grid, 'ArrowDown', { shiftKey: true });
    expect(story.model.selection.runs.map(each => each.name)).toEqual(['run 2', 'run 3']);
    expect(story.list.all('row').map(row => row.getAttribute('aria-selected'))).toEqual([
      null,
      'false',
      'true',
      'true'
    ]);
    await press(story.grid, 'Home');
    await press(story.grid, 'Enter');
    expect(story.executed).toEqual([[CommandIDs.openRun, { runIds: [runId(1)] }]]);
    const active = story.grid.getAttribute('aria-activedescendant');
    expect(document.getElementById(active!)?.textContent).toContain('run 1');
    await press(story.grid, 'End');
    expect(story.model.active).toBe(2);
    await press(story.grid, 'PageUp');
    expect(story.model.active).toBe(0);
    await press(story.grid, 'Escape');
    expect(story.model.selection.size).toBe(0);
  });

  it('selects all, asks for deletion, and goes to the search', async () => {
    const story = await new Story(three).shown();
    await press(story.grid, 'a', { ctrlKey: true });
    expect(story.model.selection.size).toBe(3);
    await press(story.grid, 'Delete');
    expect(story.executed).toEqual([[CommandIDs.deleteRun, {}]]);
    await press(story.grid, '/');
    expect(document.activeElement).toBe(story.search);
    await press(story.search, 'ArrowDown');
    expect(document.activeElement).toBe(story.grid);
  });

  it('leaves keys alone that are not the list’s', async () => {
    const story = await new Story(three).shown();
    await press(story.grid, 'ArrowDown', { altKey: true });
    await press(story.grid, 'a');
    await press(story.grid, 'F5');
    expect([story.model.active, story.model.selection.size]).toEqual([0, 0]);
  });

  it('folds groups', async () => {
    const story = await new Story(three, { groupBy: 'notebook' }).shown();
    const group = () => story.list.all('row').find(row => row.hasAttribute('aria-expanded'))!;
    expect(group().textContent).toContain('1 live');
    expect(group().getAttribute('aria-expanded')).toBe('true');
    await press(story.grid, 'ArrowDown');
    await press(story.grid, 'ArrowLeft');
    expect(story.model.active).toBe(0);
    await press(story.grid, 'ArrowLeft');
    expect(group().getAttribute('aria-expanded')).toBe('false');
    await press(story.grid, 'ArrowRight');
    await press(story.grid, 'Enter');
    await press(story.grid, ' ');
    expect(group().getAttribute('aria-expanded')).toBe('true');
  });
});

describe('the menu key', () => {
  /** Where a menu was asked for. */
  function asked(): string[] {
    const lines: string[] = [];
    const listen = (event: Event) =>
      lines.push((event.target as HTMLElement).getAttribute('data-run-id') ?? '');
    document.addEventListener('contextmenu', listen, { once: true });
    return lines;
  }

  it.each([
    ['ContextMenu', {}],
    ['F10', { shiftKey: true }]
  ])('asks for the menu of the line that the keyboard is on, and selects it: %s', async (key, more) => {
    const story = await new Story(three).shown();
    const lines = asked();
    await press(story.grid, 'ArrowDown');
    await press(story.grid, key, more);
    expect(lines).toEqual([runId(2)]);
    expect(story.model.selection.runs.map(each => each.name)).toEqual(['run 2']);
  });

  it('gives the keyboard back to the list when the menu closes', async () => {
    const story = await new Story(three).shown();
    const menu = document.createElement('div');
    menu.className = 'lm-Menu';
    menu.tabIndex = -1;
    document.addEventListener('contextmenu', () => document.body.append(menu), { once: true });
    story.grid.focus();
    await press(story.grid, 'ContextMenu');
    menu.focus();
    await happened(() => menu.remove());
    expect(document.activeElement).toBe(story.grid);
  });

  it('asks for it too where the browser tells only the list', async () => {
    const story = await new Story(three).shown();
    const lines = asked();
    await happened(() =>
      story.grid.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: 0 }))
    );
    expect(lines).toEqual([runId(1)]);
  });
});

it.each([
  ['notebook', 'Without a notebook'],
  ['experiment', 'Without a name']
] as const)('says what the runs of a script lack, grouped by %s: %s', async (groupBy, said) => {
  const groups = [{ key: '', label: '', total: 3, live: 1 }];
  const ofScripts: Answer = request =>
    request.path === 'runs/groups' ? { groups, cursor: 1, building: false } : three(request);
  expect((await new Story(ofScripts, { groupBy }).shown()).names[0]).toBe(said);
});

it('puts the keyboard on the group that a menu is asked for, and leaves it as it is', async () => {
  const story = await new Story(three, { groupBy: 'notebook' }).shown();
  await happened(() => story.model.activate(2));
  const group = story.list.all('row').find(row => row.hasAttribute('aria-expanded'))!;
  await happened(() => void group.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true })));
  expect([story.model.active, group.getAttribute('aria-expanded')]).toEqual([0, 'true']);
});

describe('the pointer', () => {
  const click = (row: HTMLElement, init: MouseEventInit = {}) =>
    happened(() => row.dispatchEvent(new MouseEvent('click', { bubbles: true, ...init })));

  it('selects one, more, and all between; a double click opens', async () => {
    const story = await new Story(three).shown();
    const rows = story.list.all('row').slice(1);
    await click(rows[0]!);
    await click(rows[2]!, { shiftKey: true });
    expect(story.model.selection.size).toBe(3);
    await click(rows[1]!, { ctrlKey: true });
    expect(story.model.selection.runs.map(each => each.name)).toEqual(['run 1', 'run 3']);
    await happened(() => rows[1]!.dispatchEvent(new MouseEvent('dblclick', { bubbles: true })));
    expect(story.executed).toEqual([[CommandIDs.openRun, { runIds: [runId(2)] }]]);
  });

  it('selects what it asks a menu for, unless that is selected with others', async () => {
    const story = await new Story(three).shown();
    const rows = story.list.all('row').slice(1);
    const menu = (row: HTMLElement) =>
      happened(() => row.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true })));
    await click(rows[0]!);
    await click(rows[1]!, { ctrlKey: true });
    await menu(rows[1]!);
    expect(story.model.selection.size).toBe(2);
    await menu(rows[2]!);
    expect(story.model.selection.runs.map(each => each.name)).toEqual(['run 3']);
  });
});

it('sorts by a column’s head, and says so', async () => {
  const story = await new Story(three).shown();
  const head = () => story.list.all('columnheader').find(each => each.textContent === 'Time')!;
  expect(head().getAttribute('aria-sort')).toBeNull();
  await happened(() => head().querySelector('button')!.click());
  expect(head().getAttribute('aria-sort')).toBe('descending');
  await happened(() => head().querySelector('button')!.click());
  expect(head().getAttribute('aria-sort')).toBe('ascending');
});

it('offers for runs of other tools what it offers for ours', async () => {
  const theirs = listOf(run(1, { source: 'mlflow' }), run(2, { source: 'mlflow' }));
  const story = await new Story(theirs).shown();
  await press(story.grid, 'a', { ctrlKey: true });
  const buttons = ['Compare', 'TensorBoard', 'Tag', 'Archive'].map(
    name => story.list.one('button', name) as HTMLButtonElement
  );
  expect(buttons.map(each => each.disabled)).toEqual([false, false, false, false]);
});

it('offers what can be done with several runs', async () => {
  const story = await new Story(three).shown();
  expect(story.list.all('toolbar')).toHaveLength(0);
  await press(story.grid, 'a', { ctrlKey: true });
  expect(story.list.one('toolbar', 'Selected runs').textContent).toContain('3 runs selected');
  const runIds = [runId(1), runId(2), runId(3)];
  for (const [name, id] of [
    ['Compare', CommandIDs.compareRuns],
    ['TensorBoard', CommandIDs.openTensorBoard],
    ['Tag', CommandIDs.tagRun],
    ['Archive', CommandIDs.archiveRun]
  ] as const) {
    story.executed.length = 0;
    await happened(() => story.list.one('button', name).click());
    expect(story.executed).toEqual([[id, { runIds }]]);
  }
  await happened(() => story.list.one('button', 'Select nothing').click());
  expect(story.list.all('toolbar')).toHaveLength(0);
});

describe('the search', () => {
  it('completes with the keyboard', async () => {
    const story = await new Story(three).shown();
    await happened(async () => {
      story.search.focus();
      await settle();
    });
    await type(story.search, 'a');
    expect(story.list.all('option').map(option => option.textContent)).toContain('accmetric');
    await press(story.search, 'ArrowDown');
    expect(story.list.one('option', 'accmetric').getAttribute('aria-selected')).toBe('true');
    await press(story.search, 'Enter');
    expect(story.model.query).toBe('acc ');
    expect(story.search.value).toBe('acc ');
  });

  it('leads from the field up to the last completion, and round', async () => {
    const story = await new Story(three).shown();
    await happened(async () => {
      story.search.focus();
      await settle();
    });
    await type(story.search, 'a');
    const labels = story.list.all('option').map(option => option.textContent);
    const chosen = () =>
      story.list.all('option').findIndex(option => option.getAttribute('aria-selected') === 'true');
    expect(labels.length).toBeGreaterThan(2);
    await press(story.search, 'ArrowUp');
    expect(chosen()).toBe(labels.length - 1);
    await press(story.search, 'ArrowDown');
    expect(chosen()).toBe(0);
    await press(story.search, 'ArrowUp');
    expect(chosen()).toBe(labels.length - 1);
  });

  it('closes its completions with Escape, then clears itself', async () => {
    const story = await new Story(three).shown();
    await type(story.search, 's');
    expect(story.list.all('option').length).toBeGreaterThan(0);
    await press(story.search, 'Escape');
    expect([story.list.all('option').length, story.model.query]).toEqual([0, 's']);
    await press(story.search, 'Escape');
    expect(story.model.query).toBe('');
  });

  it('takes the key that leads to it for no text, where it is there already', async () => {
    const story = await new Story(three).shown();
    expect(await press(story.search, '/')).toBe(false);
    await type(story.search, 'a');
    expect(await press(story.search, '/')).toBe(true);
  });

  it('says what is wrong, and keeps the list', async () => {
    const refuse: Answer = asked =>
      asked.query.get('query') === '('
        ? new Refusal(400, { message: 'A bracket is open.', field: 'query' })
        : three(asked);
    const story = await new Story(refuse).shown();
    await happened(async () => {
      story.model.setQuery('(');
      await new Promise(resolve => setTimeout(resolve, 80));
      await settle();
    });
    expect(story.search.getAttribute('aria-invalid')).toBe('true');
    expect(story.list.one('status').textContent).toBe('A bracket is open.');
    expect(story.list.all('button', 'Try again')).toEqual([]);
    expect(story.names).toEqual(['run 1', 'run 2', 'run 3']);
  });
});

describe('an empty list', () => {
  it('says how a run is made', async () => {
    const story = await new Story(listOf()).shown();
    expect(story.list.one('status').textContent).toContain('%%train');
    await happened(() => story.list.one('button', 'Look again').click());
    expect(story.executed).toEqual([[CommandIDs.refreshRuns, {}]]);
  });

  it('names what no run has', async () => {
    const story = await new Story(listOf()).shown();
    await happened(async () => {
      await story.model.loadColumns();
      story.model.setQuery('rate > 1');
    });
    expect(story.list.one('status').textContent).toContain(
      'No run has a metric, a parameter or a tag “rate”.'
    );
  });

  it('offers to drop a search that finds nothing', async () => {
    const story = await new Story(listOf()).shown();
    await happened(() => story.model.setQuery('x'));
    expect(story.list.one('status').textContent).toContain('No run fits this search.');
    await happened(() => story.list.all('button', 'Clear the search').pop()!.click());
    expect(story.model.query).toBe('');
  });

  it('says that the server does not answer, and tries again', async () => {
    const story = await new Story(() => {
      throw new TypeError('refused');
    }).shown();
    expect(story.list.one('status').textContent).toContain('does not answer');
    await happened(() => story.list.one('button', 'Try again').click());
    expect(story.manager.refreshed).toBe(1);
  });
});

it('says which store is in trouble, and that more will come', async () => {
  const story = await new Story(() => ({ ...page([]), building: true })).shown();
  await happened(() => {
    story.manager.status = status({
      homes: [{ home_id: 'h', label: 'work', problem: 'The disk is full.' }]
    });
    story.manager.statusChanged.emit(story.manager.status);
  });
  const said = story.list.all('status')[0]!.textContent;
  expect(said).toContain('work: The disk is full.');
  expect(said).toContain('more runs will come');
});

it('asks to reload a page that is older than its server, and no other', async () => {
  const story = await new Story(listOf(run(1))).shown();
  const serverSpeaks = (wire_version: number) =>
    happened(() => {
      story.manager.status = status({ wire_version });
      story.manager.statusChanged.emit(story.manager.status);
    });

  await serverSpeaks(WIRE_VERSION);
  expect(story.list.text).not.toContain('Reload the page');
  await serverSpeaks(WIRE_VERSION + 1);
  expect(story.list.one('status').textContent).toBe('jupyter-mlops was upgraded. Reload the page.');
});

it('shows text as text, whatever is in it', async () => {
  const nasty = run(1, {
    name: NASTY,
    detail: NASTY,
    user: NASTY,
    metrics: { [NASTY]: 1 },
    status: 'SCHEDULED'
  });
  const story = await new Story(listOf(nasty)).shown();
  expect(story.list.text).toContain(NASTY);
  expect(story.list.node.querySelector('img')).toBeNull();
});
