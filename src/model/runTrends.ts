/** The courses of other tools' runs, which a store has by points only: asked for when the list rests, for what is in sight. */

import { Debouncer } from '@lumino/polling';

import { RequestError } from '../api/request';
import { RunApi } from '../api/runs';
import { IRunSummary, IRunTrend } from '../api/types';
import { headlineMetric, isOurs } from './runs';

/** A jump, a turn of the wheel and a letter come first: their lines are drawn before anybody asks. */
const REST_MS = 200;
/** The server's limit. */
const MOST_ASKED = 100;
const MOST_KNOWN = 2000;

interface IKnown {
  /** What the run was when its course was asked for. */
  readonly stamp: string;
  readonly trend: IRunTrend;
}

/** Asks for courses and remembers them. A server that does not tell them is no matter: the list is as it was. */
export class RunTrends {
  /** `inSight` are the runs that are looked at; `take` is given those whose course has come, with it. */
  constructor(
    private readonly _api: RunApi,
    private readonly _inSight: () => readonly IRunSummary[],
    private readonly _take: (runs: readonly IRunSummary[]) => void
  ) {
    this._resting = new Debouncer(() => this._read(), REST_MS);
  }

  /** Whether there is a column for them. */
  isDrawn = false;

  /** Other lines are in sight, or they say something else: look at them when they rest. */
  look(): void {
    if (this.isDrawn) {
      void this._resting.invoke();
    }
  }

  /** Ask no more until the next look. */
  stop(): void {
    void this._resting.stop();
    this._abort.abort();
  }

  /** Look no more. */
  dispose(): void {
    this.stop();
    this._resting.dispose();
  }

  private async _read(): Promise<void> {
    this._abort.abort();
    this._abort = new AbortController();
    const { signal } = this._abort;
    try {
      // What the server has not reached in time it reads at the next question.
      for (let isMore = true; isMore && !signal.aborted;) {
        isMore = await this._ask(signal);
        this._draw();
      }
    } catch (error) {
      if (!signal.aborted && !(error instanceof RequestError)) {
        throw error;
      }
    }
  }

  /** Ask for what is in sight and not known; return whether asking again tells more. */
  private async _ask(signal: AbortSignal): Promise<boolean> {
    const unknown = this._inSight().filter(run => hasTrend(run) && !this._trend(run));
    const stamps = new Map(unknown.slice(0, MOST_ASKED).map(run => [run.run_id, stamp(run)]));
    if (!stamps.size) {
      return false;
    }
    const { trends, waiting } = await this._api.trends([...stamps.keys()], signal);
    trends.forEach(trend => this._keep({ trend, stamp: stamps.get(trend.run_id) ?? '' }));
    return waiting > 0 && trends.length > 0;
  }

  private _draw(): void {
    const drawn = this._inSight().flatMap(run => {
      const trend = this._trend(run);
      return trend && isAnother(run, trend) ? [{ ...run, spark: trend.values }] : [];
    });
    if (drawn.length) {
      this._take(drawn);
    }
  }

  private _trend(run: IRunSummary): IRunTrend | undefined {
    const known = this._known.get(run.run_id);
    return known?.stamp === stamp(run) ? known.trend : undefined;
  }

  private _keep(known: IKnown): void {
    this._known.delete(known.trend.run_id);
    this._known.set(known.trend.run_id, known);
    const [oldest] = this._known.keys();
    if (this._known.size > MOST_KNOWN && oldest) {
      this._known.delete(oldest);
    }
  }

  private readonly _resting: Debouncer;
  private readonly _known = new Map<string, IKnown>();
  private _abort = new AbortController();
}

/** Whether a store may have a course that its summary has not. */
function hasTrend(run: IRunSummary): boolean {
  return !isOurs(run) && headlineMetric(run) !== null;
}

/** Whether a course makes another picture: one point makes none, and another metric than the line names is not drawn. */
function isAnother(run: IRunSummary, { key, values }: IRunTrend): boolean {
  const isDrawn = values.length > 1 || run.spark.length > 1;
  return isDrawn && key === headlineMetric(run)?.key && `${values}` !== `${run.spark}`;
}

/** What is another when a run has logged more, or another of its metrics is the main one. */
function stamp(run: IRunSummary): string {
  return JSON.stringify([run.status, run.main_metric, run.metrics]);
}
