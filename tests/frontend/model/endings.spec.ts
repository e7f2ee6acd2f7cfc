import { IRunSummary } from '../../../src/api/types';
import { Endings } from '../../../src/model/endings';
import { FakeManager, FakeServer, Refusal, page, run, settle, status } from '../fakes';

class Story {
  live: IRunSummary[] = [];
  readonly ended = new Map<string, IRunSummary>();
  readonly server = new FakeServer(({ path }) =>
    path === 'runs' ? page(this.live) : { summary: this.ended.get(path.slice('runs/'.length)) }
  );
  readonly manager = new FakeManager(this.server);
  readonly endings = new Endings(this.manager, 60);
  readonly told: string[] = [];

  constructor() {
    this.endings.ended.connect((_, each) => this.told.push(`${each.name} ${each.status}`));
  }

  async look(...live: IRunSummary[]): Promise<void> {
    this.live = live;
    this.manager.runsChanged.emit();
    await settle();
  }

  /** A run ends, and is looked at. */
  async end(summary: IRunSummary): Promise<void> {
    this.ended.set(summary.run_id, summary);
    await this.look(...this.live.filter(each => each.run_id !== summary.run_id));
  }
}

const going = (n: number) => run(n, { status: 'RUNNING' });

it('tells of a long run that was seen going on', async () => {
  const story = new Story();
  await story.look(going(1), going(2));
  await story.end(run(1, { status: 'FAILED', duration_s: 61 }));
  await story.end(run(2, { duration_s: 3600 }));
  expect(story.told).toEqual(['run 1 FAILED', 'run 2 FINISHED']);
});

it('tells of a run that nobody saw ending, by how long ago it began', async () => {
  const story = new Story();
  await story.look(going(1), going(2));
  const ago = (seconds: number) => new Date(Date.now() - 1000 * seconds).toISOString();
  await story.end(run(1, { status: 'FAILED', duration_s: null, started_at: ago(90) }));
  await story.end(run(2, { status: 'FAILED', duration_s: null, started_at: ago(30) }));
  expect(story.told).toEqual(['run 1 FAILED']);
});

it('tells of no short run, and of none that ended before', async () => {
  const story = new Story();
  await story.look(going(1));
  await story.end(run(1, { duration_s: 59 }));
  await story.look(run(5, { duration_s: 1000 }));
  expect(story.told).toEqual([]);
});

it('follows the user about how long is long', async () => {
  const story = new Story();
  story.endings.seconds = Infinity;
  await story.look(going(1));
  await story.end(run(1, { duration_s: 1e9 }));
  expect(story.told).toEqual([]);
});

it('leaves alone what other tools run in the same store', async () => {
  const story = new Story();
  await story.look(run(1, { status: 'RUNNING', source: 'mlflow' }));
  await story.end(run(1, { duration_s: 100, source: 'mlflow' }));
  expect(story.told).toEqual([]);
});

it('asks nothing while nothing goes on', async () => {
  const story = new Story();
  story.manager.status = status();
  await story.look();
  expect(story.server.asked).toEqual([]);
});

it('waits for the next hint when the server does not answer', async () => {
  const story = new Story();
  await story.look(going(1));
  story.server.answers(() => new Refusal(503, { message: 'later' }));
  await story.look();
  story.server.answers(({ path }) => (path === 'runs' ? page([]) : { summary: run(1, { duration_s: 100 }) }));
  await story.look();
  expect(story.told).toEqual(['run 1 FINISHED']);
});

it('ends', async () => {
  const story = new Story();
  await story.look(going(1));
  story.endings.dispose();
  story.endings.dispose();
  await story.end(run(1, { duration_s: 100 }));
  expect([story.endings.isDisposed, story.told]).toEqual([true, []]);
});
