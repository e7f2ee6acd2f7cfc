/** A real JupyterLab server, with token and XSRF check, in directories of its own; a story may kill it and start it again. */

import { ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync
} from 'node:fs';
import { AddressInfo, createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';

/** The interpreter that has jupyter-mlops. */
export const PYTHON = process.env.MLOPS_PYTHON ?? resolve(__dirname, '../../.venv/bin/python');

const START_MS = 60_000;
const LONGEST_END_MS = 20_000;

/** What may be unlike the default. */
export interface IServerOptions {
  /** As a hub gives it: encoded, with a slash at both ends. */
  readonly baseUrl?: string;
  /** Settings by plugin, as a user would have made them. */
  readonly settings?: Readonly<Record<string, object>>;
}

/** See the module. */
export class JupyterServer {
  /** Where the server's files lie; notebooks are below `root`. */
  readonly folder = mkdtempSync('/tmp/mlops-ui-');
  readonly root = join(this.folder, 'work');
  readonly token = randomBytes(16).toString('hex');
  readonly baseUrl: string;
  port = 0;

  constructor(options: IServerOptions = {}) {
    this.baseUrl = options.baseUrl ?? '/';
    mkdirSync(this.root);
    // Nothing is fetched from elsewhere, and nobody is asked whether it may be.
    this._writeSettings('@jupyterlab/apputils-extension:notification', {
      fetchNews: 'false',
      checkForUpdates: false
    });
    for (const [plugin, settings] of Object.entries(options.settings ?? {})) {
      this._writeSettings(plugin, settings);
    }
  }

  /** The URL of a path below the base URL, for a user who has the token. */
  url(path: string, port = this.port): string {
    return `http://127.0.0.1:${port}${this.baseUrl}${path}${path.includes('?') ? '&' : '?'}token=${this.token}`;
  }

  /** Start, on the same port as before, and wait until it answers. */
  async start(): Promise<void> {
    this.port ||= await freePort();
    const log = createWriteStream(join(this.folder, 'server.log'), { flags: 'a' });
    await once(log, 'open');
    this._process = spawn(PYTHON, ['-m', 'jupyterlab', ...this._arguments()], {
      cwd: this.root,
      env: this._environment(),
      stdio: ['ignore', log, log]
    });
    const endAt = Date.now() + START_MS;
    while (!(await this._answers())) {
      if (this._process.exitCode !== null || Date.now() > endAt) {
        throw new Error(`The server did not start:\n${this.log}`);
      }
      await new Promise(done => setTimeout(done, 50));
    }
  }

  /** Let it die at once, as `kill -9` does; its kernels and runs live on. */
  async kill(): Promise<void> {
    await this._end('SIGKILL');
  }

  /** Let it end as Ctrl-C does, with its kernels. */
  async stop(): Promise<void> {
    await this._end('SIGTERM');
  }

  /** Let everything die at once, kernels and runs too, as when the container is stopped that they live in. */
  async vanish(): Promise<void> {
    await this.kill();
    this._others().forEach(killIfThere);
  }

  /** End everything, and forget the directories. */
  async dispose(): Promise<void> {
    await this.stop();
    // Runs and keepers outlive a server, which is their virtue; here their directories go.
    this._others().forEach(killIfThere);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  /** Write the server's configuration, which it reads when it starts. */
  configure(configuration: object): void {
    mkdirSync(join(this.folder, 'config'), { recursive: true });
    writeFileSync(join(this.folder, 'config', 'jupyter_server_config.json'), JSON.stringify(configuration));
  }

  /** Write a file below the root. */
  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Read a file below the root; empty where there is none. */
  read(path: string): string {
    const file = join(this.root, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** Ask a path below the base URL with the token. */
  async ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const response = await fetch(this.url(path), init);
    if (!response.ok) {
      throw new Error(`${path}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as T;
  }

  /** What the server has logged. */
  get log(): string {
    return readFileSync(join(this.folder, 'server.log'), 'utf8');
  }

  /** The server's process id. */
  get pid(): number {
    return this._process?.pid ?? 0;
  }

  /** Processes that began below this server: they have its environment. */
  private _others(): readonly number[] {
    const mark = `XDG_RUNTIME_DIR=${join(this.folder, 'run')}\0`;
    return readdirSync('/proc')
      .filter(name => /^\d+$/.test(name))
      .filter(name => readIfThere(`/proc/${name}/environ`).includes(mark))
      .map(Number);
  }

  private _arguments(): readonly string[] {
    return [
      '--no-browser',
      '--allow-root',
      `--ServerApp.port=${this.port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${this.root}`,
      `--ServerApp.base_url=${this.baseUrl}`,
      `--IdentityProvider.token=${this.token}`
    ];
  }

  private _environment(): NodeJS.ProcessEnv {
    const below = (name: string) => join(this.folder, name);
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      IPYTHONDIR: below('ipython'),
      JUPYTER_CONFIG_DIR: below('config'),
      JUPYTER_DATA_DIR: below('data'),
      JUPYTER_RUNTIME_DIR: below('runtime'),
      JUPYTERLAB_SETTINGS_DIR: below('settings'),
      JUPYTERLAB_WORKSPACES_DIR: below('workspaces'),
      // A crash says in the log where it was.
      PYTHONFAULTHANDLER: '1',
      XDG_DATA_HOME: below('share'),
      XDG_RUNTIME_DIR: below('run')
    };
    mkdirSync(below('run'), { recursive: true, mode: 0o700 });
    // Without .pyc files every start is two to three times slower.
    delete environment.PYTHONDONTWRITEBYTECODE;
    delete environment.JUPYTER_MLOPS_HOME;
    return environment;
  }

  private _writeSettings(plugin: string, settings: object): void {
    const [, owner = '', name = ''] = /^(.*):(.*)$/.exec(plugin) ?? [];
    const file = join(this.folder, 'settings', owner, `${name}.jupyterlab-settings`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings));
  }

  private async _answers(): Promise<boolean> {
    try {
      return (await fetch(this.url('api/status'))).ok;
    } catch {
      return false; // It does not listen yet.
    }
  }

  private async _end(signal: NodeJS.Signals): Promise<void> {
    const process = this._process;
    if (process && process.exitCode === null && process.signalCode === null) {
      const ended = once(process, 'exit');
      process.kill(signal);
      // Jupyter Server waits for ever for a thread of AnyIO whose task had not ended when the event loop was closed.
      const impatience = setTimeout(() => process.kill('SIGKILL'), LONGEST_END_MS);
      await ended;
      clearTimeout(impatience);
    }
  }

  private _process: ChildProcess | null = null;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return ''; // The process has ended, or is another user's.
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    return; // It has just ended.
  }
}

/** Return a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
