/** The courses that most likely matter, over the table of facts: up to three metrics, every run in its colour. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { CurvesModel } from '../../model/curves';
import { isSystemMetric } from '../../model/curvesData';
import { useSignal } from '../hooks';
import { CurveFigure } from '../run/curvesView';

const MOST = 3;

/** See the module. Nothing where no metric has more than one point. */
export function CurveStrip(props: {
  readonly model: CurvesModel;
  /** The runs' main metrics: they come first. */
  readonly main: readonly string[];
  readonly onAll: () => void;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const { model, main, onAll, trans } = props;
  useSignal(model.changed);
  const keys = model.keys.filter(key => !isSystemMetric(key) && model.hasCourse(key));
  if (!keys.length) {
    return null;
  }
  const shown = [...new Set([...main.filter(key => keys.includes(key)), ...keys])].slice(0, MOST);
  return (
    <details className="mlops-CurveStrip" open>
      <summary>{trans.__('Curves')}</summary>
      <div className="mlops-Curves-charts">
        {shown.map(key => (
          <CurveFigure key={key} name={key} model={model} trans={trans} />
        ))}
      </div>
      <button className="mlops-linkButton" onClick={onAll}>
        {trans._n('%1 curve, with its figures', 'All %1 curves, with their figures', keys.length)}
      </button>
    </details>
  );
}
