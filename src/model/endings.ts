/** Tells of runs that ended while this tab was open and that were long enough for somebody to have turned away. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IRunSummary } from '../api/types';
import { IRunManager } from '../tokens';
import { endedSeconds, isEnded } from './runs';

const LIVE = 'state:running or state:scheduled';
const MOST_LIVE = 200;

/** See the module. */
export class Endings implements IDisposable {
  /** Tell of runs that took `seconds` or longer; what ended before the first look is not told. */
  constructor(
    private readonly _manager: IRunManager,
    public seconds: number
  ) {
    _manager.runsChanged.connect(this._onChange, this);
    _manager.statusChanged.connect(this._onChange, this);
  }

  /** A run has ended. */
  get ended(): ISignal<this, IRunSummary> {
    return this._ended;
  }

  /** Whether it has ended itself. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Look no more. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._manager.runsChanged.disconnect(this._onChange, this);
      this._manager.statusChanged.disconnect(this._onChange, this);
      Signal.clearData(this);
    }
  }

  private _onChange(): void {
    this._looking = this._looking.then(() => this._look());
  }

  private async _look(): Promise<void> {
    const status = this._manager.status;
    if (
      this._isDisposed ||
      (this._live.size === 0 && status !== null && status.live + status.scheduled === 0)
    ) {
      return;
    }
    try {
      const page = await this._manager.api.page({ query: LIVE, limit: MOST_LIVE });
      const now = new Set(page.runs.filter(run => run.source === 'mlops').map(run => run.run_id));
      const over = [...this._live].filter(runId => !now.has(runId));
      this._live = now;
      await Promise.all(over.map(runId => this._tell(runId)));
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error; // Without an answer nothing is known; the next hint looks again.
      }
    }
  }

  private async _tell(runId: string): Promise<void> {
    const { summary } = await this._manager.api.detail(runId);
    if (!this._isDisposed && isEnded(summary.status) && endedSeconds(summary, Date.now()) >= this.seconds) {
      this._ended.emit(summary);
    }
  }

  private readonly _ended = new Signal<this, IRunSummary>(this);
  private _live = new Set<string>();
  private _looking = Promise.resolve();
  private _isDisposed = false;
}
