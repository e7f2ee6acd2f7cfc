/**
 * Parts of a log by byte range, as the rows that a reader of the whole log would have.
 *
 * What a byte writes into depends on where the cursor was. A part is therefore read from some way before its first
 * byte, the longer the more its bars have redrawn themselves, and told from where nothing above matters any more.
 */

import { RunApi } from '../api/runs';
import { IRow, RowReader, gapRow } from './runViewRows';

/** How far before a part the reading begins, at first and where that was too near. */
const LOOK_BACK_BYTES = [16_384, 327_680, 4_194_304];
/** Of one request, so that its rows are made without holding up the tab. */
const PIECE_BYTES = 262_144;

/** A run's log on its server. */
export interface ILogSource {
  readonly api: RunApi;
  readonly runId: string;
}

/** Bytes that are wanted. */
export interface ILogRange {
  readonly start: number;
  readonly end: number;
  readonly signal: AbortSignal;
}

/** Rows of a part; `reader` has those that may go on. */
export interface ILogPart {
  readonly rows: readonly IRow[];
  readonly start: number;
  readonly reader: RowReader;
  readonly size: number;
  /** Whether the rows are what they would be had all of the log been read. */
  readonly isWhole: boolean;
}

/** Read a part, and as much before it as it takes to know its rows; or without that, as it looks from there on. */
export async function readPart(source: ILogSource, range: ILogRange, looksBack = true): Promise<ILogPart> {
  for (const bytes of looksBack ? LOOK_BACK_BYTES : []) {
    const from = Math.max(0, range.start - bytes);
    const before = from === 0 ? 'nothing' : 'anything';
    const part = await readOn(source, { ...range, start: from }, new RowReader(from, before));
    if (part.start <= range.start) {
      return part;
    }
  }
  const { rows, ...part } = await readOn(source, range, new RowReader(range.start));
  const whole = rows.length > 1 ? rows.slice(1) : rows; // The first has begun before the part.
  return { ...part, rows: whole, start: whole[0]?.start ?? part.start, isWhole: false };
}

/** Read the rows of a range on. An answer ends where bytes were freed: then ask behind them. */
export async function readOn(source: ILogSource, range: ILogRange, first: RowReader): Promise<ILogPart> {
  let rows: IRow[] = [];
  let reader = first;
  let at = range.start;
  let start = first.since;
  let size = 0;
  do {
    const end = Math.min(range.end, at + PIECE_BYTES);
    const part = await source.api.log(source.runId, at, end, range.signal);
    const { since } = reader;
    const ended = reader.read(part.bytes);
    if (reader.since !== since) {
      [rows, start] = [[], reader.since]; // What was read until there was not what it seemed to be.
    }
    rows.push(...ended);
    [at, size] = [at + part.bytes.length, part.size];
    if (part.gap) {
      rows.push(...reader.flush(), gapRow(part.gap.start, part.gap.end));
      start = Math.min(start, part.gap.start);
      at = part.gap.end;
      reader = new RowReader(at);
    } else if (!part.bytes.length) {
      break;
    }
  } while (at < Math.min(range.end, size));
  return { rows, start, reader, size, isWhole: true };
}
