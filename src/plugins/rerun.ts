/** Runs the cell of a run once more, with what the notebook's names stand for now. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { Cell, CodeCell } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CARD_MIME, isRunId, readCard } from '../api/guards';
import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { loadMagics, withMagics } from '../model/magics';
import { IRunExplorer } from '../tokens';

const RUN_ID = { type: 'string', pattern: '^[0-9a-f]{32}$' };

export const rerunPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:rerun',
  description: 'Adds the command that runs the cell of a run again.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [IRunExplorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    explorer: IRunExplorer | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    app.commands.addCommand(CommandIDs.rerunRun, {
      label: trans.__('Run Again'),
      caption: trans.__("Run the run's cell again, with the notebook's present values"),
      describedBy: { args: { type: 'object', properties: { runIds: { type: 'array', items: RUN_ID } } } },
      isEnabled: args => Array.isArray(args.runIds) || isOurs(explorer?.selected ?? []),
      execute: async args => {
        const named = Array.isArray(args.runIds) ? args.runIds.find(isRunId) : undefined;
        const runId = named ?? explorer?.selected[0]?.run_id;
        if (runId && !(await runAgain(app, notebooks, runId))) {
          Notification.warning(trans.__('Open a notebook for the new run first.'), { autoClose: 5000 });
        }
      }
    });
  }
};

function isOurs(runs: readonly IRunSummary[]): boolean {
  return runs.length === 1 && runs[0]?.source === 'mlops';
}

/** Run the cell that shows the run's card; where no open notebook has it, a new cell that repeats the run. */
async function runAgain(app: JupyterFrontEnd, notebooks: INotebookTracker, runId: string): Promise<boolean> {
  const found = findCard(notebooks, runId);
  const panel = found?.panel ?? notebooks.currentWidget;
  if (!panel) {
    return false;
  }
  app.shell.activateById(panel.id);
  if (found) {
    loadMagics(panel);
    await show(panel, found.cell);
    await NotebookActions.runCells(panel.content, [found.cell], panel.sessionContext);
    return true;
  }
  NotebookActions.insertBelow(panel.content);
  panel.content.activeCell?.model.sharedModel.setSource(withMagics(panel, `%runs rerun ${runId}`));
  await NotebookActions.run(panel.content, panel.sessionContext);
  return true;
}

/** Go to a cell: what happens there is to be seen. */
async function show({ content }: NotebookPanel, cell: Cell): Promise<void> {
  const index = content.widgets.indexOf(cell);
  content.activeCellIndex = index;
  await content.scrollToItem(index);
}

function findCard(
  notebooks: INotebookTracker,
  runId: string
): { readonly panel: NotebookPanel; readonly cell: Cell } | null {
  for (const panel of [
    notebooks.currentWidget,
    ...notebooks.filter(each => each !== notebooks.currentWidget)
  ]) {
    const cell = panel?.content.widgets.find(each => each instanceof CodeCell && hasCard(each, runId));
    if (panel && cell) {
      return { panel, cell };
    }
  }
  return null;
}

function hasCard(cell: CodeCell, runId: string): boolean {
  const { outputs } = cell.model;
  for (let index = 0; index < outputs.length; index++) {
    if (readCard(outputs.get(index).data[CARD_MIME])?.run_id === runId) {
      return true;
    }
  }
  return false;
}
