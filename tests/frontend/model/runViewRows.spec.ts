import { RowReader, gapRow, rowAt, rowWeight } from '../../../src/model/runViewRows';
import { rowText } from '../runStories';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Read parts of a log; return each row as start, end and text, those that may still change last. */
function read(parts: readonly string[], start = 0): (readonly [number, number, string])[] {
  const reader = new RowReader(start);
  const rows = parts.flatMap(part => reader.read(bytes(part)));
  return [...rows, ...reader.rows].map(row => [row.start, row.end, rowText(row)] as const);
}

it('ends a row at each line feed, and knows its bytes', () => {
  expect(read(['one\ntwo\n\nfour'], 100)).toEqual([
    [100, 104, 'one'],
    [104, 108, 'two'],
    [108, 109, ''],
    [109, 113, 'four']
  ]);
});

it('puts a row together that comes in parts, even in the middle of a letter', () => {
  const all = bytes('äß\nü');
  const reader = new RowReader(0);
  const rows = [...all].flatMap(byte => reader.read(Uint8Array.of(byte)));
  expect([...rows, ...reader.rows].map(rowText)).toEqual(['äß', 'ü']);
  expect(reader.next).toBe(all.length);
});

it('shows what a terminal would: the last state of a progress bar', () => {
  expect(read(['1/3\r2/3\r3/3\ndone'])).toEqual([
    [0, 12, '3/3'],
    [12, 16, 'done']
  ]);
});

it('keeps a colour over the end of a row, as terminals do', () => {
  const reader = new RowReader(0);
  reader.read(bytes('\x1b[31mred\nstill\x1b[0m\n'));
  const [first, second] = reader.rows;
  expect(first!.line).toEqual([{ text: 'red', classes: 'ansi-red-fg' }]);
  expect(second!.line).toEqual([{ text: 'still', classes: 'ansi-red-fg' }]);
});

it('breaks a line that is wider than anybody reads, and loses no byte', () => {
  const rows = read(['x'.repeat(10_000), '\nnext']);
  expect(rows.map(([start, end]) => end - start)).toEqual([4096, 4096, 1809, 4]);
  expect(rows.map(row => row[2].length)).toEqual([4096, 4096, 1808, 4]);
  expect(rows[3]).toEqual([10_001, 10_005, 'next']);
});

it('breaks between letters, never within one', () => {
  const rows = read(['€'.repeat(3000) + '\n']);
  expect(rows.map(row => row[2]).join('')).toBe('€'.repeat(3000));
  expect(rows.every(row => !row[2].includes('\ufffd'))).toBe(true);
});

it('does not break a progress bar that has redrawn itself a thousand times', () => {
  const bar = Array.from({ length: 1000 }, (_, n) => `\r${String(n).padStart(40)}`).join('');
  expect(read([bar + '\n']).map(row => row[2].trim())).toEqual(['999']);
});

it('breaks a line by its width, not by how often bars have come back to its columns', () => {
  const bar = Array.from({ length: 1000 }, (_, n) => `\x1b[1G\x1b[2K${String(n).padStart(40)}`).join('');
  expect(read([bar + '\n']).map(row => row[2].trim())).toEqual(['999']);
});

describe('bars of several lines', () => {
  it('are those lines, from where each of them began to where the next one did', () => {
    expect(read(['before\nepoch 1\nbatch 1\x1b[A\repoch 2\n\rbatch 7\nafter'])).toEqual([
      [0, 7, 'before'],
      [7, 15, 'epoch 2'],
      [15, 43, 'batch 7'],
      [43, 48, 'after']
    ]);
  });

  it('are those lines wherever a chunk ends, and however often they were drawn', () => {
    const text = 'top\n' + Array.from({ length: 300 }, (_, n) => `\n\rbatch ${n}\x1b[A\repoch ${n}`).join('');
    const reader = new RowReader(0);
    const rows = [...bytes(text)].flatMap(byte => reader.read(Uint8Array.of(byte)));
    expect([...rows, ...reader.rows].map(rowText)).toEqual(['top', 'epoch 299', 'batch 299']);
  });

  it('tell which rows cannot be read without those above them', () => {
    const reader = new RowReader(0);
    reader.read(bytes('a\nb\nc\x1b[A\rB\n\nd\ne'));
    expect(reader.rows.map(row => [rowText(row), row.isTied])).toEqual([
      ['a', false],
      ['B', false],
      ['c', true],
      ['d', false],
      ['e', false]
    ]);
  });

  it('weigh no more than the text that stands there', () => {
    const reader = new RowReader(0);
    for (let n = 0; n < 1000; n++) {
      reader.read(bytes(`\rbatch ${n}\n\repoch ${n}\x1b[A`));
    }
    expect(reader.next).toBeGreaterThan(20_000);
    expect(reader.rows.map(rowWeight).reduce((sum, weight) => sum + weight)).toBeLessThan(5000);
  });
});

describe('a reader in the middle of a log', () => {
  const deep = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => `line ${from + n}\n`).join('');

  it('says nothing until the cursor has gone down by more than a screen', () => {
    const reader = new RowReader(1000, 'anything');
    expect(reader.read(bytes(deep(0, 50)))).toEqual([]);
    expect([reader.rows, reader.since]).toEqual([[], Infinity]);
    reader.read(bytes(deep(50, 50)));
    expect(rowText(reader.rows[0]!)).toMatch(/^line \d\d$/);
    expect(reader.rows[0]!.start).toBe(reader.since);
  });

  it('takes back what it has said when the cursor goes above what it has read', () => {
    const reader = new RowReader(0, 'rows');
    reader.read(bytes('batch 1'));
    expect(reader.rows.map(rowText)).toEqual(['batch 1']);
    reader.read(bytes('\x1b[A\repoch 1'));
    expect([reader.rows, reader.since]).toEqual([[], Infinity]);
    reader.read(bytes('\n\nafter'));
    expect(reader.rows.map(rowText)).toEqual(['after']);
  });

  it('has nothing above it where the log begins, as the first line of a screen', () => {
    const reader = new RowReader(0);
    reader.read(bytes('a\x1b[5A\rb'));
    expect([reader.rows.map(rowText), reader.since]).toEqual([['b'], 0]);
  });
});

it('ends a begun row where what follows was freed', () => {
  const reader = new RowReader(0);
  reader.read(bytes('half'));
  expect(reader.flush().map(row => [row.start, row.end, rowText(row)])).toEqual([[0, 4, 'half']]);
  expect(reader.flush()).toEqual([]);
  expect(reader.rows).toEqual([]);
});

it('says what a gap is', () => {
  expect(gapRow(5, 9)).toEqual({ kind: 'gap', start: 5, end: 9, line: [], isTied: false });
});

it('finds the row that holds a byte', () => {
  const reader = new RowReader(0);
  reader.read(bytes('aa\nbb\ncc\n'));
  const { rows } = reader;
  expect([0, 2, 3, 5, 6, 8, 99].map(offset => rowAt(rows, offset))).toEqual([0, 0, 1, 1, 2, 2, 2]);
  expect(rowAt([], 5)).toBe(0);
});
