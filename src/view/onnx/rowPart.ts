/** Where one input's row is given. */

import { IFeed } from './session';

/** See the module. */
export interface IRowPart {
  readonly nodes: readonly HTMLElement[];
  /** Return what was given. Throws a `FieldError`, whose field has the focus then. */
  feed(): IFeed;
}
