/** A log full of bars of several lines: whatever part of it is read, in whatever order, is what a terminal would show. */

import { RunLogModel } from '../../../src/model/runViewLog';
import { FakeFeed, FakeServer, run, settle } from '../fakes';
import { logAnswer, rowText } from '../runStories';

const SCREEN_LINES = 64;

/** The same numbers each time. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return below => Math.floor(((state = (state * 16_807) % 2_147_483_647) / 2_147_483_647) * below);
}

const bars = {
  /** As tqdm draws a bar with `position=1`. */
  nested: (n: number) => `\r${'#'.repeat(n % 40)} epoch ${n}\n\r${'#'.repeat(n % 30)} batch ${n} \x1b[A`,
  /** As rich draws three. */
  live: (n: number) => `\r\x1b[2K\x1b[1A\x1b[2K\x1b[1A\x1b[2Kone ${n}\ntwo ${n}\n${'='.repeat(n % 9)} three`
};

/** About `size` bytes: lines, bars of one and of several lines, all begun in a fresh line. */
function barredLog(seed: number, size: number): Uint8Array {
  const random = numbers(seed);
  const parts: string[] = [];
  for (let length = 0, part = 0; length < size; part++) {
    const many = random(4) ? random(60) : random(1500);
    const draw = (bar: (n: number) => string) => Array.from({ length: many }, (_, n) => bar(n)).join('');
    const text = [
      () => Array.from({ length: many }, (_, n) => `line ${part}.${n}\n`).join(''),
      () => draw(n => `\r${'.'.repeat(n % 50)} ${n}`) + '\n',
      () => draw(bars.nested) + '\n\n',
      () => '\n\n' + draw(bars.live) + '\n'
    ][random(4)]!();
    parts.push(text);
    length += text.length;
  }
  return new TextEncoder().encode(parts.join(''));
}

/** What a screen of 65 lines has shown once it was told all of a log: where each line began, and its text. */
function screenOf(log: Uint8Array): (readonly [number, string])[] {
  const lines: { start: number; cells: string[] }[] = [{ start: 0, cells: [] }];
  let [row, column] = [0, 0];
  const text = new TextDecoder('latin1').decode(log).replace(/\x1b(\[\d*)?$/, ''); // Goes on in the next byte.
  for (const { 0: token, index } of text.matchAll(/\x1b\[(\d*)[AK]|[\s\S]/g)) {
    const cells = lines[row]!.cells;
    if (token === '\n') {
      [row, column] = [row + 1, 0];
      if (row === lines.length) {
        lines.push({ start: index + 1, cells: [] });
      }
    } else if (token === '\r') {
      column = 0;
    } else if (token.endsWith('K') && token.length > 1) {
      cells.length = 0;
    } else if (token.endsWith('A') && token.length > 1) {
      row = Math.max(0, lines.length - 1 - SCREEN_LINES, row - (parseInt(token.slice(2), 10) || 1));
    } else {
      while (cells.length < column) {
        cells.push(' ');
      }
      cells[column++] = token;
    }
  }
  return lines.map(({ start, cells }) => [start, cells.join('')] as const);
}

class Reader {
  readonly feed = new FakeFeed(run().run_id);
  readonly server: FakeServer;
  readonly log: RunLogModel;

  /** Somebody who opens a log of which `printed` bytes are there. */
  constructor(
    readonly all: Uint8Array,
    public printed = all.length
  ) {
    this.server = new FakeServer(asked => logAnswer(all.slice(0, this.printed))(asked));
    this.feed.summary = run(1, { status: 'RUNNING', log_bytes: printed });
    this.log = new RunLogModel(this.feed, this.server.api);
  }

  /** The run prints on, and the stream tells it. */
  print(count: number): void {
    const offset = this.printed;
    this.printed = Math.min(this.all.length, offset + count);
    const bytes = this.all.slice(offset, this.printed);
    this.feed.logReceived.emit({ runId: this.feed.runId, offset, bytes });
  }

  get shown(): (readonly [number, string])[] {
    return this.log.rows.map(row => [row.start, rowText(row)] as const);
  }

  /** What a terminal would show of the part that is held. */
  get expected(): (readonly [number, string])[] {
    const { start, end } = this.log.window;
    return screenOf(this.all.slice(0, end)).filter(([from]) => from >= start && from < end);
  }
}

it.each([1, 2, 3])('is what a terminal shows, wherever somebody wanders (%s)', async seed => {
  const reader = new Reader(barredLog(seed * 7919, 900_000));
  const random = numbers(seed * 104_729);
  await reader.log.open();
  expect(reader.shown).toEqual(reader.expected);
  for (let step = 0; step < 12; step++) {
    const way = random(3);
    if (way === 0) {
      await reader.log.goTo(random(reader.all.length));
    } else if (way === 1) {
      await reader.log.readAbove();
    } else {
      await reader.log.readBelow();
      await settle();
    }
    expect(reader.shown).toEqual(reader.expected);
    expect(reader.log.rows.length).toBeGreaterThan(0);
  }
});

it.each([5, 6])('is what a terminal shows while the run prints on, read from any byte (%s)', async seed => {
  const all = barredLog(seed * 7919, 400_000);
  const random = numbers(seed * 104_729);
  const reader = new Reader(all, random(all.length / 2));
  await reader.log.open();
  while (reader.printed < all.length) {
    reader.print(1 + random(40_000));
    if (random(4) === 0) {
      await reader.log.readAbove();
    }
    await settle();
    expect(reader.log.window.end).toBe(reader.printed);
    expect(reader.shown).toEqual(reader.expected);
  }
});

it('shows bars that have run for an hour as their lines, and what stands before them', async () => {
  const text = 'before\n' + Array.from({ length: 60_000 }, (_, n) => bars.nested(n)).join('') + '\n\nafter\n';
  const reader = new Reader(new TextEncoder().encode(text));
  expect(reader.all.length).toBeGreaterThan(3_500_000);
  await reader.log.open();
  expect(reader.shown.map(([, line]) => line).slice(-3)).toEqual([
    expect.stringMatching(/epoch 59999$/),
    expect.stringMatching(/batch 59999 $/),
    'after'
  ]);
  await reader.log.fill();
  expect(reader.shown.map(([, line]) => line).slice(-4, -3)).toEqual(['before']);
});

it('reads a bounded part of bars without an end, and shows how they stood there', async () => {
  const text = Array.from({ length: 150_000 }, (_, n) => bars.nested(n)).join('') + '\n\nafter\n';
  const reader = new Reader(new TextEncoder().encode(text));
  await reader.log.open();
  await reader.log.fill();
  expect(reader.shown.map(([, line]) => line).slice(-3)).toEqual([
    expect.stringMatching(/epoch 149999$/),
    expect.stringMatching(/batch 149999 $/),
    'after'
  ]);
  expect(reader.shown.length).toBeLessThan(6);
  const asked = reader.server.asked.map(({ query }) => Number(query.get('end')) - Number(query.get('start')));
  expect(Math.max(...asked)).toBeLessThanOrEqual(262_144);
  expect(asked.length).toBeLessThan(40);
});
