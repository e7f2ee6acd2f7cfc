import { IRunSummary } from '../../../src/api/types';
import { Courses, cardMetrics } from '../../../src/model/courses';
import { FakeServer, Refusal, run, runId, until } from '../fakes';

const LIVE = run(1, {
  status: 'RUNNING',
  metrics: { loss: 0.5, acc: 0.8, 'system/cpu': 3 },
  spark: [1, 0.5]
});

class Story {
  changes = 0;
  values: readonly number[] = [0.7, 0.8];
  readonly server = new FakeServer(({ query }) => ({
    series: query.getAll('key').map(key => ({ run_id: runId(1), key, values: this.values })),
    total: 3
  }));
  readonly courses = new Courses(runId(1), this.server.api, () => this.changes++);

  /** Which metrics were asked for, each time. */
  get asked(): string[] {
    return this.server.asked.map(({ path, query }) => `${path}: ${query.getAll('key').join()}`);
  }
}

const stories: Story[] = [];

function begin(): Story {
  const story = new Story();
  stories.push(story);
  return story;
}

/** Longer than the poll needs to look for the first time. */
async function aWhile(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 100));
}

afterEach(() => stories.splice(0).forEach(story => story.courses.dispose()));

it('has the main metric’s course from the summary, and asks for those beside it', async () => {
  const story = begin();
  story.courses.look(LIVE);
  expect([story.courses.of(LIVE, 'loss'), story.courses.of(LIVE, 'acc')]).toEqual([[1, 0.5], []]);
  await until(() => story.changes === 1);
  expect(story.asked).toEqual([`runs/${runId(1)}/metrics: acc`]);
  expect(story.courses.of(LIVE, 'acc')).toEqual([0.7, 0.8]);
  expect(story.courses.of(LIVE, 'toString')).toEqual([]);
});

it.each<[string, IRunSummary]>([
  ['has one metric beside the machine’s', run(1, { ...LIVE, metrics: { loss: 1, 'system/cpu': 3 } })],
  ['has none', run(1, { ...LIVE, metrics: {} })],
  ['has ended', run(1, { ...LIVE, status: 'FINISHED' })]
])('asks nothing of a run that %s', async (_, summary) => {
  const story = begin();
  story.courses.look(summary);
  await aWhile();
  expect(story.asked).toEqual([]);
});

it('asks again when there are newer figures, and not for every one of them', async () => {
  const story = begin();
  story.courses.look(LIVE);
  await until(() => story.changes === 1);
  story.values = [0.7, 0.8, 0.9];
  for (let step = 0; step < 20; step++) {
    story.courses.look(run(1, { ...LIVE, metrics: { ...LIVE.metrics, acc: 0.8 + step / 100 } }));
  }
  await aWhile();
  expect(story.asked).toHaveLength(1);
  await until(() => story.changes === 2);
  expect(story.asked).toHaveLength(2);
  expect(story.courses.of(LIVE, 'acc')).toEqual([0.7, 0.8, 0.9]);
});

it('keeps what it has when the server refuses, and is quiet after its end', async () => {
  const story = begin();
  story.server.answers(() => new Refusal(503, { message: 'away' }));
  story.courses.look(LIVE);
  await until(() => story.asked.length === 1);
  await aWhile();
  expect([story.changes, story.courses.of(LIVE, 'acc')]).toEqual([0, []]);
  story.courses.dispose();
  story.courses.dispose();
  expect(story.courses.isDisposed).toBe(true);
});

it('has room for four metrics, the main one first', () => {
  const metrics = { a: 1, b: 2, c: 3, d: 4, e: 5 };
  expect(cardMetrics(run(1, { metrics, main_metric: 'd' }))).toEqual(['d', 'a', 'b', 'c']);
});
