/** Shows fairness reports and explanations in their cells. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { NotebookKernels } from '../model/kernels';
import { ReportRenderer, ShowReport } from '../view/report/reportRenderer';
import { show as showExplanation } from '../widgets/explanation';
import { show as showFairness } from '../widgets/fairness';

/** Each kind of report, with what draws it. */
const REPORTS: Readonly<Record<string, ShowReport>> = {
  'application/vnd.jupyter-mlops.fairness+json': showFairness,
  'application/vnd.jupyter-mlops.explanation+json': showExplanation
};

/** Before widgets (-10), whose state a saved notebook has not, and before HTML (50). */
const RANK = -20;

export const reportsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:reports',
  description: 'Renders fairness reports and explanations, with and without a kernel.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator, INotebookTracker],
  activate: (
    _: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    tracker: INotebookTracker | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const notebooks = tracker && { tracker, kernels: new NotebookKernels(tracker), trans };
    for (const [mimeType, show] of Object.entries(REPORTS)) {
      const createRenderer = () => new ReportRenderer(mimeType, show, trans, notebooks);
      // Safe: a report is data, shown as text, and asks nobody for anything.
      rendermime.addFactory({ safe: true, mimeTypes: [mimeType], createRenderer }, RANK);
    }
  }
};
