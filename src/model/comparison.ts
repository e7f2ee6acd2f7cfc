/** Two to twenty runs side by side: what differs, and how their curves and figures compare. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { IComparison, IDifference } from '../api/types';
import { IRunManager } from '../tokens';
import { CurvesModel } from './curves';
import { isSystemMetric } from './curvesData';
import { runName } from './runs';

/** As many runs as are compared at once. */
export const MOST_RUNS = 20;
/** From more runs on, pictures of all of them come before the table. */
export const FEW_RUNS = 6;

/** The sections of facts, in their order. */
export const SECTIONS = ['metrics', 'params', 'data', 'packages', 'environment', 'system'] as const;

/** A section of facts. */
export type Section = (typeof SECTIONS)[number];

/** See the module. */
export class ComparisonModel implements IDisposable {
  /** Ask at once. */
  constructor(
    private readonly _manager: IRunManager,
    runIds: readonly string[]
  ) {
    this._runIds = runIds;
    this.curves = new CurvesModel(_manager, runIds);
    _manager.runsChanged.connect(this._onRunsChanged, this);
    void this.refresh();
  }

  /** Curves of all runs; a run's place there is its colour here. */
  readonly curves: CurvesModel;

  /** Something that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** There are other runs. */
  get runsChanged(): ISignal<this, void> {
    return this._runsChanged;
  }

  /** Which runs. */
  get runIds(): readonly string[] {
    return this._runIds;
  }

  /** One text for the set of runs. */
  get key(): string {
    return this._runIds.join();
  }

  /** What the server says; null until it has. */
  get comparison(): IComparison | null {
    return this._comparison;
  }

  /** Why there is nothing; empty when there is. */
  get problem(): string {
    return this._problem;
  }

  /** Whether only rows are shown that are not the same for all. */
  get onlyDifferences(): boolean {
    return this._onlyDifferences;
  }

  /** Names of the runs, in their order. */
  get names(): readonly string[] {
    return this._comparison?.runs.map(runName) ?? this._runIds.map(runId => runId.slice(0, 8));
  }

  /** The rows of a section that are to be shown. */
  rows(section: Section): readonly IDifference[] {
    const rows = this._all(section);
    return this._onlyDifferences ? rows.filter(row => row.differs) : rows;
  }

  /** How many rows of a section are the same for all. */
  same(section: Section): number {
    return this._all(section).filter(row => !row.differs).length;
  }

  /** Whether the cells are not the same for all. */
  get codeDiffers(): boolean {
    return new Set(this._comparison?.cells).size > 1;
  }

  /** Show only differences, or everything. */
  setOnlyDifferences(only: boolean): void {
    this._onlyDifferences = only;
    this._changed.emit();
  }

  /** Compare without a run. Two always stay. */
  remove(runId: string): void {
    if (this._runIds.length > 2) {
      this._runIds = this._runIds.filter(each => each !== runId);
      this.curves.remove(runId);
      this._runsChanged.emit();
      void this.refresh();
    }
  }

  /** Ask again. */
  async refresh(): Promise<void> {
    this._abort.abort();
    const abort = (this._abort = new AbortController());
    try {
      this._comparison = await this._manager.api.compare(this._runIds, abort.signal);
      this._problem = '';
    } catch (error) {
      if (abort.signal.aborted) {
        return;
      }
      this._problem = error instanceof Error ? error.message : String(error);
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
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
      this._manager.runsChanged.disconnect(this._onRunsChanged, this);
      this.curves.dispose();
      Signal.clearData(this);
    }
  }

  /** Metrics of the machine are a section of their own: they tell nothing about the model. */
  private _all(section: Section): readonly IDifference[] {
    const { metrics = [] } = this._comparison ?? {};
    switch (section) {
      case 'metrics':
        return metrics.filter(row => !isSystemMetric(row.key));
      case 'system':
        return metrics.filter(row => isSystemMetric(row.key));
      default:
        return this._comparison?.[section] ?? [];
    }
  }

  private _onRunsChanged(): void {
    // What has ended changes no more, but for names: those come with the next look.
    if (this._comparison?.runs.some(run => run.status === 'RUNNING' || run.status === 'SCHEDULED')) {
      void this.refresh();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _runsChanged = new Signal<this, void>(this);
  private _runIds: readonly string[];
  private _comparison: IComparison | null = null;
  private _abort = new AbortController();
  private _onlyDifferences = true;
  private _problem = '';
  private _isDisposed = false;
}
