/** The plugins of jupyter-mlops. */

import { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { runActionsPlugin } from './plugins/runActions';
import { runCardPlugin } from './plugins/runCard';
import { runExplorerPlugin } from './plugins/runExplorer';
import { runManagerPlugin } from './plugins/runManager';
import { runViewPlugin } from './plugins/runView';

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  runManagerPlugin,
  runCardPlugin,
  runExplorerPlugin,
  runViewPlugin,
  runActionsPlugin
];

export default plugins;
