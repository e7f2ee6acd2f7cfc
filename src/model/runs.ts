/** What follows from a summary: kept here, with no state, so that card, list and status bar say the same. */

import { own } from '../api/guards';
import { Figure, IRunSummary, RunStatus } from '../api/types';

/** Whether a run has a directory; of another tool’s, which only the store has, no code, log and files are here. */
export function isOurs(run: IRunSummary): boolean {
  return run.source === 'mlops';
}

/** Whether a run in this state has ended. */
export function isEnded(status: RunStatus): boolean {
  return status === 'FINISHED' || status === 'FAILED' || status === 'KILLED';
}

/** Whether a run may be deleted: another tool’s may have been left running for ever, and its store can restore it. */
export function isDeletable(run: IRunSummary): boolean {
  return !isOurs(run) || isEnded(run.status);
}

/** Seconds of running until `now` (milliseconds), or in all; null before it began. */
export function runSeconds(run: IRunSummary, now: number): number | null {
  const started = Date.parse(run.started_at);
  if (isEnded(run.status) || Number.isNaN(started)) {
    return run.duration_s;
  }
  return Math.max(0, (now - started) / 1000);
}

/** Seconds of running of a run that was live a moment ago: where nobody saw it end, until `now` (milliseconds). */
export function endedSeconds(run: IRunSummary, now: number): number {
  const started = Date.parse(run.started_at);
  return run.duration_s ?? (Number.isNaN(started) ? 0 : Math.max(0, (now - started) / 1000));
}

/** What measures the machine and not the model: shown where the machine is asked for. */
const OF_THE_MACHINE = 'system/';

/** Whether a metric measures the machine. */
export function isOfMachine(key: string): boolean {
  return key.startsWith(OF_THE_MACHINE);
}

/** Keys of metrics, those that measure the machine behind the others. */
export function machineLast(keys: readonly string[]): readonly string[] {
  return [...keys.filter(key => !isOfMachine(key)), ...keys.filter(isOfMachine)];
}

/**
 * Keys of the metrics that the user's code has logged, the one to show first in front; `services/_summary.py` takes the
 * same for the sparkline. What autologging has measured on the data that the model was trained on comes last, and there
 * the estimator's own score first.
 */
export function metricKeys(run: IRunSummary): readonly string[] {
  const keys = Object.keys(run.metrics).filter(key => !isOfMachine(key));
  const rank = (key: string) =>
    key === run.main_metric ? 0 : !key.startsWith('training_') ? 1 : key === 'training_score' ? 2 : 3;
  return keys.sort((one, other) => rank(one) - rank(other));
}

/** The metric to show where there is room for one. */
export function headlineMetric(run: IRunSummary): { readonly key: string; readonly value: Figure } | null {
  const key = metricKeys(run)[0];
  const value = key === undefined ? undefined : own(run.metrics, key);
  return key === undefined || value === undefined ? null : { key, value };
}

/** The run's name, or what stands for one that has none. */
export function runName(run: { readonly name: string; readonly run_id: string }): string {
  return run.name.trim() || run.run_id.slice(0, 8);
}
