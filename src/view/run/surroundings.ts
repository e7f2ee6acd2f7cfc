/** What the run view and the comparison need of JupyterLab. */

import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IRunManager } from '../../tokens';

/** See the module. */
export interface IRunSurroundings {
  readonly manager: IRunManager;
  readonly commands: CommandRegistry;
  readonly editors: IEditorServices;
  readonly languages: IEditorLanguageRegistry;
  readonly rendermime: IRenderMimeRegistry;
  readonly trans: TranslationBundle;
}
