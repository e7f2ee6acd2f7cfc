/** What our plugins offer each other, and other extensions: the runs, and a way to show one. */

import { Token } from '@lumino/coreutils';
import { IDisposable } from '@lumino/disposable';
import { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import type { ILogChunk, LiveState } from './api/live';
import type { RunApi } from './api/runs';
import type { IRunSummary, IServerStatus } from './api/types';

/** Somebody's look at one run. All looks of a tab share one stream; dispose it to look away. */
export interface IRunFeed extends IDisposable {
  readonly runId: string;
  /** The newest summary; null until the first has come. */
  readonly summary: IRunSummary | null;
  readonly summaryChanged: ISignal<IRunFeed, IRunSummary>;
  /** Log bytes, in order. Bytes before the first chunk's offset are to be had by `RunApi.log`. */
  readonly logReceived: ISignal<IRunFeed, ILogChunk>;
  /** A hole in the stream, because the run printed faster than anybody reads. */
  readonly logSkipped: ISignal<IRunFeed, { readonly start: number; readonly end: number }>;
  /** The run was deleted, or is not known. */
  readonly gone: ISignal<IRunFeed, void>;
  /** Stream the log from byte `offset` on. A stream that begins earlier goes on as it is. */
  streamLog(offset: number): void;
}

/** The runs that the server knows. */
export interface IRunManager extends IDisposable {
  /** Every route of the server. */
  readonly api: RunApi;
  /** The server's state; null until it has answered. */
  readonly status: IServerStatus | null;
  readonly statusChanged: ISignal<IRunManager, IServerStatus>;
  /** Runs were added, changed or deleted: look again. Told at most twice a second. */
  readonly runsChanged: ISignal<IRunManager, void>;
  /** How the live connection stands. */
  readonly connection: LiveState;
  readonly connectionChanged: ISignal<IRunManager, LiveState>;
  /** Look at a run until the feed is disposed. */
  watch(runId: string): IRunFeed;
  /** Look again now. */
  refresh(): Promise<void>;
}

/** Shows runs in the main area. */
export interface IRunOpener {
  /** Show a run, or the tab that shows it. `tab` names a part of the run view, for example "log". */
  openRun(runId: string, tab?: string): Promise<void>;
  /** Show two to twenty runs side by side. */
  compareRuns(runIds: readonly string[]): Promise<void>;
}

/** The lists of runs: what is selected in the one that was used last. */
export interface IRunExplorer {
  /** Selected runs, in the order of their selection; the keyboard's where none is. */
  readonly selected: readonly IRunSummary[];
  readonly selectedChanged: ISignal<IRunExplorer, void>;
  /** Where the table that is shown can be had as CSV. */
  csv(): Promise<Blob>;
}

/** The place below the list of runs, where other plugins add sections. */
export interface IExplorerFooter extends Widget {
  /** Show a section; smaller ranks are higher up. */
  addSection(section: Widget, rank: number): void;
}

/** The token of the run manager. */
export const IRunManager = new Token<IRunManager>(
  'jupyter-mlops:IRunManager',
  'The runs that the server knows, and the live connection to them.'
);

/** The token of the opener of runs. */
export const IRunOpener = new Token<IRunOpener>(
  'jupyter-mlops:IRunOpener',
  'Shows a run, or several side by side, in the main area.'
);

/** The token of the lists of runs. */
export const IRunExplorer = new Token<IRunExplorer>(
  'jupyter-mlops:IRunExplorer',
  'The lists of runs, and what is selected in them.'
);

/** The token of the place below the list of runs. */
export const IExplorerFooter = new Token<IExplorerFooter>(
  'jupyter-mlops:IExplorerFooter',
  'The place below the list of runs in the sidebar, where other plugins add sections.'
);
