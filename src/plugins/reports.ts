/** Shows fairness reports, explanations and exported models in their cells. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { NotebookKernels } from '../model/kernels';
import { ModelFiles } from '../model/modelFile';
import { show as showOnnx } from '../view/onnx/onnxCard';
import { ReportRenderer, ShowReport } from '../view/report/reportRenderer';
import { show as showExplanation } from '../widgets/explanation';
import { show as showFairness } from '../widgets/fairness';

/** Each kind of report, with what draws it. */
const REPORTS: Readonly<Record<string, ShowReport>> = {
  'application/vnd.jupyter-mlops.fairness+json': showFairness,
  'application/vnd.jupyter-mlops.explanation+json': showExplanation,
  'application/vnd.jupyter-mlops.onnx+json': showOnnx
};

/** Before widgets (-10), whose state a saved notebook has not, and before HTML (50). */
const RANK = -20;

export const reportsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:reports',
  description: 'Renders fairness reports, explanations and exported models, with and without a kernel.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ITranslator, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    tracker: INotebookTracker | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const notebooks = tracker && { tracker, kernels: new NotebookKernels(tracker), trans };
    const files = (element: Node) => {
      const notebook = () => tracker?.find(panel => panel.node.contains(element))?.context.path;
      const { contents, serverSettings: settings } = app.serviceManager;
      return new ModelFiles({ settings, contents, notebook, trans });
    };
    for (const [mimeType, show] of Object.entries(REPORTS)) {
      const createRenderer = () => new ReportRenderer(mimeType, show, trans, notebooks, files);
      // Safe: a report is data, shown as text. What is not trusted asks nobody for anything.
      rendermime.addFactory({ safe: true, mimeTypes: [mimeType], createRenderer }, RANK);
    }
  }
};
