import { IRunSummary, IRunTrend } from '../../../src/api/types';
import { RunTrends } from '../../../src/model/runTrends';
import { FakeServer, Refusal, run, runId, settle } from '../fakes';

const theirs = (n: number, change: Partial<IRunSummary> = {}) => run(n, { source: 'mlflow', ...change });

/** Lines of another tool's runs, and a server that knows their courses. */
class Story {
  inSight: readonly IRunSummary[] = [theirs(1), theirs(2)];
  courses = new Map<string, readonly (number | string)[]>([
    [runId(1), [0.5, 0.9]],
    [runId(2), [0.9]]
  ]);
  key = 'acc';
  /** How many runs the server reaches in time. */
  reached = 100;
  takes = 0;
  readonly server = new FakeServer(({ query }) => {
    const known = query.getAll('id').filter(id => this.courses.has(id));
    const trends = known.slice(0, this.reached).map((id): IRunTrend => {
      return { run_id: id, key: this.key, values: this.courses.get(id) as IRunTrend['values'] };
    });
    return { trends, waiting: known.length - trends.length };
  });
  readonly trends = new RunTrends(
    this.server.api,
    () => this.inSight,
    runs => {
      this.takes++;
      this.inSight = this.inSight.map(each => runs.find(({ run_id }) => run_id === each.run_id) ?? each);
    }
  );

  constructor() {
    this.trends.isDrawn = true;
  }

  async rest(): Promise<void> {
    this.trends.look();
    await jest.advanceTimersByTimeAsync(250);
    await settle();
  }

  get asked(): string[][] {
    return this.server.asked.map(({ query }) => query.getAll('id'));
  }

  get drawn(): (readonly unknown[])[] {
    return this.inSight.map(each => each.spark);
  }
}

let story: Story;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  story = new Story();
});

afterEach(() => {
  story.trends.dispose();
  jest.useRealTimers();
});

it('asks for what is in sight when the list rests, all at once and only once', async () => {
  for (let turn = 0; turn < 20; turn++) {
    story.trends.look();
    await jest.advanceTimersByTimeAsync(100);
  }
  expect(story.asked).toEqual([]);
  await story.rest();
  await story.rest();
  expect(story.asked).toEqual([[runId(1), runId(2)]]);
  expect([story.drawn, story.takes]).toEqual([[[0.5, 0.9], []], 1]);
});

it('asks for no run of ours, and for none without a metric', async () => {
  story.inSight = [run(1), theirs(2, { metrics: {} }), theirs(3, { metrics: { 'system/cpu': 1 } })];
  await story.rest();
  expect(story.asked).toEqual([]);
});

it('asks nothing where courses are not drawn', async () => {
  story.trends.isDrawn = false;
  await story.rest();
  expect(story.asked).toEqual([]);
});

it('asks again when a run has logged more, has ended, or counts by another metric', async () => {
  story.inSight = [theirs(1, { status: 'RUNNING' })];
  await story.rest();
  const changes: Partial<IRunSummary>[] = [
    { metrics: { acc: 0.95 } },
    { status: 'FINISHED' },
    { metrics: { acc: 0.95, loss: 1 }, main_metric: 'loss' }
  ];
  for (const change of changes) {
    story.key = change.main_metric ?? 'acc';
    story.courses.set(runId(1), [0.5, 0.9, 0.95]);
    story.inSight = [{ ...story.inSight[0]!, ...change }];
    await story.rest();
    await story.rest();
  }
  expect(story.asked.length).toBe(4);
  expect(story.drawn).toEqual([[0.5, 0.9, 0.95]]);
});

it('draws what it knows of a line that was out of sight', async () => {
  await story.rest();
  story.inSight = [theirs(1)];
  await story.rest();
  expect([story.asked.length, story.drawn]).toEqual([1, [[0.5, 0.9]]]);
});

it('draws nothing anew that is drawn already', async () => {
  story.inSight = [theirs(1, { spark: [0.5, 0.9] })];
  await story.rest();
  expect([story.asked.length, story.takes]).toEqual([1, 0]);
});

it('draws nothing of a single point', async () => {
  story.inSight = [theirs(2)];
  await story.rest();
  await story.rest();
  expect([story.asked.length, story.takes]).toEqual([1, 0]);
});

it('draws no other metric than the line names', async () => {
  story.key = 'loss';
  await story.rest();
  expect(story.drawn).toEqual([[], []]);
});

it('goes on asking while the server reaches some, and not when it reaches none', async () => {
  story.reached = 1;
  story.inSight = [theirs(1), theirs(2)];
  await story.rest();
  expect(story.asked).toEqual([[runId(1), runId(2)], [runId(2)]]);
  expect(story.drawn).toEqual([[0.5, 0.9], []]);

  story.reached = 0;
  story.courses.set(runId(3), [1, 2]);
  story.inSight = [theirs(3)];
  await story.rest();
  expect(story.asked.length).toBe(3);
  await story.rest();
  expect(story.asked.length).toBe(4);
});

it('asks for no more than the server tells at a time', async () => {
  story.inSight = Array.from({ length: 150 }, (_, n) => theirs(n));
  story.inSight.forEach(each => story.courses.set(each.run_id, [1, 2]));
  await story.rest();
  expect(story.asked.map(ids => ids.length)).toEqual([100]);
});

it('leaves the list as it is when the server refuses, and asks again later', async () => {
  const { server } = story;
  server.answers(() => new Refusal(503, { message: 'The store is locked.' }));
  await story.rest();
  expect([story.asked.length, story.takes]).toEqual([1, 0]);
  server.answers(() => ({ trends: [{ run_id: runId(1), key: 'acc', values: [1, 2] }], waiting: 0 }));
  await story.rest();
  expect(story.drawn).toEqual([[1, 2], []]);
});

it('draws nothing that comes after somebody has stopped looking', async () => {
  let answer: (value: unknown) => void = () => undefined;
  story.server.answers(() => new Promise(resolve => (answer = resolve)));
  await story.rest();
  story.trends.stop();
  answer({ trends: [{ run_id: runId(1), key: 'acc', values: [1, 2] }], waiting: 0 });
  await settle();
  expect([story.asked.length, story.takes]).toEqual([1, 0]);
});
