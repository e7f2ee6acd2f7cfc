/** A TensorBoard as it is opened: asked for once, followed until it listens, asked for again after a failure. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IOpenTensorBoard, ITensorBoardInstance } from '../api/types';

/** What the model asks the server. */
export interface ITensorBoardApi {
  openTensorBoard(wish: IOpenTensorBoard): Promise<ITensorBoardInstance>;
  tensorBoards(): Promise<readonly ITensorBoardInstance[]>;
}

const LOOK_MS = 250;
const LONGEST_LOOK_MS = 2_000;

/** See the module. */
export class TensorBoardModel implements IDisposable {
  /** Ask for nothing before `open`. */
  constructor(
    readonly wish: IOpenTensorBoard,
    private readonly _api: ITensorBoardApi
  ) {}

  /** Emitted when any property has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Path below the server's base URL; null until it listens. */
  get url(): string | null {
    return this._instance && isThere(this._instance) ? this._instance.url : null;
  }

  /** What it shows, in the server's words. */
  get label(): string {
    return this._instance?.label ?? '';
  }

  /** What went wrong, and what to do; empty when nothing did. */
  get problem(): string {
    return this._problem;
  }

  /** Whether it was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask the server for it; again after a failure. */
  async open(): Promise<void> {
    this._look?.dispose();
    this._look = null;
    this._set(null, '');
    try {
      this._take(await this._api.openTensorBoard(this.wish));
    } catch (error) {
      this._set(null, message(error));
    }
    if (!this._isDisposed && this._instance?.state === 'starting') {
      this._look = this._follow();
    }
  }

  /** Ask no more. The TensorBoard goes on: others may look at it. */
  dispose(): void {
    this._isDisposed = true;
    this._look?.dispose();
    Signal.clearData(this);
  }

  private _follow(): Poll {
    return new Poll({
      name: 'jupyter-mlops:tensorboard',
      frequency: { interval: LOOK_MS, backoff: true, max: LONGEST_LOOK_MS },
      standby: 'when-hidden',
      factory: async () => {
        const all = await this._api.tensorBoards();
        const found = all.find(each => each.instance_id === this._instance?.instance_id);
        if (found) {
          this._take(found);
        }
        if (found?.state !== 'starting') {
          void this._look?.stop();
        }
      }
    });
  }

  private _take(instance: ITensorBoardInstance): void {
    this._set(instance, instance.state === 'failed' ? instance.problem : '');
  }

  private _set(instance: ITensorBoardInstance | null, problem: string): void {
    if (this._isDisposed) {
      return;
    }
    this._instance = instance;
    this._problem = problem;
    this._changed.emit();
  }

  private _instance: ITensorBoardInstance | null = null;
  private _problem = '';
  private _look: Poll | null = null;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}

/** One that sleeps is there: it wakes when its page is asked for. */
function isThere(instance: ITensorBoardInstance): boolean {
  return instance.state === 'ready' || instance.state === 'stopped';
}

function message(error: unknown): string {
  return error instanceof RequestError ? error.message : String(error);
}
