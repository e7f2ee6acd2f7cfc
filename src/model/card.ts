/** A run's card: its newest summary, its last lines, and whether it is still there. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { ICardSnapshot } from '../api/guards';
import { RequestError } from '../api/request';
import { Figure, IRunSummary } from '../api/types';
import { IRunFeed, IRunManager } from '../tokens';
import { Courses } from './courses';
import { Eta } from './eta';
import { RunDisplays } from './runDisplays';
import { isEnded } from './runs';
import { Line, TerminalText } from './terminalText';

const TAIL_BYTES = 32_768;
const TAIL_LINES = 200;
const DRAW_MS = 50;

/** The line of the cell that an error points to. */
export interface IErrorLine {
  readonly number: string;
  readonly source: string;
}

/** See the module. */
export class CardModel implements IDisposable {
  /** Show the snapshot, and with a manager what has become of it. */
  constructor(
    readonly snapshot: ICardSnapshot,
    manager: IRunManager | null
  ) {
    this._manager = manager;
    this.displays = manager && new RunDisplays(snapshot.run_id, manager.api);
    this._courses = manager && new Courses(snapshot.run_id, manager.api, () => this._changed.emit());
    this._feed = manager?.watch(snapshot.run_id) ?? null;
    this._feed?.summaryChanged.connect(this._onSummary, this);
    this._feed?.logReceived.connect((_, chunk) => this._onLog(() => this._text.write(chunk.bytes)));
    this._feed?.logSkipped.connect(() => this._onLog(() => this._text.skip()));
    this._feed?.gone.connect(this._onGone, this);
    manager?.connectionChanged.connect(this._onConnection, this);
    if (this._feed?.summary) {
      this._onSummary(this._feed, this._feed.summary);
    }
  }

  /** What the run has displayed; null for a snapshot that follows nothing. */
  readonly displays: RunDisplays | null;

  /** Something that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The newest summary; null before the server has said anything. */
  get summary(): IRunSummary | null {
    return this._summary;
  }

  /** Whether the card follows its run; a snapshot of an untrusted notebook does not. */
  get isLive(): boolean {
    return this._manager !== null;
  }

  /** Whether the server was lost. */
  get isLost(): boolean {
    return this._manager?.connection === 'lost';
  }

  /** Whether the run was deleted, or is another server's. */
  get isGone(): boolean {
    return this._isGone;
  }

  /** Where the run has failed; null while that is not known. */
  get errorLine(): IErrorLine | null {
    return this._errorLine;
  }

  /** Seconds until the progress bar is full; null while nobody can say. */
  secondsLeft(now: number): number | null {
    return this._eta.secondsLeft(now);
  }

  /** A metric's values so far, for a small curve. */
  course(key: string): readonly Figure[] {
    return (this._summary && this._courses?.of(this._summary, key)) ?? [];
  }

  /** Whether the notebook around the card has lost its kernel. */
  get isKernelGone(): boolean {
    return this._isKernelGone;
  }

  /** Say how the notebook's kernel stands. */
  setKernelGone(isGone: boolean): void {
    if (isGone !== this._isKernelGone) {
      this._isKernelGone = isGone;
      this._changed.emit();
    }
  }

  /** Whether the last lines are shown. */
  get isOpen(): boolean {
    return this._isOpen ?? (this._summary !== null && !isEnded(this._summary.status));
  }

  /** The last lines of the log. */
  get lines(): readonly Line[] {
    return this._text.lines;
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Show the last lines, or no longer. */
  setOpen(isOpen: boolean): void {
    this._isOpen = isOpen;
    this._followLog();
    this._changed.emit();
  }

  /** Let go of the run. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      window.clearTimeout(this._timer);
      this._manager?.connectionChanged.disconnect(this._onConnection, this);
      this._feed?.dispose();
      this.displays?.dispose();
      this._courses?.dispose();
      Signal.clearData(this);
    }
  }

  private _onSummary(_: IRunFeed, summary: IRunSummary): void {
    this._summary = summary;
    this._isGone = false;
    this._eta.update(summary, Date.now());
    this._followLog();
    this._courses?.look(summary);
    this.displays?.look(isEnded(summary.status));
    if (summary.status === 'FAILED') {
      void this._readError();
    }
    this._changed.emit();
  }

  /** The summary has the error's words; its place in the cell is asked for once. */
  private async _readError(): Promise<void> {
    if (!this._manager || this._hasAsked) {
      return;
    }
    this._hasAsked = true;
    try {
      const { error } = await this._manager.api.detail(this.snapshot.run_id);
      if (error?.line && !this._isDisposed) {
        this._errorLine = { number: error.line, source: (error.source ?? '').trim() };
        this._changed.emit();
      }
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error; // Without an answer the card says what it knows; the next summary asks again.
      }
      this._hasAsked = false;
    }
  }

  /** Fetch the log's end once it is shown; a run whose lines nobody sees sends none. */
  private _followLog(): void {
    if (this.isOpen && this._summary && !this._follows) {
      this._follows = true;
      this._feed?.streamLog(Math.max(0, this._summary.log_bytes - TAIL_BYTES));
    }
  }

  private _onLog(take: () => void): void {
    take();
    if (!this._timer) {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        this._changed.emit();
      }, DRAW_MS);
    }
  }

  private _onGone(): void {
    this._isGone = true;
    this._changed.emit();
  }

  private _onConnection(): void {
    this._changed.emit();
  }

  private readonly _manager: IRunManager | null;
  private readonly _feed: IRunFeed | null;
  private readonly _courses: Courses | null;
  private readonly _text = new TerminalText(TAIL_LINES);
  private readonly _eta = new Eta();
  private readonly _changed = new Signal<this, void>(this);
  private _errorLine: IErrorLine | null = null;
  private _hasAsked = false;
  private _summary: IRunSummary | null = null;
  private _isOpen: boolean | null = null;
  private _follows = false;
  private _isGone = false;
  private _isKernelGone = false;
  private _isDisposed = false;
  private _timer = 0;
}
