/** A run as the run view shows it: what is known, which tabs there are, and what the user changes. */

import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IArtifactEntry, IChangeRun, IRunDetail, IRunSummary } from '../api/types';
import { IRunFeed, IRunManager } from '../tokens';
import { AnswerOrder } from './answerOrder';
import { CurvesModel } from './curves';
import { isSystemMetric } from './curvesData';
import { ReportKind, hasReport } from './reports';
import { RunLogModel } from './runViewLog';
import { mayHaveModels } from './runViewModels';
import { isEnded } from './runs';

/** The parts of a run view, in their order. */
export const RUN_TABS = [
  'overview',
  'log',
  'metrics',
  'code',
  'data',
  'environment',
  'artifacts',
  'system',
  'fairness',
  'explanation',
  'model'
] as const;

/** A part of a run view. */
export type RunTab = (typeof RUN_TABS)[number];

/** Return the tab of that name, or the first one. */
export function readTab(name: string | undefined): RunTab {
  return RUN_TABS.find(tab => tab === name) ?? 'overview';
}

/** See the module. */
export class RunViewModel implements IDisposable {
  /** Ask for the run at once. */
  constructor(
    readonly runId: string,
    readonly manager: IRunManager,
    tab: RunTab = 'overview'
  ) {
    this._tab = tab;
    this._feed = manager.watch(runId);
    this._feed.summaryChanged.connect(this._onSummary, this);
    this._feed.gone.connect(this._onGone, this);
    manager.connectionChanged.connect(this._emit, this);
    manager.runsChanged.connect(this._onRunsChanged, this);
    void this.refresh();
  }

  /** Something that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Another tab is shown. */
  get tabChanged(): ISignal<this, RunTab> {
    return this._tabChanged;
  }

  /** The newest summary; null until the server has answered. */
  get summary(): IRunSummary | null {
    return this._feed.summary ?? this._changedSummary ?? this._detail?.summary ?? null;
  }

  /** All that is known; null until the server has answered. */
  get detail(): IRunDetail | null {
    return this._detail;
  }

  /** Why nothing can be shown; empty when it can. */
  get problem(): string {
    return this._problem;
  }

  /** Whether the run was deleted, or is another server's. */
  get isGone(): boolean {
    return this._isGone;
  }

  /** Whether the server was lost. */
  get isLost(): boolean {
    return this.manager.connection === 'lost';
  }

  /** The tabs that have something to show. */
  get tabs(): readonly RunTab[] {
    return RUN_TABS.filter(tab => this._has(tab));
  }

  /** Whether the run keeps a report. */
  hasReport(kind: ReportKind): boolean {
    // A feed that an older card listens to may not have heard of a report that was made after the run's end.
    return [this.summary, this._detail?.summary].some(each => each && hasReport(each, kind));
  }

  /** The tab that is shown. */
  get tab(): RunTab {
    return this._has(this._tab) ? this._tab : 'overview';
  }

  /** Show a tab, now or once it has something to show. */
  setTab(tab: RunTab): void {
    if (tab !== this._tab) {
      this._tab = tab;
      this._tabChanged.emit(tab);
      this._changed.emit();
    }
  }

  /** The run's log; read from when it is first asked for. */
  get log(): RunLogModel {
    if (!this._log) {
      this._log = new RunLogModel(this._feed, this.manager.api);
      void this._log.open();
    }
    return this._log;
  }

  /** The run's curves; read from when they are first asked for. */
  get curves(): CurvesModel {
    this._curves ??= new CurvesModel(this.manager, [this.runId]);
    return this._curves;
  }

  /** What the run has left, at the top. */
  get artifacts(): readonly IArtifactEntry[] {
    return this._artifacts;
  }

