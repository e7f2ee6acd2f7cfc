/** A run's stream in this tab, and the looks at it: the first look opens the stream, the last one closes it. */

import { ISignal, Signal } from '@lumino/signaling';

import { LiveMessage } from '../api/guards';
import { ILogChunk, LiveConnection } from '../api/live';
import { IRunSummary } from '../api/types';
import { IRunFeed } from '../tokens';

/** The stream of one run. */
export class RunStream {
  /** Begin with summaries only. */
  constructor(
    readonly runId: string,
    private readonly _live: LiveConnection
  ) {
    _live.watch(runId, null);
  }

  /** The newest summary. */
  summary: IRunSummary | null = null;

  /** Return a new look at the run. */
  open(onLast: () => void): RunFeed {
    const feed: RunFeed = new RunFeed(this, () => {
      this._feeds.delete(feed);
      if (!this._feeds.size) {
        this._live.forget(this.runId);
        onLast();
      }
    });
    this._feeds.add(feed);
    return feed;
  }

  /** Stream the log from byte `offset` on, unless it already comes from an earlier one. */
  streamLog(offset: number): void {
    if (this._logStart === null || offset < this._logStart) {
      this._logStart = offset;
      this._live.watch(this.runId, offset);
    }
  }

  /** Hand log bytes to every look. */
  onChunk(chunk: ILogChunk): void {
    this._feeds.forEach(feed => feed.onChunk(chunk));
  }

  /** Hand a message to every look. */
  onMessage(message: LiveMessage): void {
    if (message.kind === 'run') {
      this.summary = message.run;
    }
    this._feeds.forEach(feed => feed.onMessage(message));
  }

  private readonly _feeds = new Set<RunFeed>();
  private _logStart: number | null = null;
}

/** One look at a run. */
export class RunFeed implements IRunFeed {
  /** `end` is called once, when it is disposed. */
  constructor(
    private readonly _stream: RunStream,
    private readonly _end: () => void
  ) {}

  /** Which run. */
  get runId(): string {
    return this._stream.runId;
  }

  /** The newest summary. */
  get summary(): IRunSummary | null {
    return this._stream.summary;
  }

  /** There is a newer summary. */
  get summaryChanged(): ISignal<this, IRunSummary> {
    return this._summaryChanged;
  }

  /** Log bytes have come. Only after this look has asked for them. */
  get logReceived(): ISignal<this, ILogChunk> {
    return this._logReceived;
  }

  /** The stream has left out bytes. */
  get logSkipped(): ISignal<this, { readonly start: number; readonly end: number }> {
    return this._logSkipped;
  }

  /** The run is not there. */
  get gone(): ISignal<this, void> {
    return this._gone;
  }

  /** Whether this look has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stream the log from byte `offset` on. */
  streamLog(offset: number): void {
    this._logNext = offset;
    this._stream.streamLog(offset);
  }

  /** Tell of bytes, each once: another look may have asked for earlier ones. */
  onChunk(chunk: ILogChunk): void {
    if (this._logNext === null || chunk.offset + chunk.bytes.length <= this._logNext) {
      return;
    }
    const known = Math.max(0, this._logNext - chunk.offset);
    const offset = chunk.offset + known;
    this._logNext = chunk.offset + chunk.bytes.length;
    this._logReceived.emit({ runId: chunk.runId, offset, bytes: chunk.bytes.subarray(known) });
  }

  /** Tell of a message. */
  onMessage(message: LiveMessage): void {
    if (message.kind === 'run') {
      this._summaryChanged.emit(message.run);
    } else if (message.kind === 'gone') {
      this._gone.emit();
    } else if (message.kind === 'skipped' && this._logNext !== null && message.end > this._logNext) {
      this._logSkipped.emit({ start: Math.max(this._logNext, message.start), end: message.end });
      this._logNext = message.end;
    }
  }

  /** Look away. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      Signal.clearData(this);
      this._end();
    }
  }

  private readonly _summaryChanged = new Signal<this, IRunSummary>(this);
  private readonly _logReceived = new Signal<this, ILogChunk>(this);
  private readonly _logSkipped = new Signal<this, { readonly start: number; readonly end: number }>(this);
  private readonly _gone = new Signal<this, void>(this);
  private _logNext: number | null = null;
  private _isDisposed = false;
}
