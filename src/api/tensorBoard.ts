/** What `%tensorboard` leaves in a cell: pure data, looked at before it is believed. */

import { isRecord, isRunId } from './guards';
import { IOpenTensorBoard } from './types';

/** The MIME type of a TensorBoard in a cell. */
export const TENSORBOARD_MIME = 'application/vnd.jupyter-mlops.tensorboard+json';

const MOST_RUNS = 100;
const LONGEST_TEXT = 4_000;
const MOST_FLAGS = 20;
const LEAST_HEIGHT = 200;
const MOST_HEIGHT = 5_000;
const HEIGHT = 800;

/** A TensorBoard in a cell: what is to be asked for, and how it is shown. */
export interface ITensorBoardCell {
  readonly wish: IOpenTensorBoard;
  readonly label: string;
  /** Pixels. */
  readonly height: number;
}

/** Return what a cell's output asks for, or null where this version does not know it. */
export function readTensorBoardCell(data: unknown): ITensorBoardCell | null {
  if (!isRecord(data) || data.version !== 1) {
    return null;
  }
  const wish = readWish(data);
  if (!wish) {
    return null;
  }
  const height = typeof data.height === 'number' && Number.isFinite(data.height) ? data.height : HEIGHT;
  const label = typeof data.label === 'string' ? data.label.slice(0, LONGEST_TEXT) : '';
  return { wish, label, height: Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, height)) };
}

/** Return the wish in arguments of a command or in a cell; null where there is nothing to show, or too much. */
export function readWish(data: Readonly<Record<string, unknown>>): IOpenTensorBoard | null {
  const { run_ids: ids = [], logdir = '', flags = {} } = data;
  if (!Array.isArray(ids) || ids.length > MOST_RUNS || !ids.every(isRunId)) {
    return null;
  }
  if (typeof logdir !== 'string' || logdir.length > LONGEST_TEXT || (!ids.length && !logdir)) {
    return null;
  }
  if (!isRecord(flags)) {
    return null;
  }
  const given = Object.entries(flags);
  if (given.length > MOST_FLAGS || !given.every(isFlag)) {
    return null;
  }
  return { run_ids: ids, logdir, flags: Object.fromEntries(given) as Record<string, string> };
}

function isFlag([name, value]: [string, unknown]): boolean {
  return /^[a-z_]{1,40}$/.test(name) && typeof value === 'string' && value.length <= LONGEST_TEXT;
}
