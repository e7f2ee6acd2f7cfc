/** A run's state as an icon with a name, and the word beside it where there is room: never colour alone. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { RunStatus } from '../api/types';
import { failedIcon, finishedIcon, killedIcon, runningIcon, scheduledIcon } from '../icons';

/** As they are, not as JupyterLab's components: a screen of runs draws dozens at once, and none is ever replaced. */
const PICTURES: Readonly<Record<RunStatus, { readonly __html: string }>> = {
  SCHEDULED: { __html: scheduledIcon.svgstr },
  RUNNING: { __html: runningIcon.svgstr },
  FINISHED: { __html: finishedIcon.svgstr },
  FAILED: { __html: failedIcon.svgstr },
  KILLED: { __html: killedIcon.svgstr }
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
  return (
    <span className={`mlops-State mlops-mod-${status.toLowerCase()}`}>
      <Picture status={status} />
    </span>
  );
}

function Picture({ status }: { readonly status: RunStatus }): JSX.Element {
  return <span className="mlops-State-icon" aria-hidden="true" dangerouslySetInnerHTML={PICTURES[status]} />;
}

/** See the module. */
export const StateMark = React.memo(function StateMark(props: {
  readonly status: RunStatus;
  readonly trans: TranslationBundle;
  readonly withWord?: boolean;
}): JSX.Element {
  const { status, trans, withWord } = props;
  const word = stateWord(status, trans);
  return (
    <span className={`mlops-State mlops-mod-${status.toLowerCase()}`} title={withWord ? undefined : word}>
      <Picture status={status} />
      <span className={withWord ? 'mlops-State-word' : 'mlops-visuallyHidden'}>{word}</span>
    </span>
  );
});
