/** The runs that the server knows, for everything in this tab: one connection, one status, one hint to look again. */

import { Event as JupyterEvent, ServerConnection } from '@jupyterlab/services';
import { Poll, Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { LiveMessage } from '../api/guards';
import { ILogChunk, LiveConnection, LiveState } from '../api/live';
import { RunApi } from '../api/runs';
import { IServerStatus } from '../api/types';
import { IRunFeed, IRunManager } from '../tokens';
import { AnswerOrder } from './answerOrder';
import { RunStream } from './runFeed';

/** The event that says that runs have changed. */
export const RUNS_CHANGED_SCHEMA = 'https://schema.jupyter-mlops.org/runs-changed/v1';

const STATUS_EVERY_MS = 30_000;
const HINT_EVERY_MS = 500;

/** See `IRunManager`. */
export class RunManager implements IRunManager {
  /** Ask the server of `serverSettings`; `events` is JupyterLab's stream of them. */
  constructor(options: RunManager.IOptions) {
    this.api = new RunApi(options.serverSettings);
    this._live = new LiveConnection(options.serverSettings);
    this._live.message.connect(this._onMessage, this);
    this._live.chunk.connect(this._onChunk, this);
    this._live.stateChanged.connect(this._onConnection, this);
    this._events = options.events ?? null;
    this._events?.stream.connect(this._onEvent, this);
    this._later = new Throttler(() => this._lookNow(), { limit: HINT_EVERY_MS, edge: 'trailing' });
    this._poll = new Poll({
      name: 'jupyter-mlops:status',
      factory: () => this._readStatus(),
      frequency: { interval: STATUS_EVERY_MS, backoff: true, max: 10 * STATUS_EVERY_MS },
      standby: 'when-hidden'
    });
  }

  /** Every route of the server. */
  readonly api: RunApi;

  /** The server's state. */
  get status(): IServerStatus | null {
    return this._status;
  }

  /** The server's state is another. */
  get statusChanged(): ISignal<this, IServerStatus> {
    return this._statusChanged;
  }

  /** Look again. */
  get runsChanged(): ISignal<this, void> {
    return this._runsChanged;
  }

  /** How the live connection stands. */
  get connection(): LiveState {
    return this._live.state;
  }

  /** The live connection was opened or lost. */
  get connectionChanged(): ISignal<this, LiveState> {
    return this._connectionChanged;
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Look at a run. */
  watch(runId: string): IRunFeed {
    let stream = this._streams.get(runId);
    if (!stream) {
      stream = new RunStream(runId, this._live);
      this._streams.set(runId, stream);
    }
    return stream.open(() => this._streams.delete(runId));
  }

  /** Tell everybody to look again, and ask how the server stands. */
  async refresh(): Promise<void> {
    this._live.retry();
    this._runsChanged.emit();
    this._isStatusOld = true;
    await this._poll.refresh();
  }

  /** End the connection. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._events?.stream.disconnect(this._onEvent, this);
      this._later.dispose();
      this._poll.dispose();
      this._live.dispose();
      Signal.clearData(this);
    }
  }

  private async _readStatus(): Promise<void> {
    // Who asks while the server answers means what has changed since: a poll asks no second time for that.
    do {
      this._isStatusOld = false;
      const question = this._order.ask();
      this._takeStatus(question, await this.api.status());
    } while (this._isStatusOld && !this._isDisposed);
  }

  private _takeStatus(question: number, status: IServerStatus): void {
    if (!this._order.isNews(question)) {
      return;
    }
    const before = this._status;
    this._status = status;
    this._live.listen();
    if (JSON.stringify(before) !== JSON.stringify(status)) {
      this._statusChanged.emit(status);
    }
  }

  private _onMessage(_: LiveConnection, message: LiveMessage): void {
    if (message.kind === 'changed') {
      this._look();
      return;
    }
    this._streams.get(message.kind === 'run' ? message.run.run_id : message.runId)?.onMessage(message);
  }

  private _onChunk(_: LiveConnection, chunk: ILogChunk): void {
    this._streams.get(chunk.runId)?.onChunk(chunk);
  }

  private _onEvent(_: JupyterEvent.IManager, event: JupyterEvent.Emission): void {
    if (event.schema_id === RUNS_CHANGED_SCHEMA) {
      this._look();
    }
  }

  private _onConnection(_: LiveConnection, state: LiveState): void {
    this._connectionChanged.emit(state);
    if (state === 'open') {
      this._look(); // What happened meanwhile was told to nobody.
    }
  }

  /** At once after a pause: somebody waits for a card's row. Changes that follow each other are looked at together. */
  private _look(): void {
    const isCalm = performance.now() - this._lookedAt >= HINT_EVERY_MS;
    void (isCalm ? this._lookNow() : this._later.invoke());
  }

  private _lookNow(): Promise<void> {
    this._lookedAt = performance.now();
    return this.refresh();
  }

  private readonly _live: LiveConnection;
  private readonly _events: JupyterEvent.IManager | null;
  private readonly _later: Throttler;
  private readonly _poll: Poll<void>;
  private readonly _order = new AnswerOrder();
  private readonly _streams = new Map<string, RunStream>();
  private readonly _statusChanged = new Signal<this, IServerStatus>(this);
  private readonly _runsChanged = new Signal<this, void>(this);
  private readonly _connectionChanged = new Signal<this, LiveState>(this);
  private _status: IServerStatus | null = null;
  private _isStatusOld = false;
  private _lookedAt = -HINT_EVERY_MS;
  private _isDisposed = false;
}

/** What the run manager is made of. */
export namespace RunManager {
  /** How to reach the server. */
  export interface IOptions {
    readonly serverSettings: ServerConnection.ISettings;
    readonly events?: JupyterEvent.IManager;
  }
}
