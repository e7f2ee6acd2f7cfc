import { RunLogModel } from '../../../src/model/runViewLog';
import { FakeFeed, FakeServer, IAsked, Refusal, run, settle, until } from '../fakes';
import { lines, logAnswer, rowText } from '../runStories';

const MEGABYTE = lines(100_000);

class Story {
  readonly server: FakeServer;
  readonly feed = new FakeFeed(run().run_id);
  readonly log: RunLogModel;
  changes = 0;

  constructor(answer: (asked: IAsked) => unknown, size: number) {
    this.server = new FakeServer(answer);
    this.feed.summary = run(1, { status: 'RUNNING', log_bytes: size });
    this.log = new RunLogModel(this.feed, this.server.api);
    this.log.changed.connect(() => this.changes++);
  }

  static of(log: Uint8Array, gap: readonly [number, number] | null = null): Story {
    return new Story(logAnswer(log, gap), log.length);
  }

  get text(): string[] {
    return this.log.rows.map(row => (row.kind === 'gap' ? `gap ${row.start}-${row.end}` : rowText(row)));
  }

  /** Whether the rows that are held follow each other without a gap or a repeat. */
  get isWhole(): boolean {
    const numbers = this.text.filter(text => text.length === 9).map(Number);
    return numbers.every((number, index) => index === 0 || number === (numbers[index - 1] ?? 0) + 1);
  }
}

it('reads the end of a long log, from a whole row on, and streams what follows', async () => {
  const story = Story.of(MEGABYTE);
  const { log, feed } = story;
  await log.open();
  expect(story.server.asked).toHaveLength(1);
  expect(log.window.size).toBe(MEGABYTE.length);
  expect(log.window.end).toBe(MEGABYTE.length);
  expect(log.window.start % 10).toBe(0);
  expect(log.window.start).toBeGreaterThan(900_000);
  expect(feed.streamed).toEqual([MEGABYTE.length]);
  expect(story.text.at(-1)).toBe('000099999');
});

it('reads a short log whole, its first row included', async () => {
  const story = Story.of(lines(3));
  await story.log.open();
  expect(story.text).toEqual(['000000000', '000000001', '000000002']);
  expect(story.log.window).toEqual({ start: 0, end: 30, rows: 3, size: 30 });
});

it('shows what is printed, the unfinished row too', async () => {
  const story = Story.of(lines(1));
  await story.log.open();
  story.feed.print('one\ntwo', 10);
  expect(story.text).toEqual(['000000000', 'one', 'two']);
  story.feed.print(' three\n', 17);
  expect(story.text).toEqual(['000000000', 'one', 'two three']);
});

it('drops what it has already, when the stream begins again before it', async () => {
  const story = Story.of(lines(2));
  await story.log.open();
  story.feed.print('00000001\nnew\n', 11);
  expect(story.text).toEqual(['000000000', '000000001', 'new']);
  story.feed.print('w\n', 22);
  expect(story.text).toEqual(['000000000', '000000001', 'new']);
});

it('asks once for what turns out not to be there, and again when something comes', async () => {
  const whole = logAnswer(lines(1));
  const tooOften = new Refusal(500, { message: 'Asked without end.' });
  const story: Story = new Story(asked => (story.server.asked.length > 4 ? tooOften : whole(asked)), 10);
  await story.log.open();
  story.feed.print('far away\n', 100);
  await settle();
  expect([story.server.asked.length, story.log.problem]).toEqual([2, '']);
  story.feed.print('further\n', 200);
  await settle();
  expect([story.server.asked.length, story.log.problem]).toEqual([3, '']);
});

it('fetches what it has missed between what it has and what comes', async () => {
  const story = Story.of(lines(10));
  story.feed.summary = run(1, { log_bytes: 0 });
  await story.log.open();
  const longer = lines(14);
  story.server.answers(logAnswer(longer));
  story.feed.print('000000013\n', 130);
  await settle();
  expect(story.text).toHaveLength(14);
  expect(story.isWhole).toBe(true);
});

it('draws at most 20 times a second, however much is printed', async () => {
  const story = Story.of(lines(0));
  await story.log.open();
  const before = story.changes;
  for (let n = 0; n < 1000; n++) {
    story.feed.print('x\n', n * 2);
  }
  expect(story.changes).toBe(before);
  await until(() => story.changes > before);
  expect(story.changes).toBe(before + 1);
  expect(story.text).toHaveLength(1000);
});

it('holds a bounded part, however long somebody follows', async () => {
  const story = Story.of(lines(0));
  await story.log.open();
  const chunk = lines(6000);
  for (let n = 0; n < 40; n++) {
    story.feed.logReceived.emit({ runId: story.feed.runId, offset: n * chunk.length, bytes: chunk });
  }
  const { start, end, size } = story.log.window;
  expect([end, size]).toEqual([40 * chunk.length, 40 * chunk.length]);
  expect(end - start).toBeLessThanOrEqual(524_288);
});

