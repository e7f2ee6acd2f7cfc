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
import { IRow, RowReader, gapRow } from './runViewRows';
import { IWindow } from './runViewWindow';

const PAGE_BYTES = 65_536;
const MOST_BYTES = 524_288;
const KEPT_BYTES = 393_216;
const DRAW_MS = 50;

interface IPart {
  readonly rows: IRow[];
  readonly start: number;
  readonly reader: RowReader;
  readonly size: number;
}

/** See the module. */
export class RunLogModel implements IDisposable {
  /** Read nothing yet. */
  constructor(
    private readonly _feed: IRunFeed,
    private readonly _api: RunApi
  ) {
    _feed.logReceived.connect(this._onChunk, this);
    _feed.logSkipped.connect(this._onSkipped, this);
  }

  /** Rows, or the log's length, have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The rows that are held; the last one may go on. */
  get rows(): readonly IRow[] {
    const pending = this._reader.pending;
    return pending ? [...this._rows, pending] : this._rows;
  }

  /** Which part of the log they are. */
  get window(): IWindow {
    const rows = this._rows.length + (this._reader.pending ? 1 : 0);
    return { start: this._start, end: this._reader.next, rows, size: this._size };
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
    this._feed.streamLog(this._reader.next);
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
    if (offset < this._start || offset >= this._reader.next) {
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
    const part = await this._fetch(Math.max(0, this._start - PAGE_BYTES), this._start);
    if (part) {
      this._rows = [...part.rows, ...part.reader.flush(), ...this._rows];
      this._start = part.start;
      this._dropBelow();
      this._changed.emit();
      this._catchUp();
    }
  }

  /** Hold more before the first row, as long as no row at the end must be dropped for it. */
  async fill(): Promise<void> {
    if (this._isShort()) {
      await this.readAbove();
    }
  }

  /** Hold more behind the last row. */
  async readBelow(): Promise<void> {
    if (this._reader.next >= this._size || this._fetching) {
      return;
    }
    const reader = this._reader;
    const part = await this._fetch(reader.next, reader.next + PAGE_BYTES, reader);
    if (part) {
      this._reader = part.reader;
      this._append(part.rows);
      this._changed.emit();
      this._catchUp();
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
      Signal.clearData(this);
    }
  }

  private async _replace(start: number, end: number): Promise<void> {
    this._fetching?.abort();
    this._fetching = null;
    const part = await this._fetch(start, end);
    if (part) {
      this._rows = part.rows;
      this._start = part.start;
      this._reader = part.reader;
      this._changed.emit();
      this._catchUp();
    }
  }

  /** Read rows of a range; null when it was given up or went wrong. */
  private async _fetch(start: number, end: number, reader?: RowReader): Promise<IPart | null> {
    const abort = new AbortController();
    this._fetching = abort;
    try {
      const part = await readPart(this._api, this._feed.runId, { start, end, reader, signal: abort.signal });
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

  private _append(rows: readonly IRow[]): void {
    this._rows = [...this._rows, ...rows];
    if (this._reader.next - this._start > MOST_BYTES) {
      const keepFrom = this._reader.next - KEPT_BYTES;
      this._rows = this._rows.filter(row => row.end > keepFrom);
      this._start = this._rows[0]?.start ?? this._reader.next;
    }
  }

  private _dropBelow(): void {
    if (this._reader.next - this._start > MOST_BYTES) {
      const keepTo = this._start + KEPT_BYTES;
      this._rows = this._rows.filter(row => row.start < keepTo);
      this._reader = new RowReader(this._rows[this._rows.length - 1]?.end ?? this._start);
    }
  }

  private _onChunk(_: IRunFeed, chunk: ILogChunk): void {
    const end = chunk.offset + chunk.bytes.length;
    const known = this._reader.next - chunk.offset;
    this._size = Math.max(this._size, end);
    if (!this._fetching && known >= 0 && end > this._reader.next && (this._follows || this._isShort())) {
      this._append(this._reader.read(chunk.bytes.subarray(known)));
    } else {
      this._catchUp();
    }
    this._drawSoon();
  }

  /** Whether rows can be held without dropping others. A reader who has scrolled up keeps his: then only such are. */
  private _isShort(): boolean {
    return this._reader.next - this._start < KEPT_BYTES;
  }

  private _onSkipped(_: IRunFeed, hole: { readonly start: number; readonly end: number }): void {
    this._size = Math.max(this._size, hole.end);
    if (this._follows) {
      this._fetching?.abort();
      this._fetching = null;
      this._rows = [];
      this._start = hole.end;
      this._reader = new RowReader(hole.end);
    }
    this._drawSoon();
  }

  /** Fetch what came while something else was being fetched, or go to the end when it is far. */
  private _catchUp(): void {
    const missing = this._size - this._reader.next;
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

  private readonly _changed = new Signal<this, void>(this);
  private _rows: IRow[] = [];
  private _start = 0;
  private _reader = new RowReader(0);
  private _size = 0;
  private _follows = true;
  private _target: number | null = null;
  private _fetching: AbortController | null = null;
  private _problem = '';
  private _isDisposed = false;
  private _timer = 0;
}

interface IPartRequest {
  readonly start: number;
  readonly end: number;
  /** Goes on where an earlier part ended; without one the part begins with its first whole row. */
  readonly reader?: RowReader;
  readonly signal: AbortSignal;
}

/** Read the rows of a byte range. An answer ends where bytes were freed: then ask behind them. */
async function readPart(api: RunApi, runId: string, request: IPartRequest): Promise<IPart> {
  const rows: IRow[] = [];
  let reader = request.reader ?? null;
  let first = request.start;
  let at = request.start;
  let size = 0;
  do {
    const part = await api.log(runId, at, request.end, request.signal);
    size = part.size;
    if (!reader) {
      const skipped = part.bytes.length && at > 0 ? partialRow(part.bytes) : 0;
      first = at + skipped;
      reader = new RowReader(first);
      rows.push(...reader.read(part.bytes.subarray(skipped)));
    } else {
      rows.push(...reader.read(part.bytes));
    }
    at += part.bytes.length;
    if (part.gap) {
      rows.push(...reader.flush(), gapRow(part.gap.start, part.gap.end));
      first = Math.min(first, part.gap.start);
      at = part.gap.end;
      reader = new RowReader(at);
    } else if (!part.bytes.length) {
      break;
    }
  } while (at < Math.min(request.end, size));
  return { rows, start: first, reader, size };
}

/** Bytes of the row that began before these; none when no row begins among them. */
function partialRow(bytes: Uint8Array): number {
  const end = bytes.indexOf(10);
  return end < 0 || end + 1 === bytes.length ? 0 : end + 1;
}
