/** A reader who wanders through a log of 1 GB: whatever way is taken, what is seen is what is there. */

import { RunLogModel } from '../../../src/model/runViewLog';
import { ROW_PX, layOut, wishAt } from '../../../src/model/runViewWindow';
import { FakeFeed, FakeServer, IAsked, run } from '../fakes';
import { rowText } from '../runStories';

const GIGABYTE = 1_000_000_000;
const LINE_BYTES = 50;
const VIEW_PX = 600;

/** Bytes of a log whose every line says its own number: none of it exists before it is asked for. */
function bytesOf(start: number, end: number): Uint8Array {
  const first = Math.floor(start / LINE_BYTES);
  const last = Math.ceil(end / LINE_BYTES);
  const text = Array.from(
    { length: last - first },
    (_, n) => `${String(first + n).padStart(LINE_BYTES - 1, ' ')}\n`
  ).join('');
  return new TextEncoder().encode(text).slice(start - first * LINE_BYTES, end - first * LINE_BYTES);
}

class Reader {
  readonly server = new FakeServer(asked => this._answer(asked));
  readonly feed = new FakeFeed(run().run_id);
  readonly log: RunLogModel;
  size = GIGABYTE;
  mostAsked = 0;

  constructor() {
    this.feed.summary = run(1, { status: 'RUNNING', log_bytes: GIGABYTE });
    this.log = new RunLogModel(this.feed, this.server.api);
  }

  /** Scroll to a place of the bar, from 0 to 1, and read what is missing there. */
  async dragTo(place: number): Promise<void> {
    const { total } = layOut(this.log.window);
    await this.read(Math.max(0, place * total - VIEW_PX));
  }

  /** Read what a view at `top` misses. */
  async read(top: number): Promise<void> {
    const wish = wishAt(this.log.window, top, VIEW_PX);
    if (wish.kind === 'jump') {
      await this.log.goTo(wish.offset);
    } else if (wish.kind === 'above') {
      await this.log.readAbove();
    } else if (wish.kind === 'below') {
      await this.log.readBelow();
    }
  }

  /** Say what is wrong with the rows that are held; nothing when nothing is. */
  get faults(): readonly string[] {
    const { rows, window } = this.log;
    const whole = rows.filter(row => row.end - row.start === LINE_BYTES); // The last one may go on.
    const wrong = whole.filter(row => Number(rowText(row)) !== row.start / LINE_BYTES);
    const torn = rows.filter((row, index) => index > 0 && row.start !== rows[index - 1]?.end);
    const outside = window.end - window.start > 600_000 ? ['too much is held'] : [];
    return [
      ...wrong.map(row => `${rowText(row)} at ${row.start}`),
      ...torn.map(row => `a hole before ${row.start}`),
      ...(whole.length < rows.length - 1 ? ['more than the last row is broken'] : []),
      ...outside
    ];
  }

  private _answer({ query }: IAsked): Response {
    const start = Number(query.get('start'));
    const end = Math.min(Number(query.get('end')), this.size);
    this.mostAsked = Math.max(this.mostAsked, end - start);
    return new Response(bytesOf(start, Math.max(start, end)), {
      headers: { 'X-Log-Size': String(this.size) }
    });
  }
}

/** The same numbers each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

it('opens at its end within two small requests', async () => {
  const reader = new Reader();
  await reader.log.open();
  expect(reader.server.asked.length).toBeLessThanOrEqual(2);
  expect(reader.mostAsked).toBeLessThan(200_000);
  expect(rowText(reader.log.rows.at(-1)!).trim()).toBe(String(GIGABYTE / LINE_BYTES - 1));
});

it.each([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])('shows what stands at %s of it', async place => {
  const reader = new Reader();
  await reader.log.open();
  await reader.dragTo(place);
  const { start, end } = reader.log.window;
  expect(reader.faults).toEqual([]);
  // Half a percent: rows that are held are as high as they are, all others as their bytes say.
  expect(start / GIGABYTE).toBeLessThan(place + 0.005);
  expect(end / GIGABYTE).toBeGreaterThan(place - 0.005);
});

it.each([1, 2, 3])('is whole wherever somebody wanders (%s)', async seed => {
  const reader = new Reader();
  const random = numbers(seed * 7919);
  await reader.log.open();
  for (let step = 0; step < 20; step++) {
    const layout = layOut(reader.log.window);
    if (random() < 0.3) {
      await reader.dragTo(random());
    } else {
      // Within what is held, at either edge: where more is read above or below.
      await reader.read(random() < 0.5 ? layout.top : layout.top + layout.height - VIEW_PX);
    }
    expect(reader.faults).toEqual([]);
  }
  expect(reader.mostAsked).toBeLessThan(200_000);
});

it('is whole while the run prints on, whether somebody follows or not', async () => {
  const reader = new Reader();
  const random = numbers(11);
  await reader.log.open();
  for (let step = 0; step < 40; step++) {
    const count = Math.floor(random() * 200) * LINE_BYTES;
    const from = reader.size;
    reader.size += count;
    reader.feed.logReceived.emit({
      runId: reader.feed.runId,
      offset: from,
      bytes: bytesOf(from, reader.size)
    });
    if (random() < 0.2) {
      await reader.dragTo(random());
    } else if (random() < 0.3) {
      reader.log.follow(true);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    expect(reader.faults).toEqual([]);
  }
  reader.log.follow(true);
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(reader.log.window.end).toBe(reader.size);
  expect(reader.faults).toEqual([]);
  reader.log.dispose();
});

it('keeps the place of a row when rows are read above it', async () => {
  const reader = new Reader();
  await reader.log.open();
  await reader.dragTo(0.5);
  const row = reader.log.rows[10]!;
  const before = layOut(reader.log.window).top + 10 * ROW_PX;
  await reader.log.readAbove();
  const index = reader.log.rows.findIndex(each => each.start === row.start);
  expect(rowText(reader.log.rows[index]!)).toBe(rowText(row));
  expect(Math.abs(layOut(reader.log.window).top + index * ROW_PX - before)).toBeLessThan(100_000);
});
