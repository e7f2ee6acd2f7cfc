/** Which runs are selected, and which one the keyboard is on. */

import { IRunSummary } from '../api/types';

/** A set of runs that remembers their summaries, so that a command knows what it may do. */
export class RunSelection {
  /** The selected runs, in the order of their selection. */
  get runs(): readonly IRunSummary[] {
    return [...this._runs.values()];
  }

  /** How many. */
  get size(): number {
    return this._runs.size;
  }

  /** Whether a run is selected. */
  has(runId: string): boolean {
    return this._runs.has(runId);
  }

  /** Select these and nothing else. */
  set(runs: readonly IRunSummary[]): void {
    this._runs = new Map(runs.map(run => [run.run_id, run]));
  }

  /** Select a run too, or no longer. */
  toggle(run: IRunSummary): void {
    if (!this._runs.delete(run.run_id)) {
      this._runs.set(run.run_id, run);
    }
  }

  /** Select these too. */
  add(runs: readonly IRunSummary[]): void {
    runs.forEach(run => this._runs.set(run.run_id, run));
  }

  /** Know the newer summary of a run that is selected. */
  update(run: IRunSummary): void {
    if (this._runs.has(run.run_id)) {
      this._runs.set(run.run_id, run);
    }
  }

  /** Forget a run that is gone. */
  remove(runId: string): void {
    this._runs.delete(runId);
  }

  private _runs = new Map<string, IRunSummary>();
}
