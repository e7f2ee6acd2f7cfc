/** Provides the runs. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';

import { RunManager } from '../model/runManager';
import { IRunManager } from '../tokens';

export const runManagerPlugin: JupyterFrontEndPlugin<IRunManager> = {
  id: 'jupyter-mlops:run-manager',
  description: 'Provides the runs known to the server and tells when they change.',
  autoStart: true,
  provides: IRunManager,
  activate: (app: JupyterFrontEnd) =>
    new RunManager({
      events: app.serviceManager.events,
      serverSettings: app.serviceManager.serverSettings
    })
};
