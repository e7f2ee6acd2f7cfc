/** Shows two to twenty runs side by side in the main area, restored after a reload. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { isRunId } from '../api/guards';
import { CommandIDs } from '../commands';
import { ComparisonModel, MOST_RUNS } from '../model/comparison';
import { IRunManager } from '../tokens';
import { ComparisonWidget } from '../view/compare/comparisonWidget';

export const comparePlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:run-comparison',
  description: 'Compares runs in the main area.',
  autoStart: true,
  requires: [IRunManager, IEditorServices, IEditorLanguageRegistry, IRenderMimeRegistry],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const around = { manager, commands: app.commands, editors, languages, rendermime, trans };
    const tracker = new WidgetTracker<ComparisonWidget>({ namespace: 'jupyter-mlops-comparison' });
    app.commands.addCommand(CommandIDs.showComparison, {
      label: trans.__('Show a Comparison'),
      describedBy: {
        args: {
          type: 'object',
          required: ['runIds'],
          properties: {
            runIds: { type: 'array', minItems: 2, maxItems: MOST_RUNS, items: { type: 'string' } }
          }
        }
      },
      execute: async args => {
        const runIds = Array.isArray(args.runIds)
          ? [...new Set(args.runIds.filter(isRunId))].slice(0, MOST_RUNS)
          : [];
        if (runIds.length < 2) {
          return;
        }
        let widget = tracker.find(each => each.model.key === runIds.join());
        if (!widget) {
          const model = new ComparisonModel(manager, runIds);
          const made = (widget = new ComparisonWidget(model, around));
          model.runsChanged.connect(() => void tracker.save(made));
          app.shell.add(widget, 'main', { type: 'Run' });
          await tracker.add(widget);
        }
        app.shell.activateById(widget.id);
      }
    });
    void restorer?.restore(tracker, {
      command: CommandIDs.showComparison,
      args: widget => ({ runIds: [...widget.model.runIds] }),
      name: widget => widget.model.runIds.join('-')
    });
  }
};