  /** Ask again. */
  async refresh(): Promise<void> {
    const question = this._order.ask();
    try {
      const detail = await this.manager.api.detail(this.runId);
      if (!this._order.isNews(question)) {
        return;
      }
      this._detail = detail;
      this._problem = '';
      this._isGone = false;
    } catch (error) {
      if (!this._order.isNews(question)) {
        return;
      }
      this._isGone = error instanceof RequestError && error.status === 404;
      this._mayCome = error instanceof RequestError && error.status === 503;
      this._problem = error instanceof Error ? error.message : String(error);
    }
    if (!this._isDisposed) {
      this._changed.emit();
      await this._lookForArtifacts();
    }
  }

  /** Change what is the user's. Throws what the server refuses. */
  async change(change: IChangeRun): Promise<void> {
    this._changedSummary = await this.manager.api.change(this.runId, change);
    await this.refresh();
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Let go of the run. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.manager.connectionChanged.disconnect(this._emit, this);
      this.manager.runsChanged.disconnect(this._onRunsChanged, this);
      this._log?.dispose();
      this._curves?.dispose();
      this._feed.dispose();
      Signal.clearData(this);
    }
  }

  private _has(tab: RunTab): boolean {
    const [run, detail] = [this.summary, this._detail];
    switch (tab) {
      case 'overview':
        return true;
      case 'log':
        return run !== null && run.source === 'mlops' && (run.log_bytes > 0 || !isEnded(run.status));
      case 'metrics':
        return run !== null && keys(run.metrics).some(key => !isSystemMetric(key));
      case 'system':
        return run !== null && keys(run.metrics).some(isSystemMetric);
      case 'code':
        return Boolean(detail?.cell || detail?.git?.patch);
      case 'data':
        return (
          detail !== null &&
          [detail.inputs, keys(detail.upstream_runs), keys(detail.untransferable)].some(some)
        );
      case 'environment':
        return detail !== null && [detail.packages, detail.machine, detail.seeds].map(keys).some(some);
      case 'artifacts':
        return this._artifacts.length > 0;
      case 'fairness':
      case 'explanation':
        return this.hasReport(tab);
      case 'model':
        return this.hasReport('onnx') || mayHaveModels(this._artifacts);
    }
  }

  private _onSummary(_: IRunFeed, summary: IRunSummary): void {
    const before = this._status;
    this._status = summary.status;
    this._isGone = false;
    if (before !== summary.status || isEnded(summary.status)) {
      void this.refresh();
    }
    this._changed.emit();
  }

  private async _lookForArtifacts(): Promise<void> {
    const question = this._artifactOrder.ask();
    let entries: readonly IArtifactEntry[] = [];
    try {
      ({ entries } = await this.manager.api.artifacts(this.runId));
    } catch {
      // What cannot be listed gets no tab; the overview says what is wrong with the run.
    }
    if (this._artifactOrder.isNews(question)) {
      this._artifacts = entries;
      this._emit();
    }
  }

  /** A tab that was open before a restart asks while the server still reads the stores: the run may be there now. */
  private _onRunsChanged(): void {
    if (this._problem && this._mayCome) {
      void this.refresh();
    }
  }

  /** There is nothing to stream of it. Whether it is there is asked: runs of other tools are in the store alone. */
  private _onGone(): void {
    void this.refresh();
  }

  private _emit(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private readonly _order = new AnswerOrder();
  private readonly _artifactOrder = new AnswerOrder();
  private _mayCome = false;
  private readonly _feed: IRunFeed;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _tabChanged = new Signal<this, RunTab>(this);
  private _tab: RunTab;
  private _detail: IRunDetail | null = null;
  private _changedSummary: IRunSummary | null = null;
  private _status: string | null = null;
  private _artifacts: readonly IArtifactEntry[] = [];
  private _log: RunLogModel | null = null;
  private _curves: CurvesModel | null = null;
  private _problem = '';
  private _isGone = false;
  private _isDisposed = false;
}

function keys(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record);
}

function some(list: readonly unknown[]): boolean {
  return list.length > 0;
}
