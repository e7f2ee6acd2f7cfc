/** Shows runs in the main area, one tab each, restored after a reload; and puts a run's result into a notebook. */

import { ILayoutRestorer, JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';

import { isRunId } from '../api/guards';
import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { withMagics } from '../model/magics';
import { RunViewModel, readTab } from '../model/runView';
import { IRunExplorer, IRunManager, IRunOpener } from '../tokens';
import { RunWidget } from '../view/run/runWidget';
import { IRunSurroundings } from '../view/run/surroundings';

type Tracker = WidgetTracker<RunWidget>;

const RUN_ID = { type: 'string', pattern: '^[0-9a-f]{32}$' };

export const runViewPlugin: JupyterFrontEndPlugin<IRunOpener> = {
  id: 'jupyter-mlops:run-view',
  description: 'Shows a run in the main area.',
  autoStart: true,
  provides: IRunOpener,
  requires: [IRunManager, IEditorServices, IEditorLanguageRegistry, IRenderMimeRegistry],
  optional: [ITranslator, ILayoutRestorer, INotebookTracker, IRunExplorer],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    editors: IEditorServices,
    languages: IEditorLanguageRegistry,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    notebooks: INotebookTracker | null,
    explorer: IRunExplorer | null
  ): IRunOpener => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const around = { manager, commands: app.commands, editors, languages, rendermime, trans };
    const tracker: Tracker = new WidgetTracker({ namespace: 'jupyter-mlops-run' });
    addShowCommand(app, tracker, around);
    addLoadCommand(app, notebooks, explorer, trans);
    void restorer?.restore(tracker, {
      command: CommandIDs.showRun,
      args: widget => ({ runId: widget.model.runId, tab: widget.model.tab }),
      name: widget => widget.model.runId
    });
    return {
      openRun: (runId, tab) => app.commands.execute(CommandIDs.showRun, tab ? { runId, tab } : { runId }),
      compareRuns: runIds => app.commands.execute(CommandIDs.showComparison, { runIds: [...runIds] })
    };
  }
};

function addShowCommand(app: JupyterFrontEnd, tracker: Tracker, around: IRunSurroundings): void {
  const { trans, manager } = around;
  app.commands.addCommand(CommandIDs.showRun, {
    label: trans.__('Show a Run'),
    describedBy: {
      args: {
        type: 'object',
        required: ['runId'],
        properties: {
          runId: RUN_ID,
          tab: { type: 'string', description: 'Part of the run view, for example "log".' }
        }
      }
    },
    execute: async args => {
      const { runId, tab } = args;
      if (!isRunId(runId)) {
        return;
      }
      const name = typeof tab === 'string' ? readTab(tab) : null;
      let widget = tracker.find(each => each.model.runId === runId);
      if (!widget) {
        widget = new RunWidget(new RunViewModel(runId, manager, name ?? undefined), around);
        widget.model.tabChanged.connect(() => widget && void tracker.save(widget));
        app.shell.add(widget, 'main', { type: 'Run' });
        await tracker.add(widget);
      } else if (name) {
        widget.model.setTab(name);
      }
      app.shell.activateById(widget.id);
    }
  });
}

function addLoadCommand(
  app: JupyterFrontEnd,
  notebooks: INotebookTracker | null,
  explorer: IRunExplorer | null,
  trans: TranslationBundle
): void {
  app.commands.addCommand(CommandIDs.loadRun, {
    label: trans.__('Load into Notebook'),
    caption: trans.__('Insert a cell that loads what the run returned into the notebook that was used last.'),
    describedBy: { args: { type: 'object', properties: { runIds: { type: 'array', items: RUN_ID } } } },
    isEnabled: args => Array.isArray(args.runIds) || hasResult(explorer?.selected ?? []),
    execute: args => {
      const named = Array.isArray(args.runIds) ? args.runIds.find(isRunId) : undefined;
      const runId = named ?? explorer?.selected[0]?.run_id;
      const panel = notebooks?.currentWidget;
      if (!runId) {
        return;
      }
      if (!panel) {
        Notification.warning(trans.__('Open the notebook that shall have the result first.'), {
          autoClose: 5000
        });
        return;
      }
      NotebookActions.insertBelow(panel.content);
      panel.content.activeCell?.model.sharedModel.setSource(withMagics(panel, `%runs load ${runId}`));
      app.shell.activateById(panel.id);
    }
  });
}

function hasResult(runs: readonly IRunSummary[]): boolean {
  return runs.length === 1 && runs[0]?.status === 'FINISHED' && runs[0].returned.length > 0;
}
