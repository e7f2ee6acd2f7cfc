/** What a report needs of where it stands. */

import { IWhatIfAnswer, IWhatIfQuestion } from '../../api/types';
import { IWords } from './words';

/** JupyterLab, another front end's widget, or a page of its own. */
export interface IReportHost {
  readonly words: IWords;
  /** Characters that may be read, with eight for a number; without it, as many as a notebook can show. */
  readonly largest?: number;
  /** The notebook around the report, where there is one whose user trusts it. */
  readonly cells?: ICells;
  /** The kernel that may have the model, where there is one and its user trusts the report. */
  readonly asker?: IAsker;
  /** Finds the file that an export wrote, where its user trusts the report. */
  readonly files?: IModelFiles;
}

/** Finds the file of a model. */
export interface IModelFiles {
  /** The bytes, if they are those of the digest. Rejected with a reason, in words, where there are none. */
  find(wanted: IWantedFile): Promise<Uint8Array>;
}

/** A file, by where it may be and what it holds. */
export interface IWantedFile {
  /** The run that keeps it; empty for none. */
  readonly runId: string;
  /** Beside the notebook, unless it is absolute. */
  readonly path: string;
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Asks the model that a report is about. */
export interface IAsker {
  /** Why nothing can be asked now; empty where it can. */
  readonly problem: string;
  /** Tell a listener when that may have changed; returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** The answer comes when the kernel is free. Rejected with a reason where none will come. */
  ask(question: IWhatIfQuestion): Promise<IWhatIfAnswer>;
}

/** Puts code into a notebook. */
export interface ICells {
  /** Why no code can be run now; empty where it can. */
  readonly problem: string;
  /** Tell a listener when that may have changed; returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** What the kernel has of some names, once it is free. Rejected with a reason where it does not say. */
  look(names: readonly string[]): Promise<IKernelState>;
  /**
   * Put code into a new cell below the report's, and run it. If it writes a run as the next cell, run that as well, and
   * then `after` in a cell below it.
   */
  run(code: string, after: string): Promise<void>;
}

/** What a line would meet in a kernel: one that was restarted has forgotten everything. */
export interface IKernelState {
  /** Whether our magics are loaded. */
  readonly isLoaded: boolean;
  /** Names that it does not have, and that no run is about to give it. */
  readonly missing: readonly string[];
}

/** A report that is shown. */
export interface IShownReport {
  /** Take it out of its place. */
  dispose(): void;
}
