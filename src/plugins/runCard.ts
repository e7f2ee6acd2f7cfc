/** Shows the cards of runs in their cells. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CARD_MIME } from '../api/guards';
import { NotebookKernels } from '../model/kernels';
import { IRunManager } from '../tokens';
import { RunCardRenderer } from '../view/runCardRenderer';

/** Before HTML (50), which is what other front ends show. */
const RANK = 0;

export const runCardPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:run-card',
  description: 'Renders the card of a run, live.',
  autoStart: true,
  requires: [IRunManager, IRenderMimeRegistry],
  optional: [ITranslator, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    notebooks: INotebookTracker | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const kernels = notebooks && new NotebookKernels(notebooks);
    const around = { manager, commands: app.commands, rendermime, kernels, trans };
    rendermime.addFactory(
      // Safe: an untrusted notebook's card is pure data, as text, and asks the server nothing.
      { safe: true, mimeTypes: [CARD_MIME], createRenderer: () => new RunCardRenderer(around) },
      RANK
    );
  }
};
