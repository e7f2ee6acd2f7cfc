import { RequestError } from '../../../src/api/request';
import { IRunPage, IRunSummary } from '../../../src/api/types';
import { RunPages } from '../../../src/model/runPages';
import { FakeServer, Refusal, page, run, runId, settle, until } from '../fakes';

class Story {
  runs: readonly IRunSummary[] = Array.from({ length: 250 }, (_, i) => run(i));
  changes = 0;
  readonly errors: RequestError[] = [];
  readonly server = new FakeServer(({ query }) =>
    page(this.runs, Number(query.get('offset')), Number(query.get('limit')))
  );
  readonly pages = new RunPages(
    this.server.api,
    { query: 'acc > 0' },
    () => this.changes++,
    error => this.errors.push(error)
  );

  get offsets(): (string | null)[] {
    return this.server.asked.map(asked => asked.query.get('offset'));
  }
}

it('asks for what is looked at once, for pages that follow each other together', async () => {
  const story = new Story();
  expect(story.pages.isReady).toBe(false);
  await story.pages.ensure(0, 30);
  await story.pages.ensure(10, 45);
  expect(story.offsets).toEqual(['0']);
  expect(story.server.asked[0]!.query.get('query')).toBe('acc > 0');
  expect([story.pages.total, story.pages.isReady, story.changes]).toEqual([250, true, 1]);
  await story.pages.ensure(90, 210);
  expect(story.server.asked.map(({ query }) => [query.get('offset'), query.get('limit')])).toEqual([
    ['0', '50'],
    ['50', '200']
  ]);
  expect([story.pages.at(50)?.name, story.pages.at(149)?.name]).toEqual(['run 50', 'run 149']);
  expect(story.pages.at(249)?.name).toBe('run 249');
  expect(story.pages.at(250)).toBeUndefined();
});

it('does not ask beyond the end', async () => {
  const story = new Story();
  story.runs = story.runs.slice(0, 5);
  await story.pages.ensure(0, 10);
  await story.pages.ensure(0, 1000);
  expect(story.offsets).toEqual(['0']);
});

it('keeps what it knows while it asks again', async () => {
  const story = new Story();
  await story.pages.ensure(0, 30);
  story.pages.invalidate();
  expect(story.pages.at(3)?.name).toBe('run 3');
  story.runs = [run(900), ...story.runs];
  await story.pages.ensure(0, 30);
  expect(story.pages.at(0)?.name).toBe('run 900');
  expect(story.pages.total).toBe(251);
});

it('shows what was asked last, whichever answer comes last', async () => {
  const story = new Story();
  const answers: ((now: IRunPage) => void)[] = [];
  story.server.answers(() => new Promise(resolve => answers.push(resolve)));
  const first = story.pages.ensure(0, 30);
  story.pages.invalidate();
  const second = story.pages.ensure(0, 30);
  await until(() => answers.length === 2);

  answers[1]!(page([run(1, { status: 'FINISHED' }), run(2)]));
  await second;
  answers[0]!(page([run(1, { status: 'RUNNING' })]));
  await first;

  expect([story.pages.at(0)?.status, story.pages.at(1)?.name, story.pages.total]).toEqual([
    'FINISHED',
    'run 2',
    2
  ]);
});

it('forgets pages that are no more', async () => {
  const story = new Story();
  await story.pages.ensure(0, 250);
  story.runs = story.runs.slice(0, 50);
  story.pages.invalidate();
  await story.pages.ensure(0, 50);
  expect(story.pages.at(149)).toBeUndefined();
  expect(story.pages.indexOf(runId(249))).toBe(-1);
});

it('puts a newer summary in its place', async () => {
  const story = new Story();
  await story.pages.ensure(100, 110);
  expect(story.pages.update(run(103, { name: 'renamed' }))).toBe(true);
  expect(story.pages.at(103)?.name).toBe('renamed');
  expect(story.pages.update(run(3))).toBe(false);
});

it('believes a length until the first page comes', () => {
  const { pages } = new Story();
  pages.expect(7);
  expect([pages.total, pages.isReady]).toEqual([7, true]);
});

it('says when it is refused, and asks again later', async () => {
  const story = new Story();
  const { server } = story;
  server.answers(() => new Refusal(503, { message: 'The store is locked.' }));
  await story.pages.ensure(0, 10);
  expect(story.errors.map(error => error.message)).toEqual(['The store is locked.']);
  server.answers(() => page([run(1)]));
  await story.pages.ensure(0, 10);
  expect(story.pages.total).toBe(1);
});

it('takes no answers once it is cancelled', async () => {
  const story = new Story();
  const asked = story.pages.ensure(0, 10);
  story.pages.cancel();
  await asked;
  await settle();
  expect([story.changes, story.errors.length, story.pages.isReady]).toEqual([0, 0, false]);
});
