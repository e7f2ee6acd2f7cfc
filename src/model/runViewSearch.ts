/** Looking for a text in a log of any length: the server finds the lines, the reader goes from one to the next. */

import { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RunApi } from '../api/runs';
import { textAround } from './runViewHit';

const TYPING_MS = 250;
/** Bytes before and behind a found text that are read to tell how it was printed. */
const AROUND_BYTES = 1024;

/** See the module. */
export class LogSearchModel implements IDisposable {
  /** `goTo` shows the line that a byte belongs to. */
  constructor(
    private readonly _runId: string,
    private readonly _api: RunApi,
    private readonly _goTo: (offset: number) => void
  ) {}

  /** The text, what was found, or the place has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What is looked for; empty when nothing is. */
  get text(): string {
    return this._text;
  }

  /** How many lines are known to hold it. */
  get found(): number {
    return this._offsets.length;
  }

  /** Whether there may be more of them. */
  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Number of the line that is shown, from 0; -1 before the first. */
  get place(): number {
    return this._place;
  }

  /** Byte offset of the text in the line that is shown. */
  get offset(): number | null {
    return this._offsets[this._place] ?? null;
  }

  /** What was printed there, whatever was written over it since; empty until that is known. */
  get printed(): string {
    return this._printed;
  }

  /** Whether the server is still looking. */
  get isSearching(): boolean {
    return this._isSearching;
  }

  /** Why nothing could be looked for; empty when it could. */
  get problem(): string {
    return this._problem;
  }

  /** Look for another text, once the typing has paused. */
  setText(text: string): void {
    this._text = text;
    this._abort.abort();
    this._offsets = [];
    this._next = text ? 0 : null;
    this._place = -1;
    this._printed = '';
    this._isSearching = text !== '';
    this._changed.emit();
    void this._debouncer.invoke();
  }

  /** Go to the next line that holds the text, or to the one before. */
  async step(by: 1 | -1): Promise<void> {
    if (by > 0 && this._place + 1 >= this._offsets.length && this._next !== null) {
      await this._search();
    }
    const count = this._offsets.length;
    if (count) {
      this._show((this._place + by + count) % count);
    }
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop looking. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._abort.abort();
      this._debouncer.dispose();
      Signal.clearData(this);
    }
  }

  private async _first(): Promise<void> {
    if (this._text) {
      await this._search();
      if (this._offsets.length && this._place < 0) {
        this._show(0);
      }
    }
  }

  private async _search(): Promise<void> {
    const abort = new AbortController();
    this._abort.abort();
    this._abort = abort;
    this._isSearching = true;
    this._changed.emit();
    try {
      const found = await this._api.searchLog(this._runId, this._text, this._next ?? 0, abort.signal);
      if (!abort.signal.aborted) {
        this._offsets = [...this._offsets, ...found.offsets];
        this._next = found.next;
        this._problem = '';
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this._problem = error instanceof Error ? error.message : String(error);
      }
    }
    if (!abort.signal.aborted) {
      this._isSearching = false;
      this._changed.emit();
    }
  }

  private _show(place: number): void {
    this._place = place;
    const { offset } = this;
    this._printed = '';
    if (offset !== null) {
      this._goTo(offset);
      void this._readPrinted(offset);
    }
    this._changed.emit();
  }

  private async _readPrinted(offset: number): Promise<void> {
    const { signal } = this._abort;
    try {
      const printed = await this._textAt(offset, signal);
      if (!signal.aborted && this.offset === offset) {
        this._printed = printed;
        this._changed.emit();
      }
    } catch {
      // The log box says why the log cannot be read: it asks for the same bytes.
    }
  }

  private async _textAt(offset: number, signal: AbortSignal): Promise<string> {
    const end = offset + AROUND_BYTES;
    let start = Math.max(0, offset - AROUND_BYTES);
    let part = await this._api.log(this._runId, start, end, signal);
    if (part.gap && part.gap.end <= offset) {
      start = part.gap.end; // Bytes before the text were freed: the answer ended there.
      part = await this._api.log(this._runId, start, end, signal);
    }
    return textAround(part.bytes, offset - start);
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _debouncer = new Debouncer(() => this._first(), TYPING_MS);
  private _abort = new AbortController();
  private _text = '';
  private _offsets: readonly number[] = [];
  private _next: number | null = null;
  private _place = -1;
  private _printed = '';
  private _isSearching = false;
  private _problem = '';
  private _isDisposed = false;
}
