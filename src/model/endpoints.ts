/** The endpoints that the server knows, looked at again as long as somebody looks at them. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IEndpoint } from '../api/types';

const LOOK_MS = 3_000;
const LONGEST_LOOK_MS = 30_000;

/** What the model asks the server. */
export interface IEndpointsApi {
  list(): Promise<readonly IEndpoint[]>;
  stop(name: string): Promise<IEndpoint>;
  rollback(name: string): Promise<IEndpoint>;
}

/** See the module. */
export class EndpointsModel implements IDisposable {
  /** Ask nothing before somebody looks. */
  constructor(private readonly _api: IEndpointsApi) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-mlops:endpoints',
      frequency: { interval: LOOK_MS, backoff: true, max: LONGEST_LOOK_MS },
      standby: () => (this._lookers ? 'when-hidden' : true),
      factory: () => this._load()
    });
  }

  /** Emitted when any property has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** In the order of their names. */
  get endpoints(): readonly IEndpoint[] {
    return this._endpoints;
  }

  /** Whether the server has answered. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** Why it has not answered, or why an action was refused; null when all is well. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Whether it was disposed. */
  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** The endpoint of a name; undefined where there is none. */
  find(name: string): IEndpoint | undefined {
    return this._endpoints.find(each => each.name === name);
  }

  /** Look at them until the function that is returned is called. */
  look(): () => void {
    this._lookers += 1;
    void this.refresh();
    void this._poll.start();
    let looks = true;
    return () => {
      this._lookers -= looks ? 1 : 0;
      looks = false;
    };
  }

  /** Look again now. */
  async refresh(): Promise<void> {
    await this._load().catch(() => undefined); // What went wrong is told by `problem`.
  }

  /** End one. */
  stop(name: string): Promise<void> {
    return this._act(this._api.stop(name));
  }

  /** Let one serve the version before. */
  rollback(name: string): Promise<void> {
    return this._act(this._api.rollback(name));
  }

  /** Look no more. */
  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _load(): Promise<void> {
    try {
      this._set(await this._api.list(), null);
    } catch (error) {
      this._set(this._endpoints, asRefusal(error));
      throw error; // The poll waits longer then.
    }
  }

  private async _act(asked: Promise<IEndpoint>): Promise<void> {
    try {
      const changed = await asked;
      this._set(
        this._endpoints.map(each => (each.name === changed.name ? changed : each)),
        null
      );
    } catch (error) {
      this._set(this._endpoints, asRefusal(error));
    }
  }

  private _set(endpoints: readonly IEndpoint[], problem: RequestError | null): void {
    if (this.isDisposed) {
      return;
    }
    this._isReady = this._isReady || problem === null;
    this._endpoints = endpoints;
    this._problem = problem;
    this._changed.emit();
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _endpoints: readonly IEndpoint[] = [];
  private _isReady = false;
  private _problem: RequestError | null = null;
  private _lookers = 0;
}

/** Whatever went wrong, as something that can be told. */
export function asRefusal(error: unknown): RequestError {
  return error instanceof RequestError ? error : new RequestError(0, String(error));
}
