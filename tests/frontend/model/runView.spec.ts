import { IArtifactEntry, IRunDetail } from '../../../src/api/types';
import { RUN_TABS, RunViewModel, readTab } from '../../../src/model/runView';
import { FakeFeed, FakeManager, FakeServer, IAsked, Refusal, run, runId, settle, until } from '../fakes';
import { detail, entry, logAnswer, lines } from '../runStories';

class Story {
  readonly manager: FakeManager;
  readonly model: RunViewModel;
  detail: IRunDetail | Refusal;
  artifacts: readonly IArtifactEntry[] | Refusal = [];
  changes = 0;

  constructor(known: IRunDetail | Refusal = detail(), tab?: Parameters<typeof readTab>[0]) {
    this.detail = known;
    this.manager = new FakeManager(new FakeServer(asked => this._answer(asked)));
    this.model = new RunViewModel(runId(), this.manager, readTab(tab));
    this.model.changed.connect(() => this.changes++);
  }

  get feed(): FakeFeed {
    return this.manager.feeds[0]!;
  }

  get asked(): readonly string[] {
    return this.manager.server.asked.map(({ method, path }) => `${method} ${path.replace(runId(), 'ID')}`);
  }

  private _answer(asked: IAsked): unknown {
    if (asked.method === 'PATCH') {
      const { note } = asked.body as { note?: string };
      this.detail = detail(run(1, { name: 'changed' }), { note });
      return run(1, { name: 'changed' });
    }
    if (asked.path.endsWith('/artifacts')) {
      return this.artifacts instanceof Refusal ? this.artifacts : { path: '', entries: this.artifacts };
    }
    return asked.path.endsWith('/log') ? logAnswer(lines(3))(asked) : this.detail;
  }
}

it('shows what was asked last, whichever answer comes last', async () => {
  const story = new Story();
  await settle();
  const details: ((answer: unknown) => void)[] = [];
  const folders: ((answer: unknown) => void)[] = [];
  story.manager.server.answers(
    ({ path }) => new Promise(resolve => (path.endsWith('/artifacts') ? folders : details).push(resolve))
  );
  const asked = [1, 2, 3].map(() => story.model.refresh());
  await until(() => details.length === 3);

  details[1]!(detail(run(1, { name: 'second' })));
  await until(() => folders.length === 1);
  details[2]!(detail(run(1, { name: 'third' })));
  await until(() => folders.length === 2);
  details[0]!(new Refusal(503, { message: 'The store is still being read.' }));
  folders[1]!({ path: '', entries: [entry('model')] });
  await asked[2];
  folders[0]!({ path: '', entries: [] });
  await settle();

  const { summary, problem, artifacts } = story.model;
  expect([summary?.name, problem, artifacts.map(({ path }) => path)]).toEqual(['third', '', ['model']]);
});

it('looks again for a run that the server has not read yet, and for no other', async () => {
  const story = new Story(new Refusal(503, { message: 'The store is still being read.' }));
  await settle();
  expect([story.model.problem, story.model.isGone]).toEqual(['The store is still being read.', false]);
  story.detail = detail();
  story.manager.runsChanged.emit();
  await settle();
  expect([story.model.problem, story.model.summary?.name]).toEqual(['', 'run 1']);

  const asked = story.asked.length;
  story.manager.runsChanged.emit();
  await settle();
  expect(story.asked).toHaveLength(asked);
  story.model.dispose();
});

it('knows nothing until the server has answered', async () => {
  const { model } = new Story();
  expect([model.summary, model.detail, model.problem, model.isGone, model.tabs]).toEqual([
    null,
    null,
    '',
    false,
    ['overview']
  ]);
  await settle();
  expect(model.summary).toEqual(run());
});

it.each([
  [undefined, 'overview'],
  ['log', 'log'],
  ['nonsense', 'overview'],
  ['__proto__', 'overview']
])('reads the tab %s as %s', (name, tab) => {
  expect(readTab(name)).toBe(tab);
});

it('has a tab for what there is to show, and for nothing else', async () => {
  const bare = new Story(detail(run(1, { metrics: {} })));
  const tags = { 'mlops.fairness': 'sex 1', 'mlops.explanation': 'ebm 1' };
  const full = new Story(
    detail(run(1, { metrics: { loss: 1, 'system/cpu': 2 }, tags, log_bytes: 5 }), {
      cell: 'fit()',
      inputs: [{ name: 'X', type: 'DataFrame', size: 1, fingerprint: '', shape: '' }],
      packages: { numpy: '2' }
    })
  );
  full.artifacts = [entry('models'), entry('a.png', 5, 'image')];
  await settle();
  expect(bare.model.tabs).toEqual(['overview']);
  expect(full.model.tabs).toEqual([...RUN_TABS]);
});

it.each([
  ['log', detail(run(1, { status: 'RUNNING', metrics: {} }))],
  ['code', detail(run(1, { metrics: {} }), { git: { commit: 'abc', patch: '--- a' } })],
  ['data', detail(run(1, { metrics: {} }), { upstream_runs: { model: runId(2) } })],
  ['data', detail(run(1, { metrics: {} }), { untransferable: { db: 'a connection' } })],
  ['environment', detail(run(1, { metrics: {} }), { seeds: { numpy: 'abc' } })],
  ['system', detail(run(1, { metrics: { 'system/cpu': 1 } }))]
] as const)('has a tab %s also when only this is known', async (tab, known) => {
  const { model } = new Story(known);
  await settle();
  expect(model.tabs).toEqual(['overview', tab]);
});

