import { IRunGroup, IRunSummary } from '../../../src/api/types';
import { ExplorerModel, IExplorerChoice } from '../../../src/model/explorer';
import { FakeManager, FakeServer, IAsked, Refusal, page, run, runId, settle } from '../fakes';

const CHOICE: IExplorerChoice = {
  groupBy: '',
  sort: { key: 'submitted_at', order: 'desc' },
  columns: ['age'],
  archived: false
};

/** Two notebooks: one of three runs, one of which goes on, and one of 120. */
class Story {
  runs: readonly IRunSummary[] = [
    run(1, { notebook: 'a.ipynb', status: 'RUNNING' }),
    run(2, { notebook: 'a.ipynb' }),
    run(3, { notebook: 'a.ipynb' }),
    ...Array.from({ length: 120 }, (_, i) => run(10 + i, { notebook: 'b.ipynb' }))
  ];
  readonly server = new FakeServer(asked => this.answer(asked));
  readonly manager = new FakeManager(this.server);
  readonly model: ExplorerModel;

  constructor(choice: Partial<IExplorerChoice> = {}) {
    this.model = new ExplorerModel(this.manager, { ...CHOICE, ...choice });
  }

  answer({ path, query }: IAsked): unknown {
    const text = query.get('query') ?? '';
    if (text === '(') {
      return new Refusal(400, { message: 'A bracket is open.', field: 'query' });
    }
    const fit = this.runs.filter(each => each.name.includes(text));
    if (path === 'runs/groups') {
      return { groups: groups(fit), cursor: 1, building: false };
    }
    const group = query.get('group');
    const wanted = fit.filter(each => group === null || each.notebook === group);
    return page(wanted, Number(query.get('offset')), Number(query.get('limit')));
  }

  async shown(): Promise<this> {
    this.model.show();
    await settle();
    this.model.look(0, 20);
    await settle();
    return this;
  }

  get rows(): string[] {
    return Array.from({ length: Math.min(this.model.rowCount, 10) }, (_, index) => {
      const row = this.model.rowAt(index);
      return row.kind === 'group'
        ? `${row.isOpen ? 'v' : '>'} ${row.group.label} ${row.group.total}`
        : row.kind === 'run'
          ? row.run.name
          : '…';
    });
  }
}

function groups(runs: readonly IRunSummary[]): readonly IRunGroup[] {
  return [...new Set(runs.map(each => each.notebook))].map(key => ({
    key,
    label: key,
    total: runs.filter(each => each.notebook === key).length,
    live: 0
  }));
}

describe('a list without groups', () => {
  it('asks nothing before it is shown', async () => {
    const { server, model } = new Story();
    await settle();
    expect(server.asked).toEqual([]);
    expect([model.isReady, model.rowCount]).toEqual([false, 0]);
  });

  it('shows the runs in the order of the server', async () => {
    const story = await new Story().shown();
    expect([story.model.isReady, story.model.total, story.model.rowCount]).toEqual([true, 123, 123]);
    expect(story.rows.slice(0, 4)).toEqual(['run 1', 'run 2', 'run 3', 'run 10']);
  });

  it('asks for the rows that are looked at', async () => {
    const story = await new Story().shown();
    expect(story.model.rowAt(110).kind).toBe('waiting');
    story.model.look(105, 123);
    await settle();
    expect(story.model.rowAt(110).kind).toBe('run');
  });
});

describe('a list in groups', () => {
  it('opens the group of the newest run', async () => {
    const story = await new Story({ groupBy: 'notebook' }).shown();
    expect(story.rows).toEqual(['v a.ipynb 3', 'run 1', 'run 2', 'run 3', '> b.ipynb 120']);
  });

  it('keeps the space of runs that are on their way', async () => {
    const story = await new Story({ groupBy: 'notebook' }).shown();
    story.model.toggle('b.ipynb');
    expect(story.model.rowCount).toBe(125);
    expect(story.rows[5]).toBe('…');
    story.model.look(0, 20);
    await settle();
    expect(story.rows[5]).toBe('run 10');
  });

  it('leaves open and closed what the user has left so', async () => {
    const story = await new Story({ groupBy: 'notebook' }).shown();
    story.model.toggle('a.ipynb');
    story.runs = [run(500, { notebook: 'c.ipynb' }), ...story.runs];
    await story.manager.refresh();
    await settle();
    expect(story.rows).toEqual(['> c.ipynb 1', '> a.ipynb 3', '> b.ipynb 120']);
  });

  it('goes over to no groups', async () => {
    const story = await new Story({ groupBy: 'notebook' }).shown();
    story.model.choose({ groupBy: '' });
    await settle();
    expect(story.rows[0]).toBe('run 1');
  });
});

