/** The metric curves of some runs, how they are shown, and new points while the runs go on. */

import { IDisposable } from '@lumino/disposable';
import { Debouncer, Throttler } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { IMetricSeries, IRunSummary } from '../api/types';
import { IRunFeed, IRunManager } from '../tokens';
import { ICurve, XAxis, isSystemMetric, readCurve } from './curvesData';
import { runName } from './runs';

const POINTS = 1000;
const AGAIN_MS = 2000;
/** As many curves of one run as are asked for at once: the first ones, and as many that somebody looks for. */
const MOST_KEYS = 100;
const TYPING_MS = 250;

/** How curves are shown. */
export interface ICurveLook {
  readonly axis: XAxis;
  readonly isLog: boolean;
  /** 0 to 0.99. */
  readonly smoothing: number;
}

/** One of the runs whose curves are shown. Its place decides its colour, everywhere. */
export interface ICurveRun {
  readonly runId: string;
  readonly name: string;
  readonly place: number;
}

let groups = 0;

/** See the module. */
export class CurvesModel implements IDisposable {
  /** Watch these runs. */
  constructor(
    private readonly _manager: IRunManager,
    runIds: readonly string[]
  ) {
    this._throttler = new Throttler(() => this._load(), { limit: AGAIN_MS, edge: 'trailing' });
    this._finder = new Debouncer(() => this._load(), TYPING_MS);
    runIds.forEach(runId => this._watch(runId));
    void this._load();
  }

  /** Curves, runs or their look have changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Grows whenever curves or runs change. */
  get version(): number {
    return this._version;
  }

  /** A name that no other set of curves has. */
  readonly group = `jupyter-mlops-curves-${(groups += 1)}`;

  /** The runs, in the order of their places. */
  get runs(): readonly ICurveRun[] {
    return [...this._feeds.entries()].map(([runId, { feed, place }]) => {
      const summary = feed.summary ?? this._read.get(runId);
      return { runId, name: summary ? runName(summary) : runId.slice(0, 8), place };
    });
  }

  /** Keys of all curves, those of the first run first, and those of machines last. */
  get keys(): readonly string[] {
    const keys = [...this._feeds.keys()].flatMap(runId =>
      (this._series.get(runId) ?? []).map(series => series.key)
    );
    return machinesLast([...new Set(keys)]);
  }

  /** Metrics of the run that has most of them without a curve here: not all are asked for. */
  get leftOut(): number {
    return Math.max(0, ...this._leftOut.values());
  }

  /** Whether a key has more than a single point to show. */
  hasCourse(key: string): boolean {
    return [...this._series.values()].some(all =>
      all.some(series => series.key === key && series.values.length > 1)
    );
  }

  /** How they are shown. */
  get look(): ICurveLook {
    return this._look;
  }

  /** Whether the first answer, or that of what somebody looks for, is still to come. */
  get isLoading(): boolean {
    return this._isLoading;
  }

  /** Why curves are missing; empty when none is. */
  get problem(): string {
    return this._problem;
  }

  /** The curves of a key, on the chosen axis. */
  curvesOf(key: string): readonly ICurve[] {
    return [...this._feeds.keys()].flatMap(runId =>
      (this._series.get(runId) ?? [])
        .filter(series => series.key === key)
        .map(series => readCurve(series, this._look.axis))
    );
  }

  /** Show them otherwise. */
  setLook(change: Partial<ICurveLook>): void {
    this._look = { ...this._look, ...change };
    this._changed.emit();
  }

  /** Have the curves too of metrics that are called so and are not among the first, once the typing has paused. */
  find(text: string): void {
    this._wanted = text.trim().toLowerCase();
    const lacking = [...this._read].filter(([runId, summary]) => this._lacks(runId, summary));
    if (lacking.length) {
      lacking.forEach(([runId]) => this._stale.add(runId));
      this._isLoading = true;
      this._changed.emit();
      void this._finder.invoke();
    }
  }

  /** Show another run's curves too. */
  add(runId: string): void {
    if (!this._feeds.has(runId)) {
      this._watch(runId);
      this._tell();
      void this._load();
    }
  }

