/** Provides the place below the list of runs in the sidebar. */

import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { IExplorerFooter } from '../tokens';
import { ExplorerFooter } from '../view/explorerFooter';

export const explorerFooterPlugin: JupyterFrontEndPlugin<IExplorerFooter> = {
  id: 'jupyter-mlops:explorer-footer',
  description: 'Provides the place below the list of runs.',
  autoStart: true,
  provides: IExplorerFooter,
  activate: () => new ExplorerFooter()
};
