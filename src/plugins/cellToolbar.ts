/** Runs a cell as a tracked run: a button on the cell, and a command. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { Cell } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { runsIcon } from '../icons';
import { loadMagics } from '../model/magics';
import { asTrackedRun } from '../model/trackedCell';

export const cellToolbarPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:cell-toolbar',
  description: 'Adds a button that runs a cell as a tracked run.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    app.commands.addCommand(CommandIDs.runCellTracked, {
      label: trans.__('Run as Tracked Run'),
      caption: trans.__('Run as tracked run: put %1 on this cell', '%%train'),
      icon: runsIcon,
      describedBy: { args: null },
      isEnabled: () => trackedText(notebooks.activeCell) !== null,
      isVisible: () => notebooks.activeCell?.model.type === 'code',
      execute: () => runTracked(notebooks)
    });
    palette?.addItem({ command: CommandIDs.runCellTracked, category: trans.__('Runs') });
    notebooks.activeCellChanged.connect(() => app.commands.notifyCommandChanged(CommandIDs.runCellTracked));
  }
};

async function runTracked(notebooks: INotebookTracker): Promise<void> {
  const panel = notebooks.currentWidget;
  const text = trackedText(notebooks.activeCell);
  if (!panel || text === null) {
    return;
  }
  notebooks.activeCell?.model.sharedModel.setSource(text);
  loadMagics(panel);
  await NotebookActions.run(panel.content, panel.sessionContext);
}

function trackedText(cell: Cell | null): string | null {
  return cell?.model.type === 'code' ? asTrackedRun(cell.model.sharedModel.getSource()) : null;
}