describe('a search', () => {
  it('is asked once the user pauses, and shows what fits', async () => {
    const story = await new Story().shown();
    story.model.setQuery('run 1');
    story.model.setQuery('run 12');
    expect(story.model.query).toBe('run 12');
    await new Promise(resolve => setTimeout(resolve, 80));
    await settle();
    expect(story.rows[0]).toBe('run 12');
    const queries = story.server.asked.map(asked => asked.query.get('query'));
    expect(queries).toContain('run 12');
    expect(queries).not.toContain('run 1');
  });

  it('that is wrong keeps the list and says why', async () => {
    const story = await new Story().shown();
    story.model.setQuery('(');
    await new Promise(resolve => setTimeout(resolve, 80));
    await settle();
    expect(story.model.problem).toMatchObject({ message: 'A bracket is open.', field: 'query' });
    expect(story.rows[0]).toBe('run 1');
    story.model.setQuery('run 3');
    await new Promise(resolve => setTimeout(resolve, 80));
    await settle();
    expect(story.model.problem).toBeNull();
    expect(story.rows[0]).toBe('run 3');
  });
});

it('asks for the rows of the search that its groups belong to, though the user types on', async () => {
  const story = await new Story({ groupBy: 'notebook' }).shown();
  story.model.setQuery('run 1');
  story.server.answers(async asked => {
    if (asked.path === 'runs/groups') {
      story.model.setQuery('(');
      await settle();
    }
    return story.answer(asked);
  });
  const before = story.server.asked.length;
  await new Promise(resolve => setTimeout(resolve, 60));
  await settle();
  story.model.look(0, 20);
  await settle();
  const asked = story.server.asked.slice(before).filter(each => each.path === 'runs');
  expect(asked.map(each => each.query.get('query'))).not.toContain('(');
  story.model.dispose();
});

it('sorts by a key, and by the same key the other way round', async () => {
  const story = await new Story().shown();
  story.model.sortBy('metric.acc');
  expect(story.model.choice.sort).toEqual({ key: 'metric.acc', order: 'desc' });
  story.model.sortBy('metric.acc');
  expect(story.model.choice.sort).toEqual({ key: 'metric.acc', order: 'asc' });
  story.model.sortBy('metric.val_loss'); // The best is first.
  expect(story.model.choice.sort).toEqual({ key: 'metric.val_loss', order: 'asc' });
  story.model.sortBy('name');
  expect(story.model.choice.sort).toEqual({ key: 'name', order: 'asc' });
  await settle();
  const last = story.server.asked[story.server.asked.length - 1]!;
  expect([last.query.get('sort'), last.query.get('order')]).toEqual(['name', 'asc']);
});

it('tells of choices, so that they can be kept', async () => {
  const { model } = await new Story().shown();
  const told: IExplorerChoice[] = [];
  model.choiceChanged.connect((_, choice) => told.push(choice));
  model.choose({ columns: ['age', 'metric.acc'] });
  expect(told).toEqual([{ ...CHOICE, columns: ['age', 'metric.acc'] }]);
});

describe('the selection', () => {
  const names = (model: ExplorerModel) => model.selection.runs.map(each => each.name);

  it('is one run, one more, all between', async () => {
    const { model } = await new Story().shown();
    model.select(1, 'only');
    model.select(3, 'toggle');
    expect(names(model)).toEqual(['run 2', 'run 10']);
    model.select(3, 'toggle');
    expect(names(model)).toEqual(['run 2']);
    model.select(1, 'only');
    model.select(3, 'range');
    expect(names(model)).toEqual(['run 2', 'run 3', 'run 10']);
    model.clearSelection();
    expect(names(model)).toEqual([]);
  });

  it('is all that is listed, also what was never looked at', async () => {
    const { model } = await new Story().shown();
    model.selectAll();
    expect(model.selection.size).toBe(50);
    await settle();
    expect(model.selection.size).toBe(123);
    model.select(0, 'only');
    model.select(122, 'range');
    expect(model.selection.size).toBe(123);
  });

  it('is what was chosen last: runs that come later do not join it', async () => {
    const { model } = await new Story().shown();
    model.selectAll();
    model.select(1, 'only');
    await settle();
    expect(names(model)).toEqual(['run 2']);
    model.selectAll();
    model.clearSelection();
    await settle();
    expect(names(model)).toEqual([]);
  });

  it('leaves groups out', async () => {
    const { model } = await new Story({ groupBy: 'notebook' }).shown();
    model.selectAll();
    expect(names(model)).toEqual(['run 1', 'run 2', 'run 3']);
    model.select(0, 'only');
    expect(names(model)).toEqual(['run 1', 'run 2', 'run 3']);
  });

  it('knows the newest summary of a run that goes on', async () => {
    const { model, manager } = await new Story().shown();
    model.select(0, 'only');
    manager.feeds[0]!.tell(run(1, { status: 'FAILED' }));
    expect(model.selection.runs[0]?.status).toBe('FAILED');
  });
});

