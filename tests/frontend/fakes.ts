/** A server, its socket and its runs, all made of what a story says. */

import { ServerConnection } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { RunApi } from '../../src/api/runs';
import { IRunPage, IRunSummary, IServerStatus } from '../../src/api/types';
import { LiveState } from '../../src/api/live';
import { IRunFeed, IRunManager } from '../../src/tokens';

/** An id that ends in a number. */
export function runId(n = 1): string {
  return n.toString(16).padStart(32, '0');
}

/** A run that has finished, unless a story says otherwise. */
export function run(n = 1, change: Partial<IRunSummary> = {}): IRunSummary {
  return {
    run_id: runId(n),
    home_id: '0123456789ab',
    source: 'mlops',
    name: `run ${n}`,
    experiment: 'digits',
    notebook: 'work/digits.ipynb',
    user: 'ada',
    status: 'FINISHED',
    detail: '',
    submitted_at: '2026-11-21T12:00:00+00:00',
    started_at: '2026-11-21T12:00:01+00:00',
    ended_at: '2026-11-21T12:01:01+00:00',
    duration_s: 60,
    params: { lr: '0.1' },
    metrics: { acc: 0.9 },
    tags: {},
    main_metric: '',
    spark: [],
    progress: null,
    log_bytes: 0,
    returned: [],
    archived: false,
    kept: false,
    left_out: 0,
    ...change
  };
}

/** A page of runs out of all that fit. */
export function page(runs: readonly IRunSummary[], offset = 0, limit = 100): IRunPage {
  return { runs: runs.slice(offset, offset + limit), total: runs.length, offset, cursor: 1, building: false };
}

/** A server without runs that go on. */
export function status(change: Partial<IServerStatus> = {}): IServerStatus {
  return { version: '0.1.0', wire_version: 1, homes: [], building: false, live: 0, scheduled: 0, ...change };
}

/** What a route is asked. */
export interface IAsked {
  readonly method: string;
  /** Below our routes, with what follows the question mark. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** What a route answers: JSON, or a refusal. */
export type Answer = (asked: IAsked) => unknown;

/** A refusal. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly body: unknown
  ) {}
}

/** A Jupyter server that answers as a story says, and its socket. */
export class FakeServer {
  readonly asked: IAsked[] = [];
  readonly sockets: FakeSocket[] = [];
  readonly settings: ServerConnection.ISettings;

  constructor(private _answer: Answer = () => ({})) {
    const sockets = this.sockets;
    class Socket extends FakeSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    }
    this.settings = ServerConnection.makeSettings({
      baseUrl: 'http://localhost/user/a%20b/',
      wsUrl: 'ws://localhost/user/a%20b/',
      token: 'secret',
      appendToken: true,
      fetch: ((request: Request) => this._fetch(request)) as typeof fetch,
      WebSocket: Socket as unknown as typeof WebSocket
    });
  }

  /** The routes, asked of this server. */
  get api(): RunApi {
    return (this._api ??= new RunApi(this.settings));
  }

  /** The socket that was opened last. */
  get socket(): FakeSocket {
    return this.sockets[this.sockets.length - 1]!;
  }

  /** Answer otherwise from now on. */
  answers(answer: Answer): void {
    this._answer = answer;
  }

  private _api: RunApi | null = null;

  private async _fetch(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const text = await request.text();
    const path = url.pathname.split('/jupyter-mlops/api/')[1] ?? url.pathname;
    const asked = {
      method: request.method,
      path,
      query: url.searchParams,
      body: text ? JSON.parse(text) : null
    };
    this.asked.push(asked);
    const answer = await this._answer(asked);
    if (request.signal?.aborted) {
      throw new DOMException('aborted', 'AbortError');
    }
    if (answer instanceof Response) {
      return answer;
    }
    if (answer instanceof Refusal) {
      return new Response(JSON.stringify(answer.body), { status: answer.status, statusText: 'Refused' });
    }
    return answer === null
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(answer), { status: 200 });
  }
}

/** One end of a WebSocket. */
export class FakeSocket {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: unknown[] = [];
  isClosed = false;

  constructor(readonly url: string) {}

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  /** The server accepts. */
  open(): void {
    this.onopen?.();
  }

  /** The server says something. */
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** The server sends log bytes. */
  bytes(id: string, offset: number, text: string): void {
    const body = new TextEncoder().encode(text);
    const data = new ArrayBuffer(24 + body.length);
    const all = new Uint8Array(data);
    all.set(Uint8Array.from(id.match(/../g)!, pair => parseInt(pair, 16)));
    new DataView(data).setBigUint64(16, BigInt(offset));
    all.set(body, 24);
    this.onmessage?.({ data });
  }

  /** The network is gone. */
  drop(): void {
    this.onclose?.();
  }
}

/** A run manager without a connection: a story hands out summaries by hand. */
export class FakeManager implements IRunManager {
  readonly statusChanged: Signal<IRunManager, IServerStatus> = new Signal(this);
  readonly runsChanged: Signal<IRunManager, void> = new Signal(this);
  readonly connectionChanged: Signal<IRunManager, LiveState> = new Signal(this);
  readonly feeds: FakeFeed[] = [];
  status: IServerStatus | null = null;
  connection: LiveState = 'open';
  isDisposed = false;
  refreshed = 0;

  /** A server whose runs have displayed nothing, unless a story has another. */
  constructor(
    readonly server = new FakeServer(({ path }) => (path.endsWith('/displays') ? { displays: [] } : {}))
  ) {}

  get api(): RunApi {
    return this.server.api;
  }

  /** The looks that go on. */
  get watched(): readonly string[] {
    return this.feeds.filter(feed => !feed.isDisposed).map(feed => feed.runId);
  }

  watch(id: string): IRunFeed {
    const feed = new FakeFeed(id);
    this.feeds.push(feed);
    return feed;
  }

  async refresh(): Promise<void> {
    this.refreshed += 1;
    this.runsChanged.emit();
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** A look at a run, fed by hand. */
export class FakeFeed implements IRunFeed {
  readonly summaryChanged: Signal<IRunFeed, IRunSummary> = new Signal(this);
  readonly logReceived: Signal<IRunFeed, { runId: string; offset: number; bytes: Uint8Array }> = new Signal(
    this
  );
  readonly logSkipped: Signal<IRunFeed, { start: number; end: number }> = new Signal(this);
  readonly gone: Signal<IRunFeed, void> = new Signal(this);
  readonly streamed: number[] = [];
  summary: IRunSummary | null = null;
  isDisposed = false;

  constructor(readonly runId: string) {}

  /** The run stands so now. */
  tell(summary: IRunSummary): void {
    this.summary = summary;
    this.summaryChanged.emit(summary);
  }

  /** The run has printed. */
  print(text: string, offset = 0): void {
    this.logReceived.emit({ runId: this.runId, offset, bytes: new TextEncoder().encode(text) });
  }

  streamLog(offset: number): void {
    this.streamed.push(offset);
  }

  dispose(): void {
    this.isDisposed = true;
  }
}

/** Let everything happen that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Wait until something is so. */
export async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!isSo()) {
    if (Date.now() > deadline) {
      throw new Error(`It never came to be: ${isSo}`);
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
