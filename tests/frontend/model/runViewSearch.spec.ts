import { LogSearchModel } from '../../../src/model/runViewSearch';
import { logAnswer } from '../runStories';
import { FakeServer, IAsked, Refusal, runId, settle, until } from '../fakes';

/** Each place that is found is in the line that has its number; some before the first were freed. */
const LOG = new TextEncoder().encode(
  'at 0\nfive\nten  \nnex\rtwenty'.padEnd(600, '\n') + '\x1b[1msix hundred\x1b[0m!\n'
);
const FREED = [3, 10] as const;

class Story {
  readonly server: FakeServer;
  readonly shown: number[] = [];
  readonly search: LogSearchModel;

  constructor(answer: (asked: IAsked) => unknown) {
    this.server = new FakeServer(asked =>
      asked.path.endsWith('/log') ? logAnswer(LOG, FREED)(asked) : answer(asked)
    );
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
  const searches = server.asked.filter(({ path }) => path.endsWith('/search'));
  expect(searches.map(({ query }) => query.get('text'))).toEqual(['error']);
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

it('tells what was printed at each place, whatever was freed before it, and nothing until that is known', async () => {
  const story = new Story(PAGES);
  const told: string[] = [];
  story.search.changed.connect(({ place, printed }) => void told.push(`${place} ${printed}`));
  await story.type('x');
  await until(() => story.search.printed === 'ten  ');
  await story.search.step(1);
  await until(() => story.search.printed === 'twenty');
  await story.search.step(1);
  await until(() => story.search.printed === 'six hundred!');
  expect(told.filter((text, index) => text !== told[index - 1])).toEqual([
    '-1 ',
    '0 ',
    '0 ten  ',
    '1 ',
    '1 twenty',
    '2 ',
    '2 six hundred!'
  ]);
  await story.type('');
  expect(story.search.printed).toBe('');
});

it('goes on when what was printed cannot be read: the log itself says why', async () => {
  const server = new FakeServer(asked =>
    asked.path.endsWith('/log') ? new Refusal(503, { message: 'Busy.' }) : PAGES(asked)
  );
  const search = new LogSearchModel(runId(), server.api, () => undefined);
  search.setText('x');
  await until(() => search.place === 0);
  await settle();
  expect([search.printed, search.problem]).toEqual(['', '']);
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
