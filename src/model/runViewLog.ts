/**
 * A run's log as somebody reads it: a window of rows somewhere in it, which follows the end or stays where the reader is.
 *
 * Parts are fetched by byte range, and what the run prints now comes over the tab's live connection. At most some
 * hundred kB are held, however long the log is.
 */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ILogChunk } from '../api/live';
import { RunApi } from '../api/runs';
import { IRunFeed } from '../tokens';
import { ILogPart, readOn, readPart } from './runViewParts';
import { IRow, RowReader, rowWeight } from './runViewRows';
import { IWindow } from './runViewWindow';

const PAGE_BYTES = 65_536;
const MOST_BYTES = 524_288;
const KEPT_BYTES = 393_216;
const DRAW_MS = 50;

/** See the module. */
export class RunLogModel implements IDisposable {
  /** Read nothing yet. */
  constructor(
    private readonly _feed: IRunFeed,
    private readonly _api: RunApi
  ) {
    _feed.logReceived.connect(this._onChunk, this);
    _feed.logSkipped.connect(this._onSkipped, this);
    _feed.summaryChanged.connect(this._onSummary, this);
  }

  /** Rows, or the log's length, have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The rows that are held; the last ones may go on. */
  get rows(): readonly IRow[] {
    const begun = this._reader.rows;
    return begun.length ? [...this._rows, ...begun] : this._rows;
  }

  /** Which part of the log they are. */
  get window(): IWindow {
    const rows = this._rows.length + this._reader.rows.length;
    return { start: this._start, end: this._end, rows, size: this._size };
  }

  /** Whether new rows are shown as they come. */
  get follows(): boolean {
    return this._follows;
  }

  /** Whether something is being fetched. */
  get isLoading(): boolean {
    return this._fetching !== null;
  }

  /** Why the log cannot be read; empty when it can. */
  get problem(): string {
    return this._problem;
  }

  /** Where the reader has asked to go, once: the view scrolls there. */
  takeTarget(): number | null {
    const target = this._target;
    this._target = null;
    return target;
  }

  /** Read the end, and go on with what comes. */
  async open(): Promise<void> {
    const size = this._feed.summary?.log_bytes ?? 0;
    await this._replace(Math.max(0, size - PAGE_BYTES), size + PAGE_BYTES);
    this._feed.streamLog(this._end);
  }

  /** Show new rows as they come, or stay. */
  follow(follows: boolean): void {
    if (follows !== this._follows) {
      this._follows = follows;
      this._catchUp();
      this._changed.emit();
    }
  }

  /** Show the part around a byte. */
  async goTo(offset: number, isTarget = true): Promise<void> {
    this._follows = false;
    if (offset < this._start || offset >= this._end) {
      await this._replace(Math.max(0, offset - PAGE_BYTES), offset + PAGE_BYTES);
    }
    this._target = isTarget ? offset : null;
    this._changed.emit();
  }

  /** Hold more before the first row. */
  async readAbove(): Promise<void> {
    if (this._start === 0 || this._fetching) {
      return;
    }
    const range = { start: Math.max(0, this._start - PAGE_BYTES), end: this._start };
    const part = await this._fetch(signal => readPart(this._source, { ...range, signal }, this._isWhole));
    if (part) {
      this._rows = [...part.rows, ...part.reader.flush(), ...this._rows];
      this._start = part.start;
      this._isWhole = part.isWhole;
      this._dropBelow();
      this._changed.emit();
      this._catchUp();
    }
  }

  /** Hold more before the first row, as long as no row at the end must be dropped for it. */
  async fill(): Promise<void> {
    if (this._isShort() && this._isWhole) {
      await this.readAbove();
    }
  }

