/** Registers the commands that act on runs: those that are named, or those that are selected. */

import { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, TranslationBundle, nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { IRunSummary } from '../api/types';
import { isRunId } from '../api/guards';
import { CommandIDs } from '../commands';
import { isDeletable, isEnded, isOurs } from '../model/runs';
import { IRunExplorer, IRunManager, IRunOpener } from '../tokens';
import { RunActions } from '../view/runActions';

type Arguments = ReadonlyPartialJSONObject;

/** A command about runs. */
interface IAction {
  readonly id: string;
  readonly label: (runs: readonly IRunSummary[]) => string;
  readonly isEnabled: (runs: readonly IRunSummary[]) => boolean;
  readonly act: (runs: readonly IRunSummary[], args: Arguments) => Promise<unknown> | void;
}

const ARGUMENTS = {
  type: 'object',
  properties: {
    runIds: {
      type: 'array',
      items: { type: 'string', pattern: '^[0-9a-f]{32}$' },
      description: 'The runs; without it, those that are selected in the list of runs.'
    },
    tab: { type: 'string', description: 'Part of the run view to open, for example "metrics".' }
  }
};

export const runActionsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-mlops:run-actions',
  description: 'Adds the commands that open, compare, stop, change and delete runs.',
  autoStart: true,
  requires: [IRunManager, IRunExplorer, IRunOpener],
  optional: [ITranslator, ICommandPalette, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    manager: IRunManager,
    explorer: IRunExplorer,
    opener: IRunOpener,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    browser: IDefaultFileBrowser | null
  ) => {
    const trans = (translator ?? nullTranslator).load('jupyter_mlops');
    const actions = new RunActions(manager, trans);
    const reproduce = async (run: IRunSummary) => {
      const path = await actions.reproduce(run, browser?.model.path ?? '');
      if (path !== null) {
        await app.commands.execute('docmanager:open', { path });
      }
    };
    for (const action of [
      ...lookAt(opener, trans),
      ...changing(actions, trans),
      ...taking(actions, reproduce, trans)
    ]) {
      register(app.commands, explorer, actions, action);
      palette?.addItem({ command: action.id, category: trans.__('Runs') });
    }
    explorer.selectedChanged.connect(() => app.commands.notifyCommandChanged());
  }
};

function lookAt(opener: IRunOpener, trans: TranslationBundle): readonly IAction[] {
  const open = (tab?: string) => async (runs: readonly IRunSummary[], args: Arguments) => {
    for (const run of runs) {
      await opener.openRun(run.run_id, typeof args.tab === 'string' ? args.tab : tab);
    }
  };
  return [
    { id: CommandIDs.openRun, label: () => trans.__('Open Run'), isEnabled: some, act: open() },
    { id: CommandIDs.openRunLog, label: () => trans.__('Open Log'), isEnabled: someOfOurs, act: open('log') },
    {
      id: CommandIDs.compareRuns,
      label: () => trans.__('Compare Runs'),
      isEnabled: runs => runs.length >= 2 && runs.length <= 20,
      act: runs => opener.compareRuns(runs.map(run => run.run_id))
    }
  ];
}

function changing(actions: RunActions, trans: TranslationBundle): readonly IAction[] {
  return [
    {
      id: CommandIDs.stopRun,
      label: () => trans.__('Stop Run'),
      isEnabled: runs => runs.some(run => isOurs(run) && !isEnded(run.status)),
      act: runs => actions.stop(runs)
    },
    {
      id: CommandIDs.renameRun,
      label: () => trans.__('Rename Run…'),
      isEnabled: one,
      act: first(r => actions.rename(r))
    },
    {
      id: CommandIDs.tagRun,
      label: () => trans.__('Tag Run…'),
      isEnabled: some,
      act: runs => actions.tag(runs)
    },
    {
      id: CommandIDs.noteRun,
      label: () => trans.__('Edit Note…'),
      isEnabled: one,
      act: first(r => actions.note(r))
    },
    {
      id: CommandIDs.archiveRun,
      label: runs =>
        runs.length && runs.every(run => run.archived) ? trans.__('Unarchive Run') : trans.__('Archive Run'),
      isEnabled: some,
      act: runs => actions.archive(runs)
    },
    {
      id: CommandIDs.keepRun,
      label: runs =>
        runs.length && runs.every(run => run.kept) ? trans.__('Allow Cleaning Up') : trans.__('Keep Run'),
      isEnabled: someOfOurs,
      act: runs => actions.keep(runs)
    },
    {
      id: CommandIDs.deleteRun,
      label: () => trans.__('Delete Run…'),
      isEnabled: runs => runs.some(isDeletable),
      act: runs => actions.remove(runs)
    }
  ];
}

function taking(
  actions: RunActions,
  reproduce: (run: IRunSummary) => Promise<void>,
  trans: TranslationBundle
): readonly IAction[] {
  return [
    {
      id: CommandIDs.reproduceRun,
      label: () => trans.__('Reproduce in a Notebook'),
      isEnabled: oneOfOurs,
      act: first(reproduce)
    },
    {
      id: CommandIDs.copyRunId,
      label: () => trans.__('Copy Run Id'),
      isEnabled: some,
      act: r => actions.copyIds(r)
    }
  ];
}

function register(
  commands: CommandRegistry,
  explorer: IRunExplorer,
  actions: RunActions,
  action: IAction
): void {
  const isNamed = (args: Arguments) => namedIds(args).length > 0;
  commands.addCommand(action.id, {
    label: args => action.label(isNamed(args) ? [] : explorer.selected),
    // Runs that are named may be anybody's: what cannot be done with them is said when it is tried.
    isEnabled: args => isEnabledFor(action, namedIds(args).length, explorer),
    describedBy: { args: ARGUMENTS },
    execute: async args => {
      const runs = isNamed(args) ? await actions.find(namedIds(args), explorer.selected) : explorer.selected;
      if (action.isEnabled(runs)) {
        await action.act(runs, args);
      }
    }
  });
}

function isEnabledFor(action: IAction, named: number, explorer: IRunExplorer): boolean {
  if (!named) {
    return action.isEnabled(explorer.selected);
  }
  return action.id !== CommandIDs.compareRuns || (named >= 2 && named <= 20);
}

function namedIds(args: Arguments): readonly string[] {
  const { runIds } = args;
  return Array.isArray(runIds) ? runIds.filter(isRunId) : [];
}

function some(runs: readonly IRunSummary[]): boolean {
  return runs.length > 0;
}

/** What of a selection is another tool's is told when it is tried. */
function someOfOurs(runs: readonly IRunSummary[]): boolean {
  return runs.some(isOurs);
}

function one(runs: readonly IRunSummary[]): boolean {
  return runs.length === 1;
}

function oneOfOurs(runs: readonly IRunSummary[]): boolean {
  return one(runs) && someOfOurs(runs);
}

function first(act: (run: IRunSummary) => Promise<void>): (runs: readonly IRunSummary[]) => Promise<void> {
  return async runs => {
    if (runs[0]) {
      await act(runs[0]);
    }
  };
}
