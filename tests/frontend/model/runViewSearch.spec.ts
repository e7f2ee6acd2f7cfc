import { LogSearchModel } from '../../../src/model/runViewSearch';
import { FakeServer, IAsked, Refusal, runId, settle, until } from '../fakes';

class Story {
  readonly server: FakeServer;
  readonly shown: number[] = [];
  readonly search: LogSearchModel;

  constructor(answer: (asked: IAsked) => unknown) {
    this.server = new FakeServer(answer);
    this.search = new LogSearchModel(runId(), this.server.api, offset => this.shown.push(offset));
  }

  /** Type, and wait for what comes of it. */
  async type(text: string): Promise<void> {
    this.search.setText(text);
    await until(() => !this.search.isSearching);
  }
}

/** Answers in two pages. */
const PAGES = ({ query }: IAsked) =>
  query.get('start') === '0' ? { offsets: [10, 20], next: 500 } : { offsets: [600], next: null };

it('shows the first line once the typing has paused', async () => {
  const { search, server, shown } = new Story(PAGES);
  search.setText('er');
  search.setText('error');
  expect([search.isSearching, search.found]).toEqual([true, 0]);
  await until(() => !search.isSearching);
  expect(server.asked.map(({ query }) => query.get('text'))).toEqual(['error']);
  expect([search.found, search.hasMore, search.place, search.offset, search.isSearching]).toEqual([
    2,
    true,
    0,
    10,
    false
  ]);
  expect(shown).toEqual([10]);
});

it('goes to the next line, asks for more when it is at the end of what is known, and begins again', async () => {
  const story = new Story(PAGES);
  await story.type('x');
  for (let step = 0; step < 3; step++) {
    await story.search.step(1);
  }
  expect(story.shown).toEqual([10, 20, 600, 10]);
  expect([story.search.found, story.search.hasMore]).toEqual([3, false]);
});

it('goes back, from the first to the last that is known', async () => {
  const story = new Story(PAGES);
  await story.type('x');
  await story.search.step(-1);
  expect(story.shown).toEqual([10, 20]);
});

it('says that nothing was found', async () => {
  const story = new Story(() => ({ offsets: [], next: null }));
  await story.type('x');
  await story.search.step(1);
  expect([story.search.found, story.search.place, story.search.offset, story.shown]).toEqual([
    0,
    -1,
    null,
    []
  ]);
});

it('forgets all when the field is emptied, and asks nothing', async () => {
  const story = new Story(PAGES);
  await story.type('x');
  const asked = story.server.asked.length;
  await story.type('');
  expect([story.search.found, story.search.hasMore, story.search.isSearching]).toEqual([0, false, false]);
  expect(story.server.asked).toHaveLength(asked);
});

it('says why it could not look', async () => {
  const story = new Story(() => new Refusal(503, { message: 'Too many searches: try again in a moment.' }));
  await story.type('x');
  expect([story.search.problem, story.search.isSearching]).toEqual([
    'Too many searches: try again in a moment.',
    false
  ]);
});

it('lets no answer in that comes after it was disposed', async () => {
  const story = new Story(PAGES);
  story.search.setText('x');
  story.search.dispose();
  await new Promise(resolve => setTimeout(resolve, 300));
  await settle();
  expect([story.shown, story.search.isDisposed]).toEqual([[], true]);
  story.search.dispose();
});