it('keeps the keyboard inside the list', async () => {
  const { model } = await new Story().shown();
  model.activate(1_000_000);
  expect(model.active).toBe(122);
  model.activate(-3);
  expect(model.active).toBe(0);
});

describe('runs that go on', () => {
  it('are watched while they are on the screen', async () => {
    const { model, manager } = await new Story().shown();
    expect(manager.watched).toEqual([runId(1)]);
    model.look(50, 70);
    expect(manager.watched).toEqual([]);
    model.look(0, 20);
    model.hide();
    expect(manager.watched).toEqual([]);
    // A tab that is moved is hidden and shown within a moment: its lines are the same.
    model.show();
    expect(manager.watched).toEqual([runId(1)]);
  });

  it('change in their row', async () => {
    const story = await new Story().shown();
    story.manager.feeds[0]!.tell(run(1, { name: 'renamed', status: 'RUNNING' }));
    expect(story.rows[0]).toBe('renamed');
  });
});

it('looks again when runs change, and only while it is shown', async () => {
  const story = await new Story().shown();
  story.runs = [run(700), ...story.runs];
  await story.manager.refresh();
  await settle();
  expect(story.rows[0]).toBe('run 700');
  story.model.hide();
  const before = story.server.asked.length;
  await story.manager.refresh();
  await settle();
  expect(story.server.asked.length).toBe(before);
  story.model.show();
  await settle();
  expect(story.server.asked.length).toBeGreaterThan(before);
});

it('says that the server does not answer, and shows the runs once it does', async () => {
  const story = new Story();
  const { server } = story;
  server.answers(() => {
    throw new TypeError('refused');
  });
  await story.shown();
  expect(story.model.problem?.status).toBe(0);
  server.answers(asked => story.answer(asked));
  await story.manager.refresh();
  await settle();
  expect([story.model.problem, story.rows[0]]).toEqual([null, 'run 1']);
});

it('knows the keys that there are, and does without them', async () => {
  const story = await new Story().shown();
  story.server.answers(() => new Refusal(503, { message: 'later' }));
  await story.model.loadColumns();
  expect(story.model.columns.metrics).toEqual([]);
  story.server.answers(() => ({ params: [], metrics: ['acc'], tags: [], experiments: [], notebooks: [] }));
  await story.model.loadColumns();
  expect(story.model.columns.metrics).toEqual(['acc']);
});

it('ends with its looks', async () => {
  const story = await new Story().shown();
  story.model.dispose();
  const before = story.server.asked.length;
  await story.manager.refresh();
  await settle();
  expect([story.model.isDisposed, story.manager.watched, story.server.asked.length]).toEqual([
    true,
    [],
    before
  ]);
});

describe('courses of other tools’ runs', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  /** A list of theirs, whose courses the server knows. */
  async function shown(): Promise<Story> {
    const story = new Story({ columns: ['spark'] });
    story.runs = [run(1), run(2, { source: 'mlflow' })];
    story.server.answers(asked =>
      asked.path === 'runs/trends'
        ? { trends: [{ run_id: runId(2), key: 'acc', values: [0.5, 0.9] }], waiting: 0 }
        : story.answer(asked)
    );
    return story.shown();
  }

  const courses = (story: Story) =>
    [0, 1].map(index => story.model.rowAt(index)).map(row => row.kind === 'run' && row.run.spark);
  const isAsked = (story: Story) => story.server.asked.some(({ path }) => path === 'runs/trends');

  it('are drawn when the list rests', async () => {
    const story = await shown();
    let changes = 0;
    story.model.changed.connect(() => changes++);
    story.model.drawTrends(true);
    await jest.advanceTimersByTimeAsync(250);
    await settle();
    expect([courses(story), changes]).toEqual([[[], [0.5, 0.9]], 1]);
  });

  it('are not asked for where there is no room for them, or nobody looks', async () => {
    const narrow = await shown();
    const hidden = await shown();
    hidden.model.drawTrends(true);
    hidden.model.hide();
    await jest.advanceTimersByTimeAsync(1000);
    await settle();
    expect([isAsked(narrow), isAsked(hidden)]).toEqual([false, false]);

    hidden.model.show();
    await jest.advanceTimersByTimeAsync(250);
    await settle();
    expect(courses(hidden)).toEqual([[], [0.5, 0.9]]);
  });
});
