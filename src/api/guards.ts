/** What comes from outside is looked at before it is believed: a notebook's outputs, a socket's messages. */

import { IRunSummary, RunStatus } from './types';

const STATUSES: readonly string[] = ['SCHEDULED', 'RUNNING', 'FINISHED', 'FAILED', 'KILLED'];
const RUN_ID = /^[0-9a-f]{32}$/;
const LONGEST_NAME = 250;
const MOST_NAMES = 100;
const LARGEST_CARD = 2_000_000;

/** The MIME type of a run's card. */
export const CARD_MIME = 'application/vnd.jupyter-mlops.run+json';

/** A run as it was when its card was made: pure data out of a notebook. */
export interface ICardSnapshot {
  readonly run_id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly submitted_at: string;
  readonly pending: readonly string[];
  readonly travels: readonly string[];
}

/** A message of the live socket. */
export type LiveMessage =
  | { readonly kind: 'run'; readonly run: IRunSummary }
  | { readonly kind: 'skipped'; readonly runId: string; readonly start: number; readonly end: number }
  | { readonly kind: 'gone'; readonly runId: string }
  | { readonly kind: 'changed'; readonly homeId: string; readonly cursor: number };

/** Whether a value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text can be the id of a run. */
export function isRunId(value: unknown): value is string {
  return typeof value === 'string' && RUN_ID.test(value);
}

/** Whether a text is one of the five states. */
function isStatus(value: unknown): value is RunStatus {
  return typeof value === 'string' && STATUSES.includes(value);
}

/** Return the value of an own key: `metrics["toString"]` is not a metric. */
export function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.prototype.hasOwnProperty.call(record, key) ? record[key] : undefined;
}

/** Return the snapshot in a notebook's output, or null where it is not one that this version knows. */
export function readCard(data: unknown): ICardSnapshot | null {
  if (!isRecord(data) || data.version !== 1 || !isRunId(data.run_id) || !isStatus(data.status)) {
    return null;
  }
  if (isTooLarge(data)) {
    return null;
  }
  return {
    run_id: data.run_id,
    name: text(data.name),
    status: data.status,
    submitted_at: text(data.submitted_at),
    pending: names(data.pending),
    travels: names(data.travels)
  };
}

/** Return what a text message of the live socket says, or null where this version does not know it. */
export function readLiveMessage(data: string): LiveMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(data);
  } catch {
    return null;
  }
  if (!isRecord(message)) {
    return null;
  }
  const { run, skipped, gone, changed, start, end } = message;
  if (isRecord(run) && isRunId(run.run_id)) {
    return { kind: 'run', run: run as unknown as IRunSummary };
  }
  if (isRunId(skipped) && typeof start === 'number' && typeof end === 'number') {
    return { kind: 'skipped', runId: skipped, start, end };
  }
  if (isRunId(gone)) {
    return { kind: 'gone', runId: gone };
  }
  if (isRecord(changed) && typeof changed.home_id === 'string' && typeof changed.cursor === 'number') {
    return { kind: 'changed', homeId: changed.home_id, cursor: changed.cursor };
  }
  return null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, LONGEST_NAME) : '';
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.slice(0, MOST_NAMES).map(text).filter(Boolean) : [];
}

/** Whether data have more text than a card could, however deep; what they are made of is looked at only that far. */
function isTooLarge(data: Readonly<Record<string, unknown>>): boolean {
  const unread: unknown[] = [data];
  let size = 0;
  while (unread.length && size <= LARGEST_CARD) {
    const value = unread.pop();
    size += typeof value === 'string' ? value.length : 1;
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        size += key.length;
        unread.push(inner);
      }
    }
  }
  return size > LARGEST_CARD;
}
