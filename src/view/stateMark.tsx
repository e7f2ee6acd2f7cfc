/** A run's state as an icon with a name, and the word beside it where there is room: never colour alone. */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { RunStatus } from '../api/types';
import { failedIcon, finishedIcon, killedIcon, runningIcon, scheduledIcon } from '../icons';

const ICONS: Readonly<Record<RunStatus, LabIcon>> = {
  SCHEDULED: scheduledIcon,
  RUNNING: runningIcon,
  FINISHED: finishedIcon,
  FAILED: failedIcon,
  KILLED: killedIcon
};

/** The word for a state. */
export function stateWord(status: RunStatus, trans: TranslationBundle): string {
  switch (status) {
    case 'SCHEDULED':
      return trans.__('Scheduled');
    case 'RUNNING':
      return trans.__('Running');
    case 'FINISHED':
      return trans.__('Finished');
    case 'FAILED':
      return trans.__('Failed');
    case 'KILLED':
      return trans.__('Stopped');
  }
}

/** The icon alone: whoever draws it says the state in words beside it. */
export function StateIcon({ status }: { readonly status: RunStatus }): JSX.Element {
  const icon = ICONS[status];
  return (
    <span className={`mlops-State mlops-mod-${status.toLowerCase()}`}>
      <icon.react tag="span" className="mlops-State-icon" aria-hidden="true" />
    </span>
  );
}

/** See the module. */
export function StateMark(props: {
  readonly status: RunStatus;
  readonly trans: TranslationBundle;
  readonly withWord?: boolean;
}): JSX.Element {
  const { status, trans, withWord } = props;
  const word = stateWord(status, trans);
  const icon = ICONS[status];
  return (
    <span className={`mlops-State mlops-mod-${status.toLowerCase()}`} title={withWord ? undefined : word}>
      <icon.react tag="span" className="mlops-State-icon" aria-hidden="true" />
      <span className={withWord ? 'mlops-State-word' : 'mlops-visuallyHidden'}>{word}</span>
    </span>
  );
}