it('has no log of a run that another tool has made', async () => {
  const { model } = new Story(detail(run(1, { source: 'mlflow', log_bytes: 9 })));
  await settle();
  expect(model.tabs).toEqual(['overview', 'metrics']);
});

it('shows a tab that was asked for as soon as there is something in it', async () => {
  const story = new Story(detail(run(1, { status: 'RUNNING', metrics: {} })), 'metrics');
  await settle();
  expect(story.model.tab).toBe('overview');
  story.feed.tell(run(1, { status: 'RUNNING', metrics: { loss: 1 } }));
  expect(story.model.tab).toBe('metrics');
});

it('tells which tab is shown, once', async () => {
  const { model } = new Story();
  const told: string[] = [];
  model.tabChanged.connect((_, tab) => told.push(tab));
  model.setTab('metrics');
  model.setTab('metrics');
  expect(told).toEqual(['metrics']);
});

it('follows the live summary, and asks for the rest only when the state changes', async () => {
  const story = new Story(detail(run(1, { status: 'RUNNING' })));
  await settle();
  story.feed.tell(run(1, { status: 'RUNNING', metrics: { loss: 1 } }));
  await settle();
  const asked = story.asked.length;
  story.feed.tell(run(1, { status: 'RUNNING', metrics: { loss: 0.5 } }));
  await settle();
  expect(story.asked).toHaveLength(asked);
  expect(story.model.summary?.metrics).toEqual({ loss: 0.5 });
  story.feed.tell(run(1, { status: 'FINISHED' }));
  await settle();
  expect(story.asked.length).toBeGreaterThan(asked);
});

it('changes what is the user’s, and shows it at once', async () => {
  const { model, manager } = new Story();
  await settle();
  await model.change({ note: 'why' });
  expect([model.summary?.name, model.detail?.note]).toEqual(['changed', 'why']);
  expect(manager.server.asked.find(({ method }) => method === 'PATCH')?.body).toEqual({ note: 'why' });
});

it('passes on what the server refuses to change', async () => {
  const story = new Story();
  await settle();
  story.manager.server.answers(() => new Refusal(413, { message: 'A note has at most 64 kB.' }));
  await expect(story.model.change({ note: 'x' })).rejects.toThrow('A note has at most 64 kB.');
});

it('says that the run is gone, and comes back when it does', async () => {
  const story = new Story(new Refusal(404, { message: 'There is no such run.' }));
  await settle();
  expect([story.model.isGone, story.model.problem]).toEqual([true, 'There is no such run.']);
  story.detail = detail();
  await story.model.refresh();
  expect([story.model.isGone, story.model.problem, story.model.summary?.name]).toEqual([false, '', 'run 1']);
  story.detail = new Refusal(404, { message: 'There is no such run.' });
  story.feed.gone.emit();
  await settle();
  expect(story.model.isGone).toBe(true);
  story.feed.tell(run());
  expect(story.model.isGone).toBe(false);
});

it('is not gone for having no stream, as runs of other tools have none', async () => {
  const story = new Story(detail(run(1, { source: 'mlflow' })));
  await settle();
  story.feed.gone.emit();
  expect(story.model.isGone).toBe(false);
  await settle();
  expect([story.model.isGone, story.model.problem]).toEqual([false, '']);
});

it('tells trouble from absence', async () => {
  const { model } = new Story(new Refusal(503, { message: 'The store does not answer.' }));
  await settle();
  expect([model.isGone, model.problem]).toEqual([false, 'The store does not answer.']);
});

it('says when the server is lost (F13)', async () => {
  const story = new Story();
  await settle();
  const before = story.changes;
  story.manager.connection = 'lost';
  story.manager.connectionChanged.emit('lost');
  expect([story.model.isLost, story.changes]).toEqual([true, before + 1]);
});

it('has no artifacts where they cannot be listed', async () => {
  const story = new Story();
  story.artifacts = new Refusal(503, { message: 'The store does not answer.' });
  await settle();
  expect([story.model.artifacts, story.model.problem]).toEqual([[], '']);
});

it('reads log and curves when they are first asked for, and once', async () => {
  const story = new Story(detail(run(1, { log_bytes: 30 })));
  await settle();
  expect(story.asked.filter(path => path.includes('log'))).toEqual([]);
  expect(story.model.log).toBe(story.model.log);
  expect(story.model.curves).toBe(story.model.curves);
  await settle();
  expect(story.asked.filter(path => path.endsWith('/log'))).toEqual(['GET runs/ID/log']);
});

it('lets go of everything', async () => {
  const story = new Story();
  await settle();
  const { log, curves } = story.model;
  story.model.dispose();
  story.model.dispose();
  const { changes } = story;
  story.manager.connectionChanged.emit('open');
  await settle();
  expect([log.isDisposed, curves.isDisposed, story.manager.watched, story.changes]).toEqual([
    true,
    true,
    [],
    changes
  ]);
});

it('is not disturbed by an answer that comes after its end', async () => {
  const story = new Story();
  story.model.dispose();
  await settle();
  expect(story.changes).toBe(0);
});
