import { ICardSnapshot } from '../../../src/api/guards';
import { CardModel } from '../../../src/model/card';
import { FakeFeed, FakeManager, run, runId } from '../fakes';

const SNAPSHOT: ICardSnapshot = {
  run_id: runId(1),
  name: 'baseline',
  status: 'SCHEDULED',
  submitted_at: '',
  pending: [],
  travels: []
};
const LIVE = run(1, { status: 'RUNNING', log_bytes: 100_000 });

class Story {
  readonly manager = new FakeManager();
  readonly card = new CardModel(SNAPSHOT, this.manager);
  changes = 0;

  constructor() {
    this.card.changed.connect(() => this.changes++);
  }

  get feed(): FakeFeed {
    return this.manager.feeds[0]!;
  }

  get text(): string[] {
    return this.card.lines.map(line => line.map(span => span.text).join(''));
  }
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('of an untrusted notebook asks nobody (B24)', () => {
  const card = new CardModel(SNAPSHOT, null);
  expect([card.isLive, card.isLost, card.isGone, card.summary, card.isOpen]).toEqual([
    false,
    false,
    false,
    null,
    false
  ]);
  card.setOpen(true);
  card.dispose();
});

it('follows its run, and streams the end of the log while the run goes on', () => {
  const { card, feed } = new Story();
  feed.tell(LIVE);
  expect(card.summary).toEqual(LIVE);
  expect(card.isOpen).toBe(true);
  expect(feed.streamed).toEqual([100_000 - 32_768]);
});

it('draws at most 20 times a second, however much is printed', () => {
  const story = new Story();
  story.feed.tell(LIVE);
  const before = story.changes;
  for (let line = 0; line < 1000; line++) {
    story.feed.print(`line ${line}\n`);
  }
  expect(story.changes).toBe(before);
  jest.advanceTimersByTime(60);
  expect(story.changes).toBe(before + 1);
  expect(story.text[story.text.length - 1]).toBe('line 999');
  expect(story.text).toHaveLength(200);
});

it('begins again behind a hole', () => {
  const story = new Story();
  story.feed.tell(LIVE);
  story.feed.print('before');
  story.feed.logSkipped.emit({ start: 6, end: 900 });
  story.feed.print('after');
  expect(story.text).toEqual(['after']);
});

it('of a run that has ended is one line, and fetches its log only when it is opened', () => {
  const { card, feed } = new Story();
  feed.tell(run(1, { log_bytes: 10 }));
  expect([card.isOpen, feed.streamed]).toEqual([false, []]);
  card.setOpen(true);
  card.setOpen(false);
  card.setOpen(true);
  expect([card.isOpen, feed.streamed]).toEqual([true, [0]]);
});

it('stays as the user has left it when the run ends', () => {
  const { card, feed } = new Story();
  feed.tell(LIVE);
  card.setOpen(true);
  feed.tell(run(1));
  expect(card.isOpen).toBe(true);
});

it('knows at once what another look knows', () => {
  const manager = new FakeManager();
  const watch = manager.watch.bind(manager);
  manager.watch = id => {
    const feed = watch(id) as FakeFeed;
    feed.summary = LIVE;
    return feed;
  };
  expect(new CardModel(SNAPSHOT, manager).summary).toEqual(LIVE);
});

it('says that its run is gone, until it is back', () => {
  const { card, feed } = new Story();
  feed.gone.emit();
  expect(card.isGone).toBe(true);
  feed.tell(LIVE);
  expect(card.isGone).toBe(false);
});

it('says that the server was lost', () => {
  const story = new Story();
  story.manager.connection = 'lost';
  story.manager.connectionChanged.emit('lost');
  expect([story.card.isLost, story.changes]).toEqual([true, 1]);
});

it('looks away when it is disposed', () => {
  const story = new Story();
  story.feed.tell(LIVE);
  story.feed.print('x');
  story.card.dispose();
  story.card.dispose();
  jest.advanceTimersByTime(1000);
  story.manager.connectionChanged.emit('lost');
  expect([story.card.isDisposed, story.feed.isDisposed, story.changes]).toEqual([true, true, 1]);
});
