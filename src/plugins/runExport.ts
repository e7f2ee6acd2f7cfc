/** Exports the table of runs. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs } from '../commands';
import { IRunExplorer } from '../tokens';
import { orSayWhy } from '../view/refusals';
import { saveBlob } from '../view/saveBlob';

const FILE_NAME = 'runs.csv';

export const runExportPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:run-export',
  description: 'Adds the command that exports the table of runs as CSV.',
  autoStart: true,
  requires: [IRunExplorer],
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, explorer: IRunExplorer, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    app.commands.addCommand(CommandIDs.exportRuns, {
      label: trans.__('Export Runs as CSV'),
      caption: trans.__('Save the runs that fit the search, as a table'),
      describedBy: { args: null },
      execute: () => orSayWhy(async () => saveBlob(await explorer.csv(), FILE_NAME), trans)
    });
  }
};
