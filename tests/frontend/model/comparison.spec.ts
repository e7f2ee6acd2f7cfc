import { ComparisonModel, SECTIONS } from '../../../src/model/comparison';
import { FakeManager, FakeServer, IAsked, Refusal, run, runId, settle } from '../fakes';
import { comparison, detail } from '../runStories';

const RUNS = [1, 2, 3].map(n => run(n, { metrics: {} }));
const FACTS = comparison(RUNS, {
  metrics: [
    { key: 'acc', values: ['0.9', '0.8', '0.7'], differs: true },
    { key: 'system/cpu', values: ['1', '2', '3'], differs: true }
  ],
  params: [
    { key: 'lr', values: ['1', '2', '3'], differs: true },
    { key: 'depth', values: ['3', '3', '3'], differs: false }
  ],
  packages: [{ key: 'numpy', values: ['2', '2', '2'], differs: false }]
});

class Story {
  readonly manager: FakeManager;
  readonly model: ComparisonModel;

  constructor(facts: (asked: IAsked) => unknown = () => FACTS, ids = RUNS.map(each => each.run_id)) {
    this.manager = new FakeManager(
      new FakeServer(asked => (asked.path === 'comparisons' ? facts(asked) : detail(RUNS[0])))
    );
    this.model = new ComparisonModel(this.manager, ids);
  }

  get comparisons(): readonly (readonly string[])[] {
    return this.manager.server.asked
      .filter(({ path }) => path === 'comparisons')
      .map(({ query }) => query.getAll('id'));
  }
}

it('asks at once, and names the runs by their ids until it knows better', async () => {
  const { model } = new Story();
  expect(model.names).toEqual(['00000000', '00000000', '00000000']);
  await settle();
  expect(model.names).toEqual(['run 1', 'run 2', 'run 3']);
});

it('shows only differences, and says how much it leaves out', async () => {
  const { model } = new Story();
  await settle();
  expect(model.onlyDifferences).toBe(true);
  expect(
    SECTIONS.map(section => [section, model.rows(section).map(row => row.key), model.same(section)])
  ).toEqual([
    ['metrics', ['acc'], 0],
    ['params', ['lr'], 1],
    ['data', [], 0],
    ['packages', [], 1],
    ['environment', [], 0],
    ['system', ['system/cpu'], 0]
  ]);
  model.setOnlyDifferences(false);
  expect(model.rows('params').map(row => row.key)).toEqual(['lr', 'depth']);
});

it('knows whether the cells differ', async () => {
  const same = new Story().model;
  const other = new Story(() => comparison(RUNS, { cells: ['a', 'a', 'b'] })).model;
  expect(same.codeDiffers).toBe(false);
  await settle();
  expect([same.codeDiffers, other.codeDiffers]).toEqual([false, true]);
});

it('compares without a run, down to two', async () => {
  const story = new Story();
  let told = 0;
  story.model.runsChanged.connect(() => told++);
  await settle();
  story.model.remove(runId(2));
  story.model.remove(runId(1));
  await settle();
  expect(story.model.runIds).toEqual([runId(1), runId(3)]);
  expect(story.model.key).toBe(`${runId(1)},${runId(3)}`);
  expect(story.comparisons).toEqual([
    [runId(1), runId(2), runId(3)],
    [runId(1), runId(3)]
  ]);
  expect(story.model.curves.runs.map(each => each.place)).toEqual([0, 2]);
  expect(told).toBe(1);
});

it('looks again when a run that goes on has changed, and not when all have ended', async () => {
  const ended = new Story();
  const going = new Story(() => comparison([run(1, { status: 'RUNNING' }), run(2)]));
  await settle();
  ended.manager.runsChanged.emit();
  going.manager.runsChanged.emit();
  await settle();
  expect([ended.comparisons.length, going.comparisons.length]).toEqual([1, 2]);
});

it('says why it cannot compare, and tries again when asked', async () => {
  const answers = [new Refusal(404, { message: 'There is no run 3.' }), FACTS];
  const { model } = new Story(() => answers.shift());
  await settle();
  expect([model.problem, model.comparison]).toEqual(['There is no run 3.', null]);
  await model.refresh();
  expect([model.problem, model.comparison?.runs.length]).toEqual(['', 3]);
});

it('keeps what it shows when a later look goes wrong', async () => {
  const answers = [FACTS, new Refusal(503, { message: 'Later.' })];
  const { model } = new Story(() => answers.shift());
  await settle();
  await model.refresh();
  expect([model.problem, model.comparison?.runs.length]).toEqual(['Later.', 3]);
});

it('lets go of its runs', async () => {
  const { model, manager } = new Story();
  model.dispose();
  model.dispose();
  await settle();
  expect([model.isDisposed, model.curves.isDisposed, manager.watched]).toEqual([true, true, []]);
});