  /** Hold more behind the last row. */
  async readBelow(): Promise<void> {
    if (this._end >= this._size || this._fetching) {
      return;
    }
    const reader = this._reader;
    const range = { start: this._end, end: this._end + PAGE_BYTES };
    const part = await this._fetch(signal => readOn(this._source, { ...range, signal }, reader));
    if (part) {
      this._reader = part.reader;
      this._append(part.rows);
      this._changed.emit();
      if (this._end > range.start) {
        this._catchUp(); // Where nothing has come, asking again at once would never end.
      }
    }
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop reading. The feed is its owner's. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._fetching?.abort();
      window.clearTimeout(this._timer);
      this._feed.logReceived.disconnect(this._onChunk, this);
      this._feed.logSkipped.disconnect(this._onSkipped, this);
      this._feed.summaryChanged.disconnect(this._onSummary, this);
      Signal.clearData(this);
    }
  }

  private async _replace(start: number, end: number): Promise<void> {
    this._abort();
    const part = await this._fetch(signal => readPart(this._source, { start, end, signal }));
    if (part) {
      this._rows = part.rows;
      this._start = part.start;
      this._reader = part.reader;
      this._isWhole = part.isWhole;
      this._changed.emit();
      this._catchUp();
    }
  }

  /** Read a part; null when it was given up or went wrong. */
  private async _fetch(read: (signal: AbortSignal) => Promise<ILogPart>): Promise<ILogPart | null> {
    const abort = new AbortController();
    this._fetching = abort;
    try {
      const part = await read(abort.signal);
      if (abort.signal.aborted || this._isDisposed) {
        return null;
      }
      this._size = Math.max(this._size, part.size);
      this._problem = '';
      return part;
    } catch (error) {
      if (!abort.signal.aborted && !this._isDisposed) {
        this._problem = error instanceof Error ? error.message : String(error);
        this._changed.emit();
      }
      return null;
    } finally {
      if (this._fetching === abort) {
        this._fetching = null;
      }
    }
  }

  private _abort(): void {
    this._fetching?.abort();
    this._fetching = null;
  }

  private _append(rows: readonly IRow[]): void {
    this._rows = [...this._rows, ...rows];
    if (this._weight > MOST_BYTES) {
      this._rows = this._rows.slice(cutBehind(this._rows, this._weight - KEPT_BYTES));
      this._start = this.rows[0]?.start ?? this._end;
    }
    if (this._reader.since === Infinity) {
      // The cursor has gone up to rows that this reader has not read: one that begins above them must.
      void this._replace(Math.max(this._start, this._end - MOST_BYTES), this._end);
    }
  }

  private _dropBelow(): void {
    if (this._weight > MOST_BYTES) {
      this._rows = this.rows.slice(0, cutBehind(this.rows, KEPT_BYTES));
      this._reader = new RowReader(this._rows[this._rows.length - 1]?.end ?? this._start, 'rows');
    }
  }

  private _onChunk(_: IRunFeed, chunk: ILogChunk): void {
    const end = chunk.offset + chunk.bytes.length;
    const known = this._end - chunk.offset;
    this._size = Math.max(this._size, end);
    const hasRoom = this._follows || this._isShort();
    if (!this._fetching && known >= 0 && end > this._end && hasRoom) {
      this._append(this._reader.read(chunk.bytes.subarray(known)));
    } else {
      this._catchUp();
    }
    this._drawSoon();
  }

  /** Whether rows can be held without dropping others. A reader who has scrolled up keeps his: then only such are. */
  private _isShort(): boolean {
    return this._weight < KEPT_BYTES;
  }

  private _onSkipped(_: IRunFeed, hole: { readonly start: number; readonly end: number }): void {
    this._size = Math.max(this._size, hole.end);
    if (this._follows) {
      this._abort();
      this._rows = [];
      this._start = hole.end;
      this._reader = new RowReader(hole.end);
      this._isWhole = true;
    }
    this._drawSoon();
  }

  /** Ask again for what could not be read: the server is there, and says so after every loss. */
  private _onSummary(): void {
    if (this._problem && !this._fetching) {
      void (this._follows ? this.open() : this.readBelow());
    }
  }

  /** Fetch what came while something else was being fetched, or go to the end when it is far. */
  private _catchUp(): void {
    const missing = this._size - this._end;
    if (!this._follows || this._fetching || missing <= 0) {
      return;
    }
    void (missing > MOST_BYTES ? this._replace(this._size - PAGE_BYTES, this._size) : this.readBelow());
  }

  private _drawSoon(): void {
    if (!this._timer) {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        this._changed.emit();
      }, DRAW_MS);
    }
  }

  private get _source() {
    return { api: this._api, runId: this._feed.runId };
  }

  /** The byte behind the last row. */
  private get _end(): number {
    return this._reader.next;
  }

  /** The room that the rows take. */
  private get _weight(): number {
    return this._rows.reduce((sum, row) => sum + rowWeight(row), 0);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _rows: readonly IRow[] = [];
  private _start = 0;
  private _reader = new RowReader(0);
  /** Whether the first rows are what they would be had everything above been read. */
  private _isWhole = true;
  private _size = 0;
  private _follows = true;
  private _target: number | null = null;
  private _fetching: AbortController | null = null;
  private _problem = '';
  private _isDisposed = false;
  private _timer = 0;
}

/** Return how many rows to part with behind `weight`, so that the others can be read without them. */
function cutBehind(rows: readonly IRow[], weight: number): number {
  let sum = 0;
  const last = rows.findIndex(row => (sum += rowWeight(row)) > weight);
  const free = rows.findIndex((row, index) => index > last && !row.isTied);
  return free < 0 ? last + 1 : free;
}
