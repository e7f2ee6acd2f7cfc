/** The menu of one run where there is no list to select it in: the same commands as the explorer's menu. */

import { CommandRegistry } from '@lumino/commands';

import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { isDeletable, isEnded, isOurs } from '../model/runs';
import { openCommandMenu } from './commandMenu';

/** Commands in their order, with lines between them; those that make no sense for this run are left out. */
export function runMenuItems(run: IRunSummary): readonly (readonly string[])[] {
  const ours = isOurs(run);
  const hasEnded = isEnded(run.status);
  const only = (isSo: boolean, id: string) => (isSo ? [id] : []);
  return [
    [
      ...only(ours && !hasEnded, CommandIDs.stopRun),
      ...only(ours, CommandIDs.rerunRun),
      ...only(ours && run.status === 'FINISHED' && run.returned.length > 0, CommandIDs.loadRun),
      ...only(ours, CommandIDs.reproduceRun),
      ...only(ours && hasEnded, CommandIDs.registerModel),
      CommandIDs.copyRunId
    ],
    [
      CommandIDs.renameRun,
      CommandIDs.tagRun,
      CommandIDs.noteRun,
      ...only(ours, CommandIDs.keepRun),
      CommandIDs.archiveRun
    ],
    only(isDeletable(run), CommandIDs.deleteRun)
  ];
}

/** Open the menu below a button. It is gone when it closes. */
export function openRunMenu(run: IRunSummary, commands: CommandRegistry, below: HTMLElement): void {
  const { left, bottom } = below.getBoundingClientRect();
  openCommandMenu(commands, runMenuItems(run), { runIds: [run.run_id] }, left, bottom);
}
