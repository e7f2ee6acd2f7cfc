/** The server's routes as methods: one class that knows the addresses, and no state. */

import { ServerConnection } from '@jupyterlab/services';

import { Query, apiUrl, request, requestJson, sending } from './request';
import {
  IArtifactPage,
  IChangeModel,
  IChangeRun,
  IComparison,
  IMetricPage,
  IModelVersion,
  IOpenTensorBoard,
  IRegisterModel,
  IRegisteredModel,
  IRegisteredModels,
  IRunColumns,
  IRunDetail,
  IRunGroups,
  IRunPage,
  IRunSummary,
  IRunTrends,
  IServerStatus,
  ITensorBoardInstance
} from './types';

/** By what runs are put together. */
export type GroupBy = 'experiment' | 'notebook';

/** Which runs, in which order, and which part of them. */
export interface IRunQuery {
  readonly query?: string;
  readonly sort?: string;
  readonly order?: 'asc' | 'desc';
  readonly offset?: number;
  readonly limit?: number;
  readonly group_by?: GroupBy;
  readonly group?: string;
  readonly archived?: boolean;
}

/** Part of a log, and where it stands. */
export interface ILogPart {
  readonly bytes: Uint8Array;
  /** Length of the whole log. */
  readonly size: number;
  /** What the cap has freed, if it touches this part. */
  readonly gap: { readonly start: number; readonly end: number } | null;
}

/** A page of what a run displayed: MIME bundles, and where in the log each stands. */
export interface IDisplayPage {
  readonly displays: readonly IDisplay[];
  /** `seq` to ask from for the rest; null when these are the last. */
  readonly next?: number | null;
}

/** One display event of a run. */
export interface IDisplay {
  readonly seq: number;
  readonly offset: number;
  readonly kind: 'display' | 'update' | 'result' | 'clear' | 'error';
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly transient: Readonly<Record<string, unknown>>;
}

/** Our routes. Each method throws `RequestError`. */
export class RunApi {
  /** Ask the server that `settings` names. */
  constructor(readonly settings: ServerConnection.ISettings) {}

  /** How the server stands: homes, live runs, whether the catalog is being built. */
  status(): Promise<IServerStatus> {
    return this._get(['status']);
  }

  /** Part of the runs that fit. */
  page(query: IRunQuery, signal?: AbortSignal): Promise<IRunPage> {
    return this._get(['runs'], { ...query }, signal);
  }

  /** The groups of the runs that fit. */
  groups(query: string, by: GroupBy, archived: boolean, signal?: AbortSignal): Promise<IRunGroups> {
    return this._get(['runs', 'groups'], { query, by, archived: archived || undefined }, signal);
  }

  /** Keys to choose columns from and to complete. */
  columns(): Promise<IRunColumns> {
    return this._get(['runs', 'columns']);
  }

  /** Courses of runs that only a store has. */
  trends(runIds: readonly string[], signal?: AbortSignal): Promise<IRunTrends> {
    return this._get(['runs', 'trends'], { id: runIds }, signal);
  }

  /** Where the table can be downloaded as CSV. */
  csvUrl(query: IRunQuery, columns: readonly string[]): string {
    return apiUrl(this.settings, ['runs.csv'], { ...query, columns: columns.join(',') });
  }

  /** The table as CSV. */
  async csv(query: IRunQuery, columns: readonly string[]): Promise<Blob> {
    return (await request(this.settings, this.csvUrl(query, columns))).blob();
  }

  /** All about one run, except what may be long. */
  detail(runId: string, signal?: AbortSignal): Promise<IRunDetail> {
    return this._get(['runs', runId], {}, signal);
  }

  /** Change what is the user's. */
  change(runId: string, change: IChangeRun): Promise<IRunSummary> {
    return this._send('PATCH', ['runs', runId], change);
  }

  /** Remove an ended run. */
  async remove(runId: string): Promise<void> {
    await request(this.settings, apiUrl(this.settings, ['runs', runId]), sending('DELETE'));
  }

  /** Stop a run. */
  stop(runId: string): Promise<IRunSummary> {
    return this._send('POST', ['runs', runId, 'stop'], {});
  }

