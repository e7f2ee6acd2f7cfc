/** What a run has displayed, as a notebook would show it now: updates are applied, what was cleared is gone. */

import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IDisplay, RunApi } from '../api/runs';

/** One output. A new object wherever something of it has changed. */
export interface IRunOutput {
  readonly data: IDisplay['data'];
  readonly metadata: IDisplay['metadata'];
}

/** Of a run that displays in a loop, the newest: as many as JupyterLab shows of a cell without being asked. */
const MOST_OUTPUTS = 50;
const PAUSE_MS = 2000;

interface IKnown extends IRunOutput {
  readonly displayId: unknown;
}

/** See the module. */
export class RunDisplays {
  /** Nothing is asked before `look`. */
  constructor(
    readonly runId: string,
    private readonly _api: RunApi
  ) {}

  /** There are other outputs. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The outputs, in order. */
  get outputs(): readonly IRunOutput[] {
    return this._outputs;
  }

  /** Ask for what is new: soon while the run goes on, and at once, for good, when it has ended. */
  look(hasEnded: boolean): void {
    if (this._isComplete || this._isDisposed) {
      return;
    }
    if (hasEnded) {
      window.clearTimeout(this._timer);
      this._timer = 0;
      this._isComplete = true;
      this._read();
    } else if (!this._timer) {
      this._timer = window.setTimeout(() => {
        this._timer = 0;
        this._read();
      }, PAUSE_MS);
    }
  }

  /** Ask no more. */
  dispose(): void {
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    Signal.clearData(this);
  }

  private _read(): void {
    this._reading = this._reading.then(() => this._readAll());
  }

  private async _readAll(): Promise<void> {
    try {
      let next: number | null = this._next;
      while (next !== null && !this._isDisposed) {
        const page = await this._api.displays(this.runId, next);
        page.displays.forEach(each => this._take(each));
        next = page.next ?? null;
        if (page.displays.length && !this._isDisposed) {
          this._changed.emit();
        }
      }
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      this._isComplete = false; // Without an answer the next look asks again.
    }
  }

  private _take(event: IDisplay): void {
    if (event.seq < this._next) {
      return;
    }
    this._next = event.seq + 1;
    const displayId = event.transient.display_id;
    const output: IKnown = { data: event.data, metadata: event.metadata, displayId };
    if (event.kind === 'clear') {
      this._clears = event.metadata.wait === true;
      this._outputs = this._clears ? this._outputs : [];
    } else if (event.kind === 'update') {
      const isMeant = (known: IKnown) => displayId !== undefined && known.displayId === displayId;
      this._outputs = this._outputs.map(known => (isMeant(known) ? output : known));
    } else if (event.kind !== 'error') {
      // The card itself says how a run has failed.
      this._outputs = [...(this._clears ? [] : this._outputs), output].slice(-MOST_OUTPUTS);
      this._clears = false;
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _outputs: readonly IKnown[] = [];
  private _reading = Promise.resolve();
  private _next = 0;
  private _clears = false;
  private _isComplete = false;
  private _isDisposed = false;
  private _timer = 0;
}
