/** What can be done with the run that is shown: JupyterLab's toolbar, our commands. */

import {
  LabIcon,
  ReactWidget,
  Toolbar,
  ToolbarButtonComponent,
  copyIcon,
  deleteIcon,
  editIcon,
  moveDownIcon,
  notebookIcon,
  refreshIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IRunSummary } from '../../api/types';
import { CommandIDs } from '../../commands';
import { archiveIcon, keepRunIcon, tagRunIcon, tensorBoardIcon } from '../../icons';
import { isDeletable, isEnded, isOurs } from '../../model/runs';
import { RunViewModel } from '../../model/runView';
import { useSignal } from '../hooks';
import { IRunSurroundings } from './surroundings';

interface IAction {
  readonly id: string;
  readonly icon: LabIcon;
  readonly label: (run: IRunSummary) => string;
  readonly isShown?: (run: IRunSummary) => boolean;
  readonly isEnabled?: (run: IRunSummary) => boolean;
  readonly hasWord?: boolean;
}

/** What can be done with another tool's run, too. */
const IN_ITS_STORE: ReadonlySet<string> = new Set([
  CommandIDs.renameRun,
  CommandIDs.tagRun,
  CommandIDs.archiveRun,
  CommandIDs.openTensorBoard,
  CommandIDs.copyRunId,
  CommandIDs.deleteRun
]);

/** Add the actions to a toolbar. */
export function addRunActions(toolbar: Toolbar, model: RunViewModel, around: IRunSurroundings): void {
  for (const action of actions(around.trans)) {
    toolbar.addItem(
      action.id,
      ReactWidget.create(<Action model={model} action={action} commands={around.commands} />)
    );
  }
}

function Action(props: {
  readonly model: RunViewModel;
  readonly action: IAction;
  readonly commands: CommandRegistry;
}): JSX.Element | null {
  const { model, action, commands } = props;
  useSignal(model.changed);
  const run = model.summary;
  const isPossible = run && (isOurs(run) || IN_ITS_STORE.has(action.id));
  if (!isPossible || model.isGone || !(action.isShown?.(run) ?? true)) {
    return null;
  }
  const label = action.label(run);
  return (
    <ToolbarButtonComponent
      icon={action.icon}
      label={action.hasWord ? label : ''}
      iconLabel={label}
      tooltip={label}
      enabled={action.isEnabled?.(run) ?? true}
      onClick={() => void commands.execute(action.id, { runIds: [run.run_id] })}
    />
  );
}

function actions(trans: TranslationBundle): readonly IAction[] {
  const hasEnded = (run: IRunSummary) => isEnded(run.status);
  return [
    {
      id: CommandIDs.stopRun,
      icon: stopIcon,
      label: () => trans.__('Stop'),
      isShown: run => !hasEnded(run),
      hasWord: true
    },
    {
      id: CommandIDs.loadRun,
      icon: moveDownIcon,
      label: () => trans.__('Load into notebook'),
      isShown: run => run.status === 'FINISHED' && run.returned.length > 0,
      hasWord: true
    },
    {
      id: CommandIDs.reproduceRun,
      icon: notebookIcon,
      label: () => trans.__('Reproduce in a notebook'),
      hasWord: true
    },
    {
      id: CommandIDs.rerunRun,
      icon: refreshIcon,
      label: () => trans.__('Run again'),
      isShown: hasEnded,
      hasWord: true
    },
    {
      id: CommandIDs.openTensorBoard,
      icon: tensorBoardIcon,
      label: () => trans.__('TensorBoard'),
      hasWord: true
    },
    { id: CommandIDs.renameRun, icon: editIcon, label: () => trans.__('Rename…') },
    { id: CommandIDs.tagRun, icon: tagRunIcon, label: () => trans.__('Tag…') },
    {
      id: CommandIDs.keepRun,
      icon: keepRunIcon,
      label: run => (run.kept ? trans.__('Allow cleaning up') : trans.__('Keep from cleaning up'))
    },
    {
      id: CommandIDs.archiveRun,
      icon: archiveIcon,
      label: run => (run.archived ? trans.__('Take out of the archive') : trans.__('Archive'))
    },
    { id: CommandIDs.copyRunId, icon: copyIcon, label: () => trans.__('Copy id') },
    { id: CommandIDs.deleteRun, icon: deleteIcon, label: () => trans.__('Delete…'), isEnabled: isDeletable }
  ];
}
