import { CurvesModel } from '../../../src/model/curves';
import { FakeManager, FakeServer, IAsked, Refusal, run, runId, settle, until } from '../fakes';
import { askedRun, detail, series } from '../runStories';

const RUNS = [1, 2, 3].map(n => run(n, { metrics: { 'system/cpu': 5, loss: 0.1 * n, acc: 1 } }));

/** Each curve has as many points as its run's number. */
function curves(asked: IAsked): unknown {
  const summary = RUNS.find(each => each.run_id === askedRun(asked))!;
  const count = RUNS.indexOf(summary) + 1;
  return asked.path.endsWith('/metrics')
    ? {
        series: asked.query.getAll('key').map(key =>
          series(
            key,
            Array.from({ length: count }, (_, x) => x),
            { run_id: summary.run_id }
          )
        ),
        total: asked.query.getAll('key').length
      }
    : detail(summary);
}

class Story {
  readonly manager: FakeManager;
  readonly model: CurvesModel;
  changes = 0;

  constructor(count = 2, answer: (asked: IAsked) => unknown = curves) {
    this.manager = new FakeManager(new FakeServer(answer));
    this.model = new CurvesModel(
      this.manager,
      RUNS.slice(0, count).map(each => each.run_id)
    );
    this.model.changed.connect(() => this.changes++);
  }

  get asked(): readonly string[] {
    return this.manager.server.asked.map(({ path }) => path);
  }
}

it('reads the curves of all runs, those of machines last', async () => {
  const { model } = new Story();
  expect(model.isLoading).toBe(true);
  await settle();
  expect([model.isLoading, model.problem]).toEqual([false, '']);
  expect(model.keys).toEqual(['loss', 'acc', 'system/cpu']);
  expect(model.curvesOf('loss').map(curve => [curve.runId, curve.xs.length])).toEqual([
    [runId(1), 1],
    [runId(2), 2]
  ]);
  expect(model.curvesOf('unknown')).toEqual([]);
});

it('asks for at most 2,000 points of each curve', async () => {
  const { manager } = new Story();
  await settle();
  const points = manager.server.asked.flatMap(({ query }) => query.getAll('points'));
  expect(points.map(Number).every(count => count > 100 && count <= 2000)).toBe(true);
});

it('knows which metrics have a course to show', async () => {
  const one = new Story(1).model;
  const two = new Story(2).model;
  await settle();
  expect([one.hasCourse('loss'), two.hasCourse('loss'), two.hasCourse('unknown')]).toEqual([
    false,
    true,
    false
  ]);
});

it('gives each run a place of its own, which it keeps when others go', async () => {
  const { model } = new Story(3);
  await settle();
  model.remove(runId(2));
  expect(model.runs.map(each => [each.runId, each.place])).toEqual([
    [runId(1), 0],
    [runId(3), 2]
  ]);
  model.add(runId(2));
  expect(model.runs.map(each => [each.runId, each.place])).toEqual([
    [runId(1), 0],
    [runId(3), 2],
    [runId(2), 1]
  ]);
});

it('lays another run over, and takes it away', async () => {
  const { model, manager } = new Story(1);
  await settle();
  model.add(runId(2));
  model.add(runId(2));
  await settle();
  expect(model.curvesOf('acc')).toHaveLength(2);
  model.remove(runId(2));
  expect(model.curvesOf('acc')).toHaveLength(1);
  expect(manager.watched).toEqual([runId(1)]);
});

it('asks again for a run that has logged, and for no other', async () => {
  const story = new Story();
  await settle();
  const before = story.asked.length;
  story.manager.feeds[0]!.tell({ ...RUNS[0]!, metrics: { loss: 0.05, acc: 1 } });
  await until(() => story.asked.length > before);
  await settle();
  expect(story.asked.slice(before)).toEqual([`runs/${runId(1)}/metrics`]);
});

it('does not ask again when nothing was logged', async () => {
  const story = new Story(1);
  await settle();
  const feed = story.manager.feeds[0]!;
  feed.tell(RUNS[0]!);
  await until(() => story.asked.length > 2);
  await settle();
  const before = story.asked.length;
  feed.tell({ ...RUNS[0]!, name: 'renamed' });
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(story.asked).toHaveLength(before);
  expect(story.model.runs[0]?.name).toBe('renamed');
});

it('calls a run by its name where no summary of it is streamed, as of other tools’ runs', async () => {
  const { model, manager } = new Story(2);
  expect(model.runs.map(each => each.name)).toEqual([runId(1), runId(2)].map(id => id.slice(0, 8)));
  await settle();
  expect(model.runs.map(each => each.name)).toEqual(['run 1', 'run 2']);
  model.add(runId(3));
  await settle();
  expect(model.runs.map(each => each.name)).toEqual(['run 1', 'run 2', 'run 3']);
  manager.feeds[0]!.tell({ ...RUNS[0]!, name: 'renamed' });
  expect(model.runs[0]?.name).toBe('renamed');
});

it('is shown otherwise without asking', async () => {
  const story = new Story();
  await settle();
  const asked = story.asked.length;
  story.model.setLook({ axis: 'elapsed', smoothing: 0.5 });
  story.model.setLook({ isLog: true });
  expect(story.model.look).toEqual({ axis: 'elapsed', isLog: true, smoothing: 0.5 });
  expect(story.asked).toHaveLength(asked);
});

it('asks for no curves of a run that has logged nothing', async () => {
  const story = new Story(1, () => detail(run(1, { metrics: {} })));
  await settle();
  expect([story.asked, story.model.keys, story.model.isLoading]).toEqual([[`runs/${runId(1)}`], [], false]);
});

it('asks for the model’s curves first when there are more than anybody looks at', async () => {
  const metrics = Object.fromEntries([
    ...Array.from({ length: 90 }, (_, n) => [`system/${n}`, n]),
    ...Array.from({ length: 90 }, (_, n) => [`loss-${n}`, n])
  ]);
  const story = new Story(1, asked =>
    asked.path.endsWith('/metrics') ? { series: [], total: 0 } : detail(run(1, { metrics }))
  );
  await settle();
  const keys = story.manager.server.asked.flatMap(({ query }) => query.getAll('key'));
  expect(keys).toHaveLength(100);
  expect(keys.filter(key => key.startsWith('loss-'))).toHaveLength(90);
});

it('says why curves are missing', async () => {
  const { model } = new Story(1, () => new Refusal(503, { message: 'The store does not answer.' }));
  await settle();
  expect([model.problem, model.isLoading, model.keys]).toEqual(['The store does not answer.', false, []]);
});

it('lets go of its runs', async () => {
  const { model, manager } = new Story();
  model.dispose();
  model.dispose();
  await settle();
  expect([manager.watched, model.isDisposed]).toEqual([[], true]);
});

it('has a group of its own, so that its charts move together and no others', () => {
  expect(new Story().model.group).not.toBe(new Story().model.group);
});
