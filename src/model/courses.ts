/** The courses of a card's metrics: the summary has only the main one's. Asked for while the run goes on. */

import { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';

import { RunApi } from '../api/runs';
import { Figure, IRunSummary } from '../api/types';
import { own } from '../api/guards';
import { isEnded, metricKeys } from './runs';

/** Metrics that a card has room for. */
const MOST_METRICS = 4;
/** Points that a line of some 50 pixels has use for. */
const POINTS = 24;
const LOOK_MS = 3_000;
const LONGEST_LOOK_MS = 30_000;

/** The metrics that a card shows, the main one first. */
export function cardMetrics(run: IRunSummary): readonly string[] {
  return metricKeys(run).slice(0, MOST_METRICS);
}

/** See the module. */
export class Courses implements IDisposable {
  /** Ask nothing before the run has more than one metric; `onChange` is called when courses have come. */
  constructor(
    private readonly _runId: string,
    private readonly _api: RunApi,
    private readonly _onChange: () => void
  ) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-mlops:courses',
      frequency: { interval: LOOK_MS, backoff: true, max: LONGEST_LOOK_MS },
      standby: () => (this._isStale ? 'when-hidden' : true),
      factory: () => this._load()
    });
  }

  /** A metric's values from the first to the last; none before they have come. */
  of(run: IRunSummary, key: string): readonly Figure[] {
    const isMain = key === metricKeys(run)[0];
    return isMain ? run.spark : (own(this._values, key) ?? []);
  }

  /** Have the courses that belong to a newer summary come. */
  look(run: IRunSummary): void {
    this._run = run;
    if (this._isStale && !this._isBegun) {
      this._isBegun = true;
      void this._poll.start();
    }
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** Ask no more. */
  dispose(): void {
    this._poll.dispose();
  }

  private get _isStale(): boolean {
    const run = this._run;
    return !!run && !isEnded(run.status) && cardMetrics(run).length > 1 && marked(run) !== this._mark;
  }

  private async _load(): Promise<void> {
    const run = this._run;
    if (!run || !this._isStale) {
      return;
    }
    const mark = marked(run);
    const { series } = await this._api.metrics(this._runId, cardMetrics(run).slice(1), POINTS);
    if (!this.isDisposed) {
      this._mark = mark;
      this._values = Object.fromEntries(series.map(each => [each.key, each.values]));
      this._onChange();
    }
  }

  private readonly _poll: Poll;
  private _run: IRunSummary | null = null;
  private _mark = '';
  private _values: Readonly<Record<string, readonly Figure[]>> = {};
  private _isBegun = false;
}

/** What tells whether a summary has newer figures. */
function marked(run: IRunSummary): string {
  return JSON.stringify(cardMetrics(run).map(key => [key, own(run.metrics, key)]));
}