  /** Write a notebook that repeats the run; `path` is relative to the server's root. */
  notebook(runId: string, path: string): Promise<{ readonly path: string }> {
    return this._send('POST', ['runs', runId, 'notebook'], { path });
  }

  /** The registered models; without them where `mark` is still true. */
  models(mark: string): Promise<IRegisteredModels> {
    return this._get(['models'], { mark });
  }

  /** Make what a run made a new version of a name. */
  registerModel(wish: IRegisterModel): Promise<IModelVersion> {
    return this._send('POST', ['models'], wish);
  }

  /** Change aliases and words of a registered model. */
  changeModel(modelId: string, change: IChangeModel): Promise<IRegisteredModel> {
    return this._send('PATCH', ['models', modelId], change);
  }

  /** Delete a version of a registered model; without one, the model with all of them. */
  async deleteModel(modelId: string, version?: number): Promise<void> {
    await request(this.settings, apiUrl(this.settings, ['models', modelId], { version }), sending('DELETE'));
  }

  /** Bytes `start` to `end` of the log. */
  async log(runId: string, start: number, end?: number, signal?: AbortSignal): Promise<ILogPart> {
    const url = apiUrl(this.settings, ['runs', runId, 'log'], { start, end });
    const response = await request(this.settings, url, { signal });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const gap = /^(\d+)-(\d+)$/.exec(response.headers.get('X-Log-Gap') ?? '');
    return {
      bytes,
      size: Number(response.headers.get('X-Log-Size') ?? bytes.length),
      gap: gap ? { start: Number(gap[1]), end: Number(gap[2]) } : null
    };
  }

  /** Byte offsets of a text, one for each line that holds it; `next` is where to go on. */
  searchLog(
    runId: string,
    text: string,
    start: number,
    signal?: AbortSignal
  ): Promise<{ readonly offsets: readonly number[]; readonly next: number | null }> {
    return this._get(['runs', runId, 'log', 'search'], { text, start }, signal);
  }

  /** What the run displayed, from the event with the number `start` on. */
  displays(runId: string, start = 0): Promise<IDisplayPage> {
    return this._get(['runs', runId, 'displays'], { start });
  }

  /** Curves, down-sampled to `points` each. */
  metrics(
    runId: string,
    keys: readonly string[],
    points: number,
    signal?: AbortSignal
  ): Promise<IMetricPage> {
    return this._get(['runs', runId, 'metrics'], { key: keys, points }, signal);
  }

  /** A folder of a run's artifacts. */
  artifacts(runId: string, path = ''): Promise<IArtifactPage> {
    return this._get(['runs', runId, 'artifacts'], { path });
  }

  /** Where a file of a run's artifacts is. */
  artifactUrl(runId: string, path: string): string {
    return apiUrl(this.settings, ['runs', runId, 'artifacts', 'content'], { path });
  }

  /** Two to twenty runs side by side. */
  compare(runIds: readonly string[], signal?: AbortSignal): Promise<IComparison> {
    return this._get(['comparisons'], { id: runIds }, signal);
  }

  /** TensorBoards that this server supervises. */
  tensorBoards(): Promise<readonly ITensorBoardInstance[]> {
    return this._get(['tensorboards']);
  }

  /** Start a TensorBoard, or find the one that shows the same. */
  openTensorBoard(wish: IOpenTensorBoard): Promise<ITensorBoardInstance> {
    return this._send('POST', ['tensorboards'], wish);
  }

  /** End a TensorBoard, for everybody who looks at it. */
  async stopTensorBoard(instanceId: string): Promise<void> {
    await request(this.settings, apiUrl(this.settings, ['tensorboards', instanceId]), sending('DELETE'));
  }

  private _get<T>(path: readonly string[], query: Query = {}, signal?: AbortSignal): Promise<T> {
    return requestJson<T>(this.settings, apiUrl(this.settings, path, query), { signal });
  }

  private _send<T>(method: 'POST' | 'PATCH', path: readonly string[], body: unknown): Promise<T> {
    return requestJson<T>(this.settings, apiUrl(this.settings, path), sending(method, body));
  }
}
