/** A list that the server has, asked for again as long as somebody looks at it: endpoints, TensorBoards. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { AnswerOrder } from './answerOrder';

const LOOK_MS = 3_000;
const LONGEST_LOOK_MS = 30_000;

/** See the module. */
export class WatchedList<T> implements IDisposable {
  /** Ask nothing before somebody looks; `name` is the poll's. */
  constructor(
    name: string,
    private readonly _list: () => Promise<readonly T[]>
  ) {
    this._poll = new Poll({
      auto: false,
      name,
      frequency: { interval: LOOK_MS, backoff: true, max: LONGEST_LOOK_MS },
      standby: () => (this._lookers ? 'when-hidden' : true),
      factory: () => this._load()
    });
  }

  /** Emitted when any property has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** In the server's order. */
  get items(): readonly T[] {
    return this._items;
  }

  /** Whether the server has answered. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** Why it has not answered; null when all is well. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Whether it was disposed. */
  get isDisposed(): boolean {
    return this._poll.isDisposed;
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

  /** Look no more. */
  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Take what an action has made of the list. */
  protected take(items: readonly T[]): void {
    this._set(this._order.ask(), items, null);
  }

  private async _load(): Promise<void> {
    const question = this._order.ask();
    try {
      this._set(question, await this._list(), null);
    } catch (error) {
      this._set(question, this._items, asRefusal(error));
      throw error; // The poll waits longer then.
    }
  }

  /** An action counts as an answer: what was asked before it tells what was. */
  private _set(question: number, items: readonly T[], problem: RequestError | null): void {
    if (this.isDisposed || !this._order.isNews(question)) {
      return;
    }
    this._isReady = this._isReady || problem === null;
    this._items = items;
    this._problem = problem;
    this._changed.emit();
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _order = new AnswerOrder();
  private _items: readonly T[] = [];
  private _isReady = false;
  private _problem: RequestError | null = null;
  private _lookers = 0;
}

/** Whatever went wrong, as something that can be told. */
export function asRefusal(error: unknown): RequestError {
  return error instanceof RequestError ? error : new RequestError(0, String(error));
}
