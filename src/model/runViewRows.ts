/**
 * Rows of a log with the bytes that they come from, so that any part of it can be shown without the rest.
 *
 * A row is a line of the screen that a terminal would have: it begins where its first byte stands, and has what was
 * written there since, also by bars of several lines that go up and write over it. A line that grows wider than anybody
 * reads is broken, so that one of 500 MB is many rows and memory stays bounded; text that is taken back does not count.
 */

import { Line, TerminalText } from './terminalText';

const LF = 10;
const CR = 13;
const WIDEST_BYTES = 4096;
/** A character takes four bytes at most: a line of this many columns may be as wide as it is in bytes. */
const WIDE_COLUMNS = WIDEST_BYTES / 4;
/** How far up a cursor may go: further than any bars are high. */
export const SCREEN_LINES = 64;

/** A row: text, or bytes that were freed because the log had grown over its cap. */
export interface IRow {
  readonly kind: 'text' | 'gap';
  readonly start: number;
  readonly end: number;
  readonly line: Line;
  /** Whether its bytes write into rows above it: those cannot be read without these. */
  readonly isTied: boolean;
}

/** Return the row that stands for freed bytes. */
export function gapRow(start: number, end: number): IRow {
  return { kind: 'gap', start, end, line: [], isTied: false };
}

/** Return how much of the room for rows one takes: bars that were drawn a million times are no longer than their text. */
export function rowWeight(row: IRow): number {
  return Math.min(row.end - row.start, WIDEST_BYTES);
}

interface IBegun {
  readonly start: number;
  isTied: boolean;
}

/**
 * What stands before a reader's first byte: nothing that is there, whole rows that it has not read, or a place in the
 * middle of anything.
 */
export type Before = 'nothing' | 'rows' | 'anything';

/**
 * Reads bytes that follow each other, and knows the rows that they have begun.
 *
 * In the middle of a log nobody knows how far up the cursor is. Such a reader says nothing until the cursor has gone down
 * by more than a screen, and begins a row: there it is known to be at the very end.
 */
export class RowReader {
  /** The first byte to come is number `_next` of the log. */
  constructor(
    private _next: number,
    before: Before = 'nothing'
  ) {
    this._begun = [{ start: _next, isTied: false }];
    this._since = before === 'anything' ? Infinity : _next;
    this._hasAbove = before !== 'nothing';
    this._unsure = before === 'anything' ? SCREEN_LINES + 1 : 0;
  }

  /** Number of the byte that comes next. */
  get next(): number {
    return this._next;
  }

  /** Byte from which on the rows are what a reader of the whole log has; infinite while none is known to be. */
  get since(): number {
    return this._since;
  }

  /** The rows that have begun and may still change; none that has no byte yet. */
  get rows(): readonly IRow[] {
    return (this._rows ??= this._since === Infinity ? [] : this._screen());
  }

  /** Take bytes; return the rows that they have ended. */
  read(bytes: Uint8Array): IRow[] {
    this._rows = null;
    let from = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      this._width = byte === CR ? 0 : this._width + 1;
      if (byte === LF) {
        this._take(bytes.subarray(from, i + 1));
        from = i + 1;
        this._width = 0;
      } else if (this._width > WIDEST_BYTES && !isContinuation(byte)) {
        this._take(bytes.subarray(from, i));
        from = i;
        this._breakWide();
      }
    }
    this._take(bytes.subarray(from));
    return this._ended.splice(0);
  }

  /** End the rows that have begun, because what follows them is not there. */
  flush(): IRow[] {
    const rows = [...this.rows];
    this._begin();
    return rows;
  }

  /** Feed the terminal with the log's next bytes, and note which rows these begin and which they write into. */
  private _take(bytes: Uint8Array, length = bytes.length): void {
    const { begun } = this._terminal;
    const first = begun - this._begun.length;
    this._terminal.write(bytes);
    this._next += length;
    // The cursor has come down from there: what it wrote on the way belongs to rows that began later.
    this._begun.slice(this._terminal.highest + 1 - first).forEach(row => (row.isTied = true));
    for (let count = begun; count < this._terminal.begun; count++) {
      this._begun.push({ start: this._next, isTied: false });
    }
    this._settle();
    this._findPlace();
  }

  private _settle(): void {
    for (const line of this._settled.splice(0)) {
      const row = this._begun.shift();
      if (row && this._since !== Infinity) {
        this._ended.push({ kind: 'text', ...row, end: this._begun[0]?.start ?? this._next, line });
      }
    }
  }

  /** Learn where the cursor stands, or that nobody knows because it has left what is known. */
  private _findPlace(): void {
    const { depth, wasCutOff } = this._terminal;
    if (this._hasAbove && wasCutOff) {
      this._since = Infinity;
      this._ended.length = 0;
    }
    if (depth > this._deepest) {
      this._deepest = depth;
      if (this._since === Infinity && depth > this._unsure) {
        this._begin();
      }
    }
  }

  /** Begin a first row here. */
  private _begin(): void {
    this._terminal.forget();
    this._begun = [{ start: this._next, isTied: false }];
    this._since = this._next;
    this._unsure = 0;
    this._rows = null;
    this._width = 0;
  }

  /** Break the line where it stands, if it is as wide as it is long. */
  private _breakWide(): void {
    if (this._terminal.column < WIDE_COLUMNS) {
      this._width = this._terminal.column;
    } else {
      this._take(Uint8Array.of(LF), 0);
      this._width = 1;
    }
  }

  private _screen(): readonly IRow[] {
    const lines = this._terminal.screen;
    const ends = [...this._begun.slice(1).map(row => row.start), this._next];
    const rows = this._begun.map((row, index): IRow => ({
      kind: 'text',
      ...row,
      end: ends[index] ?? this._next,
      line: lines[index] ?? []
    }));
    return rows[rows.length - 1]?.start === this._next ? rows.slice(0, -1) : rows;
  }

  private readonly _settled: Line[] = [];
  private readonly _terminal = new TerminalText(SCREEN_LINES, WIDEST_BYTES, line => this._settled.push(line));
  /** Rows of the terminal's lines, in their order. */
  private _begun: IBegun[];
  private readonly _ended: IRow[] = [];
  private _rows: readonly IRow[] | null = null;
  private _since: number;
  private readonly _hasAbove: boolean;
  private _deepest = 0;
  /** How many lines under the first byte's there may be already. */
  private _unsure: number;
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
