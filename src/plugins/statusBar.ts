/** Shows in the status bar how many runs go on. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IRunManager } from '../tokens';
import { StatusItem, statusText } from '../view/statusItem';

export const statusBarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:status-bar',
  description: 'Shows how many runs go on and how many wait.',
  autoStart: true,
  requires: [IRunManager, IStatusBar],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, manager: IRunManager, bar: IStatusBar, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const item = new StatusItem(manager, trans, () => void app.commands.execute(CommandIDs.showRuns));
    bar.registerStatusItem('jupyter-mlops:status', {
      item,
      align: 'left',
      rank: 10,
      isActive: () => statusText(manager, trans) !== '',
      activeStateChanged: item.activeChanged
    });
  }
};
