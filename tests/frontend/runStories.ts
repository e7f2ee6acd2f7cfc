/** What the stories about run view and comparison start from: a run in detail, its log, curves and files. */

import { IArtifactEntry, IComparison, IMetricSeries, IRunDetail, IRunSummary } from '../../src/api/types';
import { IRow } from '../../src/model/runViewRows';
import { IAsked, run } from './fakes';

/** All about a run of which nothing special is known, unless a story says otherwise. */
export function detail(summary: IRunSummary = run(), change: Partial<IRunDetail> = {}): IRunDetail {
  return {
    summary,
    cell: '',
    upstream_cells: [],
    upstream_runs: {},
    error: null,
    note: '',
    inputs: [],
    packages: {},
    machine: {},
    git: null,
    seeds: {},
    untransferable: {},
    peak_rss_bytes: null,
    ...change
  };
}

/** A log that is read by byte ranges. Bytes of `gap` were freed. */
export function logAnswer(log: Uint8Array, gap: readonly [number, number] | null = null) {
  return ({ query }: IAsked): Response => {
    const start = Number(query.get('start') ?? 0);
    const end = Math.min(Number(query.get('end') ?? log.length), log.length);
    const isTouched = gap !== null && start < gap[1] && end > gap[0];
    const from = isTouched && start >= gap[0] ? gap[1] : start;
    const to = isTouched ? (start >= gap[0] ? start : gap[0]) : end;
    const headers: Record<string, string> = { 'X-Log-Size': String(log.length) };
    if (isTouched) {
      headers['X-Log-Gap'] = `${gap[0]}-${gap[1]}`;
    }
    return new Response(log.slice(Math.min(from, to), to), { headers });
  };
}

/** Numbered lines of 10 bytes each. */
export function lines(count: number): Uint8Array {
  const all = Array.from({ length: count }, (_, n) => `${String(n).padStart(9, '0')}\n`);
  return new TextEncoder().encode(all.join(''));
}

/** A metric's curve; step and second are the point's number. */
export function series(
  key: string,
  values: readonly (number | string)[],
  change: Partial<IMetricSeries> = {}
): IMetricSeries {
  return {
    run_id: run().run_id,
    key,
    steps: values.map((_, index) => index),
    times: values.map((_, index) => index * 1000),
    values,
    total: values.length,
    ...change
  };
}

/** A file, or a folder when it has no size. */
export function entry(path: string, size = -1, preview: IArtifactEntry['preview'] = ''): IArtifactEntry {
  return { path, is_folder: size < 0, size: Math.max(0, size), preview };
}

/** Runs that differ in nothing, unless a story says otherwise. */
export function comparison(runs: readonly IRunSummary[], change: Partial<IComparison> = {}): IComparison {
  return {
    runs,
    metrics: [],
    params: [],
    data: [],
    packages: [],
    environment: [],
    cells: runs.map(() => 'fit()'),
    reports: runs.map(({ run_id }) => ({ run_id, fairness: null, explanation: null, problems: [] })),
    ...change
  };
}

/** Which run a route is asked about. */
export function askedRun({ path }: IAsked): string {
  return path.split('/')[1] ?? '';
}

/** A log's row without its colours. */
export function rowText(row: IRow): string {
  return row.line.map(span => span.text).join('');
}
