import { hitAt, textAround } from '../../../src/model/runViewHit';
import { RowReader } from '../../../src/model/runViewRows';
import { rowText } from '../runStories';

const ENCODER = new TextEncoder();

/** What is seen of the n-th place where a text was printed: its row, and whether it is there. */
function seen(log: string, wanted: string, nth = 0): readonly [string, boolean] | null {
  const reader = new RowReader(0);
  const rows = [...reader.read(ENCODER.encode(log)), ...reader.rows];
  const place = log
    .split(wanted)
    .slice(0, nth + 1)
    .join(wanted).length;
  const hit = hitAt(rows, ENCODER.encode(log.slice(0, place)).length, wanted);
  return hit && [rowText(hit.row), hit.isSeen];
}

function around(log: string, wanted: string): string {
  return textAround(ENCODER.encode(log), ENCODER.encode(log.slice(0, log.indexOf(wanted))).length);
}

it.each([
  ['a line as it was printed', 'one\ntwo\n', 'two', 0, ['two', true]],
  ['letter case aside', 'Loss\n', 'Loss', 0, ['Loss', true]],
  ['colours in the middle of it', 'lo\x1b[31mss\n', 'lo', 0, ['loss', true]],
  ['overwritten by a carriage return', '1%\r2%\n', '1%', 0, ['2%', false]],
  ['what sticks out behind the overwriting', 'a warning\rb\n', 'warning', 0, ['b warning', true]],
  ['printed again in its line', '1%\r2%\r1%\n', '1%', 0, ['1%', true]],
  ['erased', 'note\r\x1b[K\n', 'note', 0, ['', false]],
  [
    'a bar that another line has moved up to',
    'one 1\ntwo 1\n\x1b[2Aone 2\ntwo 2\n',
    'one 2',
    0,
    ['one 2', true]
  ],
  ['a bar before that', 'one 1\ntwo 1\n\x1b[2Aone 2\ntwo 2\n', 'one 1', 0, ['one 2', false]],
  ['cut between the rows of a line that is very wide', `${'x'.repeat(4093)}needle\n`, 'needle', 0, null]
] as const)('tells what is seen of %s', (_, log, wanted, nth, expected) => {
  const told = seen(log, wanted, nth);
  expect(expected === null ? told?.[1] : told).toEqual(expected ?? true);
});

it('knows nothing of a place that is not among the rows', () => {
  const reader = new RowReader(100);
  const rows = reader.read(ENCODER.encode('text\n'));
  expect([hitAt(rows, 99, 'text'), hitAt(rows, 105, 'text'), hitAt([], 0, 'text')]).toEqual([
    null,
    null,
    null
  ]);
});

it.each([
  ['up to the line feeds', 'one\ntwo three\nfour', 'three', 'two three'],
  ['up to the carriage returns', 'a 1%\r a 2% b\ra 3%', '2%', ' a 2% b'],
  ['without its colours', '\x1b[1;31mred\x1b[0m and \x1b[32mgreen\x1b[0m', 'and', 'red and green'],
  ['up to moves of the cursor, and what is erased', '\x1b[2Kbar 1\x1b[2Abar 2', 'bar 1', 'bar 1'],
  ['with a space for a tab', 'a\tb', 'b', 'a b'],
  ['without what is only begun', 'text\x1b[3', 'text', 'text'],
  [
    'cut where it is long',
    `${'é'.repeat(100)}needle${'y'.repeat(200)}`,
    'needle',
    `…${'é'.repeat(80)}needle${'y'.repeat(154)}…`
  ]
])('tells a text as it was printed: %s', (_, log, wanted, expected) => {
  expect(around(log, wanted)).toBe(expected);
});
