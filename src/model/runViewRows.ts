/**
 * Rows of a log with the bytes that they come from, so that any part of it can be shown without the rest.
 *
 * A row ends with a line feed. One that grows wider than anybody reads is broken, so that a line of 500 MB is many rows
 * and memory stays bounded; text that a carriage return takes back does not count.
 */

import { Line, TerminalText } from './terminalText';

const LF = 10;
const CR = 13;
const WIDEST_BYTES = 4096;
/** The terminal keeps the line that has just ended and the one before: it cannot keep fewer. */
const KEPT_LINES = 2;

/** A row: text, or bytes that were freed because the log had grown over its cap. */
export interface IRow {
  readonly kind: 'text' | 'gap';
  readonly start: number;
  readonly end: number;
  readonly line: Line;
}

/** Return the row that stands for freed bytes. */
export function gapRow(start: number, end: number): IRow {
  return { kind: 'gap', start, end, line: [] };
}

/** Reads bytes that follow each other, and knows the row that they have begun. */
export class RowReader {
  /** The first byte to come is number `_next` of the log. */
  constructor(private _next: number) {
    this._rowStart = _next;
  }

  /** Number of the byte that comes next. */
  get next(): number {
    return this._next;
  }

  /** The row that has begun and not ended; null between two rows. */
  get pending(): IRow | null {
    return this._next > this._rowStart ? this._row(this._next) : null;
  }

  /** Take bytes; return the rows that they complete. */
  read(bytes: Uint8Array): IRow[] {
    const rows: IRow[] = [];
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      this._width = byte === CR ? 0 : this._width + 1;
      if (byte === LF) {
        rows.push(this._end(bytes.subarray(from, i + 1)));
        from = i + 1;
      } else if (this._width > WIDEST_BYTES && !isContinuation(byte)) {
        this._terminal.write(bytes.subarray(from, i));
        this._next += i - from;
        rows.push(this._end(null));
        from = i;
        this._width = 1;
      }
    }
    this._terminal.write(bytes.subarray(from));
    this._next += bytes.length - from;
    return rows;
  }

  /** End the row that has begun, because what follows it is not there. */
  flush(): IRow[] {
    return this.pending ? [this._end(null)] : [];
  }

  /** End a row with its last bytes, or break it where it stands. */
  private _end(bytes: Uint8Array | null): IRow {
    this._terminal.write(bytes ?? Uint8Array.of(LF));
    this._next += bytes?.length ?? 0;
    this._ended = Math.min(this._ended + 1, KEPT_LINES);
    const row: IRow = {
      kind: 'text',
      start: this._rowStart,
      end: this._next,
      line: this._terminal.lines[this._ended - 1] ?? []
    };
    this._rowStart = this._next;
    this._width = 0;
    return row;
  }

  private _row(end: number): IRow {
    return { kind: 'text', start: this._rowStart, end, line: this._terminal.lines[this._ended] ?? [] };
  }

  /** A row is a line of the log: the cursor stays in it. */
  private readonly _terminal = new TerminalText(KEPT_LINES, WIDEST_BYTES, false);
  private _ended = 0;
  private _rowStart: number;
  private _width = 0;
}

/** Return the index of the row that holds a byte, or the nearest one. */
export function rowAt(rows: readonly IRow[], offset: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((rows[middle]?.start ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
