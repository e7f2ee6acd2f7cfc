/** The progress bar that a run has printed last, as one of JupyterLab's look. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IRunProgress } from '../api/types';
import { formatFigure } from '../model/format';

/** See the module. */
export function Progress(props: {
  readonly progress: IRunProgress;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { label, done, total } = props.progress;
  const share = total > 0 ? Math.max(0, Math.min(1, done / total)) : 0;
  const count = `${formatFigure(done)}/${formatFigure(total)}`;
  const text = props.trans.__('%1 of %2', formatFigure(done), formatFigure(total));
  return (
    <span className="mlops-Progress">
      {label && <bdi className="mlops-Progress-label">{label}</bdi>}
      {!label.includes(count) && <span className="mlops-Figure">{count}</span>}
      <span
        className="mlops-Progress-bar"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={text}
        aria-label={label || props.trans.__('Progress')}
      >
        <span style={{ width: `${(share * 100).toFixed(1)}%` }} />
      </span>
    </span>
  );
}