it('goes on behind a hole that a flood has torn', async () => {
  const story = Story.of(lines(2));
  await story.log.open();
  story.feed.logSkipped.emit({ start: 20, end: 5_000_000 });
  story.feed.print('after the flood\n', 5_000_000);
  expect(story.text).toEqual(['after the flood']);
  expect(story.log.window).toMatchObject({ start: 5_000_000, end: 5_000_016 });
});

it('shows the part around a byte, and follows no longer', async () => {
  const story = Story.of(MEGABYTE);
  await story.log.open();
  await story.log.goTo(500_000);
  expect(story.log.follows).toBe(false);
  expect(story.log.takeTarget()).toBe(500_000);
  expect(story.log.takeTarget()).toBeNull();
  const { start, end } = story.log.window;
  expect([start < 500_000, end > 500_000]).toEqual([true, true]);
  expect(story.isWhole).toBe(true);
});

it('does not read again what it holds', async () => {
  const story = Story.of(lines(100));
  await story.log.open();
  const asked = story.server.asked.length;
  await story.log.goTo(500);
  expect(story.server.asked).toHaveLength(asked);
});

it('reads on above and below without gap or repeat, and lets go of the far end', async () => {
  const story = Story.of(MEGABYTE);
  await story.log.open();
  await story.log.goTo(500_000);
  for (let n = 0; n < 8; n++) {
    await story.log.readAbove();
  }
  expect(story.isWhole).toBe(true);
  expect(story.log.window.start).toBeLessThan(10);
  expect(story.log.window.end - story.log.window.start).toBeLessThanOrEqual(524_288);
  for (let n = 0; n < 20; n++) {
    await story.log.readBelow();
  }
  expect(story.isWhole).toBe(true);
  expect(story.log.window.end).toBe(MEGABYTE.length);
  expect(story.log.window.end - story.log.window.start).toBeLessThanOrEqual(524_288);
});

it('reads nothing above the first byte and nothing below the last', async () => {
  const story = Story.of(lines(10));
  await story.log.open();
  const asked = story.server.asked.length;
  await story.log.readAbove();
  await story.log.readBelow();
  expect(story.server.asked).toHaveLength(asked);
});

it('tells how much the cap has freed, where it was', async () => {
  const story = Story.of(lines(30), [100, 200]);
  await story.log.open();
  expect(story.text).toEqual([
    ...Array.from({ length: 10 }, (_, n) => String(n).padStart(9, '0')),
    'gap 100-200',
    ...Array.from({ length: 10 }, (_, n) => String(n + 20).padStart(9, '0'))
  ]);
});

it('tells so where reading begins within what was freed', async () => {
  const story = Story.of(MEGABYTE, [100_000, 900_000]);
  await story.log.open();
  await story.log.goTo(500_000);
  expect(story.text[0]).toBe('gap 100000-900000');
  expect(story.log.window.start).toBe(100_000);
});

it('lets a reader who has scrolled up keep his rows', async () => {
  const story = Story.of(MEGABYTE);
  await story.log.open();
  await story.log.goTo(0);
  const { start, end } = story.log.window;
  story.feed.print('new\n', MEGABYTE.length);
  expect(story.log.window).toMatchObject({ start, end, size: MEGABYTE.length + 4 });
});

it('comes back to the end when it is told to follow', async () => {
  const story = Story.of(MEGABYTE);
  await story.log.open();
  await story.log.goTo(0);
  story.log.follow(true);
  await settle();
  expect(story.log.window.end).toBe(MEGABYTE.length);
  expect(story.isWhole).toBe(true);
});

it('says why it cannot read, and is well again after the next answer', async () => {
  const story = new Story(() => new Refusal(503, { message: 'The disk does not answer.' }), 10);
  await story.log.open();
  expect([story.log.problem, story.log.isLoading]).toEqual(['The disk does not answer.', false]);
  story.server.answers(logAnswer(lines(1)));
  await story.log.goTo(0);
  expect(story.log.problem).toBe('');
});

it('reads the end once the server is there again, which says how the run stands', async () => {
  const story = new Story(() => new Refusal(503, { message: 'The disk does not answer.' }), 10);
  await story.log.open();
  story.server.answers(logAnswer(lines(1)));
  story.feed.tell(run(1, { log_bytes: 10 }));
  await settle();
  expect([story.log.problem, story.text]).toEqual(['', ['000000000']]);
  const asked = story.server.asked.length;
  story.feed.tell(run(1, { log_bytes: 10 }));
  await settle();
  expect(story.server.asked).toHaveLength(asked);
});

it('takes no answer that comes after it was disposed', async () => {
  const story = Story.of(lines(10));
  const opened = story.log.open();
  story.log.dispose();
  await opened;
  expect([story.text, story.changes, story.log.isDisposed]).toEqual([[], 0, true]);
  story.feed.print('x\n', 100);
  expect(story.text).toEqual([]);
});
