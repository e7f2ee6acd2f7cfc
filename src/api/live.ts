/**
 * The one live connection of a browser tab: summaries and log bytes of the runs that somebody looks at.
 *
 * It opens with the first watch, closes with the last one, and opens again after a loss, each time waiting longer. A
 * run is then watched from the byte that comes next, so that nothing is missing and nothing comes twice.
 */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { IDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { LiveMessage, readLiveMessage } from './guards';
import { API_ROOT } from './request';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const HEAD_BYTES = 24;

/** Bytes of a run's log, as they stand in the file. */
export interface ILogChunk {
  readonly runId: string;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** How the connection stands. `idle`: nobody looks at anything. */
export type LiveState = 'idle' | 'connecting' | 'open' | 'lost';

/** The tab's WebSocket. */
export class LiveConnection implements IDisposable {
  /** Nothing is opened yet. */
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** A summary, a jump, an end, or a hint that runs have changed. */
  get message(): ISignal<this, LiveMessage> {
    return this._message;
  }

  /** Log bytes, each once and in order for a run. */
  get chunk(): ISignal<this, ILogChunk> {
    return this._chunk;
  }

  /** The connection was opened or lost. */
  get stateChanged(): ISignal<this, LiveState> {
    return this._stateChanged;
  }

  /** How the connection stands. */
  get state(): LiveState {
    return this._state;
  }

  /** Whether it has ended for good. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Keep the connection open even while no run is watched, for the hints. */
  listen(): void {
    this._isListening = true;
    this._ensureOpen();
  }

  /** Watch a run, its log from byte `offset` on; null: its summaries only. */
  watch(runId: string, offset: number | null): void {
    this._watched.set(runId, offset);
    this._ensureOpen();
    this._send({ watch: runId, offset });
  }

  /** Watch a run no longer. */
  forget(runId: string): void {
    if (this._watched.delete(runId)) {
      this._send({ forget: runId });
    }
    if (!this._watched.size && !this._isListening) {
      this._close('idle');
    }
  }

  /** Try now instead of waiting: the user has come back, or asks. */
  retry(): void {
    if (this._state === 'lost') {
      this._wait = FIRST_WAIT_MS;
      this._open();
    }
  }

  /** Close. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this._watched.clear();
      this._close('idle');
      Signal.clearData(this);
    }
  }

  private _ensureOpen(): void {
    if (this._state === 'idle' && !this._isDisposed) {
      this._open();
    }
  }

  private _open(): void {
    window.clearTimeout(this._timer);
    const { WebSocket, wsUrl, token, appendToken } = this._settings;
    const address = URLExt.join(wsUrl, API_ROOT, 'live');
    const query = appendToken && token ? `?token=${encodeURIComponent(token)}` : '';
    const socket = new WebSocket(address + query);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => this._onOpen(socket);
    socket.onmessage = event => this._onMessage(socket, event);
    socket.onclose = () => this._onClose(socket);
    this._socket = socket;
    this._setState('connecting');
  }

  private _onOpen(socket: WebSocket): void {
    if (socket === this._socket) {
      this._wait = FIRST_WAIT_MS;
      this._setState('open');
      for (const [runId, offset] of this._watched) {
        this._send({ watch: runId, offset });
      }
    }
  }

  private _onMessage(socket: WebSocket, event: MessageEvent<unknown>): void {
    if (socket !== this._socket) {
      return;
    }
    if (event.data instanceof ArrayBuffer) {
      this._onBytes(event.data);
    } else if (typeof event.data === 'string') {
      const message = readLiveMessage(event.data);
      if (message) {
        this._onText(message);
      }
    }
  }

  private _onText(message: LiveMessage): void {
    if (message.kind === 'skipped' && typeof this._watched.get(message.runId) === 'number') {
      this._watched.set(message.runId, message.end);
    } else if (message.kind === 'gone') {
      this._watched.delete(message.runId);
    }
    this._message.emit(message);
  }

  private _onBytes(data: ArrayBuffer): void {
    if (data.byteLength < HEAD_BYTES) {
      return;
    }
    const runId = hexadecimal(new Uint8Array(data, 0, 16));
    const offset = Number(new DataView(data).getBigUint64(16));
    const expected = this._watched.get(runId);
    if (typeof expected !== 'number') {
      return; // It was forgotten while these bytes were on their way.
    }
    const known = Math.max(0, expected - offset);
    const bytes = new Uint8Array(data, HEAD_BYTES).subarray(known);
    if (bytes.length) {
      this._watched.set(runId, offset + known + bytes.length);
      this._chunk.emit({ runId, offset: offset + known, bytes });
    }
  }

  private _onClose(socket: WebSocket): void {
    if (socket !== this._socket || this._isDisposed) {
      return;
    }
    this._socket = null;
    const wait = this._wait * (0.75 + Math.random() / 2); // Not all tabs at once after the server was restarted.
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT_MS);
    this._timer = window.setTimeout(() => this._open(), wait);
    this._setState('lost');
  }

  private _close(state: LiveState): void {
    window.clearTimeout(this._timer);
    const socket = this._socket;
    this._socket = null;
    socket?.close();
    this._setState(state);
  }

  private _send(message: object): void {
    if (this._state === 'open') {
      this._socket?.send(JSON.stringify(message));
    }
  }

  private _setState(state: LiveState): void {
    if (state !== this._state) {
      this._state = state;
      this._stateChanged.emit(state);
    }
  }

  private readonly _message = new Signal<this, LiveMessage>(this);
  private readonly _chunk = new Signal<this, ILogChunk>(this);
  private readonly _stateChanged = new Signal<this, LiveState>(this);
  private readonly _watched = new Map<string, number | null>();
  private _socket: WebSocket | null = null;
  private _state: LiveState = 'idle';
  private _isListening = false;
  private _isDisposed = false;
  private _timer = 0;
  private _wait = FIRST_WAIT_MS;
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
