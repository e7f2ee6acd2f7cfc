/** The plugins of jupyter-mlops. */

import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { cellToolbarPlugin } from './plugins/cellToolbar';
import { comparePlugin } from './plugins/compare';
import { endpointsPlugin } from './plugins/endpoints';
import { explorerFooterPlugin } from './plugins/explorerFooter';
import { modelsPlugin } from './plugins/models';
import { reportsPlugin } from './plugins/reports';
import { rerunPlugin } from './plugins/rerun';
import { runActionsPlugin } from './plugins/runActions';
import { runCardPlugin } from './plugins/runCard';
import { runExplorerPlugin } from './plugins/runExplorer';
import { runExportPlugin } from './plugins/runExport';
import { runManagerPlugin } from './plugins/runManager';
import { runNotificationsPlugin } from './plugins/runNotifications';
import { runViewPlugin } from './plugins/runView';
import { statusBarPlugin } from './plugins/statusBar';
import { tensorBoardPlugin } from './plugins/tensorboard';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  runManagerPlugin,
  runCardPlugin,
  explorerFooterPlugin,
  runExplorerPlugin,
  runViewPlugin,
  comparePlugin,
  runActionsPlugin,
  modelsPlugin,
  endpointsPlugin,
  runExportPlugin,
  rerunPlugin,
  tensorBoardPlugin,
  reportsPlugin,
  statusBarPlugin,
  runNotificationsPlugin,
  cellToolbarPlugin
];

export default plugins;
