/** What a report needs of where it stands. */

import { IWords } from './words';

/** JupyterLab, another front end's widget, or a page of its own. */
export interface IReportHost {
  readonly words: IWords;
  /** Characters that may be read, with eight for a number; without it, as many as a notebook can show. */
  readonly largest?: number;
  /** The notebook around the report, where there is one whose user trusts it. */
  readonly cells?: ICells;
}

/** Puts code into a notebook. */
export interface ICells {
  /** Why no code can be run now; empty where it can. */
  readonly problem: string;
  /** Tell a listener when that may have changed; returns what ends it. */
  subscribe(listener: () => void): () => void;
  /** Put code into a new cell below the report's, and run it; and then the run that it writes, if it does. */
  run(code: string): Promise<void>;
}

/** A report that is shown. */
export interface IShownReport {
  /** Take it out of its place. */
  dispose(): void;
}
