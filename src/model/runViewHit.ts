/**
 * What is seen of a place in the log that somebody looked for.
 *
 * The search finds what a run has printed. Bars write over that, so the row may say something else by now: then the text
 * is told as it was printed.
 */

import { SCREEN_LINES, IRow, rowAt } from './runViewRows';
import { plainLines } from './terminalText';

const MOST_BEFORE = 80;
const MOST_BEHIND = 160;

/** The row that a found text stands in, or stood in. */
export interface IHit {
  readonly row: IRow;
  readonly isSeen: boolean;
}

/** Return the row of the text that was printed at a byte; null when it is not among these rows. */
export function hitAt(rows: readonly IRow[], offset: number, wanted: string): IHit | null {
  const last = rowAt(rows, offset);
  const row = rows[last];
  if (!row || offset < row.start || offset >= row.end) {
    return null;
  }
  const needle = wanted.toLowerCase();
  // A tied row's bytes may stand in the rows above.
  const first = row.isTied ? Math.max(0, last - SCREEN_LINES) : last;
  for (let index = last; index >= first; index--) {
    const candidate = rows[index];
    if (candidate && shown(candidate).includes(needle)) {
      return { row: candidate, isSeen: true };
    }
  }
  return { row, isSeen: isCut(shown(row), shown(rows[last + 1]), needle) };
}

/** Return the text that was printed around a place in bytes, as far as nothing moved the cursor, and cut when it is long. */
export function textAround(bytes: Uint8Array, place: number): string {
  const [before = ''] = plainLines(decoded(bytes.subarray(0, place))).slice(-1);
  const [behind = ''] = plainLines(decoded(bytes.subarray(place)));
  const start = before.length > MOST_BEFORE ? `…${before.slice(-MOST_BEFORE)}` : before;
  return start + (behind.length > MOST_BEHIND ? `${behind.slice(0, MOST_BEHIND)}…` : behind);
}

function shown(row: IRow | undefined): string {
  const text = row?.line.map(span => span.text).join('') ?? '';
  return text.toLowerCase();
}

/** Whether a text begins in one row and ends in the next: a very wide line is cut anywhere. */
function isCut(row: string, next: string, needle: string): boolean {
  const most = needle.length - 1;
  return most > 0 && (row.slice(-most) + next.slice(0, most)).includes(needle);
}

function decoded(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
