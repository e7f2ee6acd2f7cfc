/** One endpoint as its tab shows it: how it stands, its log, and the answers to rows that were tried. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IEndpointAnswer } from '../api/endpoints';
import { RequestError } from '../api/request';
import { IEndpoint } from '../api/types';
import { EndpointsModel } from './endpoints';
import { asRefusal } from './watchedList';

/** What the model asks the server. */
export interface IEndpointAsker {
  ask(endpoint: IEndpoint, body: string): Promise<IEndpointAnswer>;
  log(name: string): Promise<string>;
}

/** See the module. */
export class EndpointViewModel implements IDisposable {
  /** Look at the endpoint of a name until it is disposed. */
  constructor(
    readonly name: string,
    readonly all: EndpointsModel,
    private readonly _api: IEndpointAsker
  ) {
    this._leave = all.look();
    all.changed.connect(this._tell, this);
  }

  /** Emitted when any property has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** How it stands; undefined before the server has answered, and where there is none of that name. */
  get endpoint(): IEndpoint | undefined {
    return this.all.find(this.name);
  }

  /** What it said of the row that was tried last; null before. */
  get answer(): IEndpointAnswer | null {
    return this._answer;
  }

  /** Why that was refused; null when it was not. */
  get refusal(): RequestError | null {
    return this._refusal;
  }

  /** Whether an answer is waited for. */
  get isAsking(): boolean {
    return this._isAsking;
  }

  /** Its log; null before it was asked for. */
  get log(): string | null {
    return this._log;
  }

  /** Whether it was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Send a row. */
  async ask(body: string): Promise<void> {
    const { endpoint } = this;
    if (!endpoint || this._isAsking) {
      return;
    }
    this._isAsking = true;
    this._tell();
    try {
      this._answer = await this._api.ask(endpoint, body);
      this._refusal = null;
      void this.all.refresh(); // Its figures are others now.
    } catch (error) {
      this._answer = null;
      this._refusal = asRefusal(error);
    }
    this._isAsking = false;
    this._tell();
  }

  /** Ask for the log, or look at it no more. */
  async showLog(show: boolean): Promise<void> {
    try {
      this._log = show ? await this._api.log(this.name) : null;
    } catch (error) {
      this._log = asRefusal(error).message;
    }
    this._tell();
  }

  /** Look no more. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._leave();
      this.all.changed.disconnect(this._tell, this);
      Signal.clearData(this);
    }
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _leave: () => void;
  private _answer: IEndpointAnswer | null = null;
  private _refusal: RequestError | null = null;
  private _isAsking = false;
  private _log: string | null = null;
  private _isDisposed = false;
}
