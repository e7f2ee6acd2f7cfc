/** A way to the server that can be cut, as a network is when a laptop sleeps. */

import { once } from 'node:events';
import { AddressInfo, Server, Socket, connect, createServer } from 'node:net';

/** See the module. */
export class LeakyProxy {
  /** Lead to a port on this machine. */
  constructor(private readonly _target: number) {}

  /** The port to come in by. */
  get port(): number {
    return (this._server.address() as AddressInfo).port;
  }

  /** Begin to listen. */
  async open(): Promise<void> {
    this._server.listen(0, '127.0.0.1');
    await once(this._server, 'listening');
  }

  /** Cut every connection, and refuse new ones until `mend`. */
  cut(): void {
    this._isCut = true;
    this._sockets.forEach(socket => socket.destroy());
  }

  /** Let connections through again. */
  mend(): void {
    this._isCut = false;
  }

  /** Close for good. */
  dispose(): void {
    this.cut();
    this._server.close();
  }

  private _join(outer: Socket): void {
    if (this._isCut) {
      outer.destroy();
      return;
    }
    const inner = connect(this._target, '127.0.0.1');
    const ends: readonly (readonly [Socket, Socket])[] = [
      [outer, inner],
      [inner, outer]
    ];
    for (const [from, to] of ends) {
      this._sockets.add(from);
      from.on('error', () => to.destroy());
      from.on('close', () => (this._sockets.delete(from), to.destroy()));
      from.pipe(to);
    }
  }

  private readonly _server: Server = createServer(socket => this._join(socket));
  private readonly _sockets = new Set<Socket>();
  private _isCut = false;
}
