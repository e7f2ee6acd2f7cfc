import { RowReader, gapRow, rowAt } from '../../../src/model/runViewRows';
import { rowText } from '../runStories';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Read parts of a log; return each row as start, end and text, the unfinished one last. */
function read(parts: readonly string[], start = 0): (readonly [number, number, string])[] {
  const reader = new RowReader(start);
  const rows = parts.flatMap(part => reader.read(bytes(part)));
  const { pending } = reader;
  return [...rows, ...(pending ? [pending] : [])].map(row => [row.start, row.end, rowText(row)] as const);
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
  expect([...rows, reader.pending!].map(rowText)).toEqual(['äß', 'ü']);
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
  const [first, second] = reader.read(bytes('\x1b[31mred\nstill\x1b[0m\n'));
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

it('ends a begun row where what follows was freed', () => {
  const reader = new RowReader(0);
  reader.read(bytes('half'));
  expect(reader.flush().map(row => [row.start, row.end, rowText(row)])).toEqual([[0, 4, 'half']]);
  expect(reader.flush()).toEqual([]);
  expect(reader.pending).toBeNull();
});

it('says what a gap is', () => {
  expect(gapRow(5, 9)).toEqual({ kind: 'gap', start: 5, end: 9, line: [] });
});

it('finds the row that holds a byte', () => {
  const rows = new RowReader(0).read(bytes('aa\nbb\ncc\n'));
  expect([0, 2, 3, 5, 6, 8, 99].map(offset => rowAt(rows, offset))).toEqual([0, 0, 1, 1, 2, 2, 2]);
  expect(rowAt([], 5)).toBe(0);
});
