/** What a card offers: the ways to see more of its run, stopping it, and a menu with the rest. */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon, ellipsesIcon, stopIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { isEnded, metricKeys } from '../model/runs';
import { openRunMenu } from './runMenu';

/** What is needed to act on a run. */
export interface IRunActionsProps {
  readonly run: IRunSummary;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** Log, metrics, TensorBoard, run view. */
export function CardLinks({ run, commands, trans }: IRunActionsProps): JSX.Element {
  const runIds = [run.run_id];
  const hasFailed = run.status === 'FAILED';
  const link = (label: string, id: string, args: object = {}, title?: string) => (
    <button
      className="mlops-linkButton"
      title={title}
      onClick={() => void commands.execute(id, { runIds, ...args })}
    >
      {label}
    </button>
  );
  return (
    <span className="mlops-RunCard-actions" role="group" aria-label={trans.__('Show')}>
      {hasFailed && link(trans.__('Run again'), CommandIDs.rerunRun)}
      {link(hasFailed ? trans.__('Open log') : trans.__('Log'), CommandIDs.openRunLog)}
      {metricKeys(run).length > 0 && link(trans.__('Metrics'), CommandIDs.openRun, { tab: 'metrics' })}
      {metricKeys(run).length > 0 && link(trans.__('TensorBoard'), CommandIDs.openTensorBoard)}
      {link(trans.__('Open ↗'), CommandIDs.openRun, {}, trans.__('Open the run in a tab'))}
    </span>
  );
}

/** Stop, and more. */
export function CardButtons({ run, commands, trans }: IRunActionsProps): JSX.Element {
  const button = (icon: LabIcon, label: string, onClick: (event: React.MouseEvent<HTMLElement>) => void) => (
    <button
      className="mlops-plainButton mlops-RunCard-button"
      title={label}
      aria-label={label}
      onClick={onClick}
    >
      <icon.react tag="span" />
    </button>
  );
  return (
    <span className="mlops-RunCard-buttons" role="group" aria-label={trans.__('Actions')}>
      {!isEnded(run.status) &&
        button(stopIcon, trans.__('Stop'), () => {
          void commands.execute(CommandIDs.stopRun, { runIds: [run.run_id] });
        })}
      {button(ellipsesIcon, trans.__('More'), event => openRunMenu(run, commands, event.currentTarget))}
    </span>
  );
}
