/** What a report needs of where it stands. */

import { IWords } from './words';

/** JupyterLab, another front end's widget, or a page of its own. */
export interface IReportHost {
  readonly words: IWords;
  /** Characters that may be read, with eight for a number; without it, as many as a notebook can show. */
  readonly largest?: number;
}

/** A report that is shown. */
export interface IShownReport {
  /** Take it out of its place. */
  dispose(): void;
}