  /** Show a run's curves no longer. */
  remove(runId: string): void {
    this._feeds.get(runId)?.feed.dispose();
    this._feeds.delete(runId);
    this._series.delete(runId);
    this._leftOut.delete(runId);
    this._read.delete(runId);
    this._tell();
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Let go of the runs. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._abort.abort();
      this._throttler.dispose();
      this._finder.dispose();
      this._feeds.forEach(({ feed }) => feed.dispose());
      Signal.clearData(this);
    }
  }

  private _watch(runId: string): void {
    const taken = new Set([...this._feeds.values()].map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) {
      place += 1;
    }
    const feed = this._manager.watch(runId);
    feed.summaryChanged.connect(this._onSummary, this);
    this._feeds.set(runId, { feed, place });
  }

  private _onSummary(feed: IRunFeed, summary: IRunSummary): void {
    const metrics = JSON.stringify(summary.metrics);
    if (this._metrics.get(feed.runId) !== metrics) {
      this._metrics.set(feed.runId, metrics);
      this._stale.add(feed.runId);
      void this._throttler.invoke();
    }
    this._tell(); // Its name may be another.
  }

  /** Read the curves of runs that have none yet, or newer points. */
  private async _load(): Promise<void> {
    const wanted = [...this._feeds.keys()].filter(
      runId => !this._series.has(runId) || this._stale.has(runId)
    );
    this._stale.clear();
    await Promise.all(wanted.map(runId => this._loadRun(runId)));
    if (!this._isDisposed) {
      this._isLoading = false;
      this._tell();
    }
  }

  private _tell(): void {
    this._version += 1;
    this._changed.emit();
  }

  private async _loadRun(runId: string): Promise<void> {
    try {
      const { api } = this._manager;
      const summary =
        this._feeds.get(runId)?.feed.summary ?? (await api.detail(runId, this._abort.signal)).summary;
      const asked = this._keysOf(summary).map(keys => api.metrics(runId, keys, POINTS, this._abort.signal));
      const pages = await Promise.all(asked);
      if (this._feeds.has(runId)) {
        const series = pages.flatMap(page => page.series);
        this._read.set(runId, summary);
        this._series.set(runId, series);
        this._leftOut.set(runId, (pages[0]?.total ?? 0) - series.length);
      }
      this._problem = '';
    } catch (error) {
      if (!this._abort.signal.aborted) {
        this._problem = error instanceof Error ? error.message : String(error);
      }
    }
  }

  /** Keys of a run's curves that are to be there, a request each. */
  private _keysOf(summary: IRunSummary): readonly (readonly string[])[] {
    const keys = machinesLast(Object.keys(summary.metrics));
    const found = keys
      .slice(MOST_KEYS)
      .filter(key => this._wanted && key.toLowerCase().includes(this._wanted));
    return [keys, found].map(each => each.slice(0, MOST_KEYS)).filter(each => each.length);
  }

  private _lacks(runId: string, summary: IRunSummary): boolean {
    const there = new Set(this._series.get(runId)?.map(series => series.key));
    return this._keysOf(summary).some(keys => keys.some(key => !there.has(key)));
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _throttler: Throttler;
  private readonly _finder: Debouncer;
  private readonly _abort = new AbortController();
  private readonly _feeds = new Map<string, { readonly feed: IRunFeed; readonly place: number }>();
  private readonly _series = new Map<string, readonly IMetricSeries[]>();
  private readonly _leftOut = new Map<string, number>();
  /** Runs as they stood when their curves were read. Of those of other tools nothing else is told. */
  private readonly _read = new Map<string, IRunSummary>();
  private readonly _metrics = new Map<string, string>();
  private readonly _stale = new Set<string>();
  private _look: ICurveLook = { axis: 'step', isLog: false, smoothing: 0 };
  private _wanted = '';
  private _version = 0;
  private _isLoading = true;
  private _problem = '';
  private _isDisposed = false;
}

function machinesLast(keys: readonly string[]): readonly string[] {
  return [...keys.filter(key => !isSystemMetric(key)), ...keys.filter(isSystemMetric)];
}
