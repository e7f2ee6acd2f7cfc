/** Shows registered models below the list of runs, and registers what a run made. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import React from 'react';

import { EndpointApi } from '../api/endpoints';
import { isRunId } from '../api/guards';
import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { ModelsModel } from '../model/models';
import { isEnded } from '../model/runs';
import { IExplorerFooter, IRunExplorer, IRunManager, IRunOpener } from '../tokens';
import { openMenu } from '../view/commandMenu';
import { FooterWidget } from '../view/footer/footerWidget';
import { ModelActions } from '../view/models/modelActions';
import { ModelsSection } from '../view/models/modelsSection';

/** Above the endpoints. */
const RANK = 10;

const ARGUMENTS = {
  type: 'object',
  properties: {
    runIds: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      description: 'One run; without it, the one that is selected in the list of runs.'
    }
  }
};

export const modelsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:models',
  description: 'Shows registered models below the list of runs.',
  autoStart: true,
  requires: [IRunManager, IRunExplorer, IRunOpener, IExplorerFooter],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    explorer: IRunExplorer,
    opener: IRunOpener,
    footer: IExplorerFooter,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const model = new ModelsModel(manager);
    const openRun = (runId: string) => void opener.openRun(runId);
    const endpoints = new EndpointApi(app.serviceManager.serverSettings);
    const actions = new ModelActions(model, openRun, () => endpoints.list(), trans);
    const section = React.createElement(ModelsSection, {
      model,
      trans,
      onOpenRun: openRun,
      onMenu: (row, left, top) => openMenu(actions.menu(row), left, top),
      onDescribe: row => void actions.describe(row),
      onDelete: row => void actions.delete(row)
    });
    footer.addSection(
      new FooterWidget(
        () => section,
        () => model.look()
      ),
      RANK
    );
    app.commands.addCommand(CommandIDs.registerModel, {
      label: trans.__('Register Model…'),
      describedBy: { args: ARGUMENTS },
      isEnabled: args => namedId(args.runIds) !== null || explorer.selected.some(isOurs),
      execute: async args => {
        const runId = namedId(args.runIds);
        const run = runId ? (await manager.api.detail(runId)).summary : explorer.selected.find(isOurs);
        if (run) {
          await actions.register(run);
        }
      }
    });
    palette?.addItem({ command: CommandIDs.registerModel, category: trans.__('Runs') });
  }
};

/** A run that is here and has ended can have a model to register; whether it has, the server says. */
function isOurs(run: IRunSummary): boolean {
  return run.source === 'mlops' && isEnded(run.status);
}

function namedId(value: unknown): string | null {
  return Array.isArray(value) && isRunId(value[0]) ? value[0] : null;
}
