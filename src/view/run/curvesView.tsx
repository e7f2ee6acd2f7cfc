/** Curves of one run or several: how to look at them, a chart for each metric, and its figures as a table. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { ReactNode, useMemo, useState } from 'react';

import { CurvesModel, ICurveRun } from '../../model/curves';
import { ICurve, XAxis, curveFacts, smooth } from '../../model/curvesData';
import { formatFigure } from '../../model/format';
import { CutName } from '../cutName';
import { useSignal } from '../hooks';
import { runSwatch } from './colours';
import { Choice } from './choice';
import { CurveChart } from './curveChart';

const MANY = 8;
const STRONGEST = 0.99;

interface ICurvesProps {
  readonly model: CurvesModel;
  readonly trans: TranslationBundle;
  /** Which metrics are shown; all when it is left out. */
  readonly has?: (key: string) => boolean;
  /** What else belongs into the bar. */
  readonly children?: ReactNode;
}

/** See the module. */
export function CurvesView(props: ICurvesProps): JSX.Element {
  const { model, trans, has = () => true } = props;
  const [wanted, setWanted] = useState('');
  useSignal(model.changed);
  const all = model.keys.filter(has);
  const keys = all.filter(key => key.toLowerCase().includes(wanted.trim().toLowerCase()));
  const find = (text: string) => {
    setWanted(text);
    model.find(text);
  };
  return (
    <div className="mlops-Curves">
      <Bar {...props} count={all.length} wanted={wanted} setWanted={find} />
      {model.problem && (
        <p role="alert" className="mlops-Notice">
          {model.problem}
        </p>
      )}
      {!all.length && !model.problem && (
        <p className="mlops-quiet" role="status">
          {model.isLoading
            ? trans.__('Reading the curves…')
            : trans.__('No metric was logged. In the cell: mlflow.log_metric("loss", value, step=step).')}
        </p>
      )}
      {all.length > 0 && !keys.length && (
        <p className="mlops-quiet" role="status">
          {model.isLoading
            ? trans.__('Reading the curves…')
            : trans.__('No metric has “%1” in its name.', wanted.trim())}
        </p>
      )}
      {model.leftOut > 0 && (
        <p className="mlops-Notice" role="status">
          {trans._n(
            '%1 more metric is not drawn. Find it by its name, or look at it in TensorBoard.',
            '%1 more metrics are not drawn. Find them by their names, or look at all in TensorBoard.',
            model.leftOut
          )}
        </p>
      )}
      <div className="mlops-Curves-charts">
        {keys.map(key => (
          <CurveFigure key={key} name={key} model={model} trans={trans} />
        ))}
      </div>
    </div>
  );
}

function Bar(
  props: ICurvesProps & {
    readonly count: number;
    readonly wanted: string;
    readonly setWanted: (text: string) => void;
  }
): JSX.Element {
  const { model, trans, count, wanted, setWanted, children } = props;
  const { look } = model;
  return (
    <div className="mlops-Curves-bar" role="toolbar" aria-label={trans.__('How curves are shown')}>
      <Choice<XAxis>
        label={trans.__('Across')}
        isLabelShown
        value={look.axis}
        options={[
          { value: 'step', label: trans.__('step') },
          { value: 'elapsed', label: trans.__('time from the start') },
          { value: 'time', label: trans.__('clock') }
        ]}
        onChange={axis => model.setLook({ axis })}
      />
      <label className="mlops-check">
        <input
          type="checkbox"
          checked={look.isLog}
          onChange={event => model.setLook({ isLog: event.target.checked })}
        />
        {trans.__('Logarithmic')}
      </label>
      <label className="mlops-check">
        {trans.__('Smoothing')}
        <input
          type="range"
          min={0}
          max={STRONGEST}
          step={0.01}
          value={look.smoothing}
          onChange={event => model.setLook({ smoothing: Number(event.target.value) })}
        />
        <span className="mlops-Figure">{look.smoothing.toFixed(2)}</span>
      </label>
      {count > MANY && (
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Find a metric')}
          aria-label={trans.__('Find a metric')}
          value={wanted}
          onChange={event => setWanted(event.target.value)}
        />
      )}
      {children}
    </div>
  );
}

interface IFigureProps {
  readonly name: string;
  readonly model: CurvesModel;
  readonly trans: TranslationBundle;
}

/** The chart of one metric, and its figures below. */
export function CurveFigure({ name, model, trans }: IFigureProps): JSX.Element {
  const [point, setPoint] = useState<number | null>(null);
  const { look, version } = model;
  const curves = useMemo(() => model.curvesOf(name), [model, name, version, look.axis]);
  const runs = useMemo(() => model.runs, [model, version]);
  const isCut = useMemo(
    () => look.isLog && curves.some(({ ys }) => ys.some(y => y <= 0)),
    [curves, look.isLog]
  );
  return (
    <figure className="mlops-CurveFigure">
      <figcaption>
        <bdi>{name}</bdi>
        {isCut && (
          <span className="mlops-quiet">
            {trans.__('A logarithm has no place for 0 and less: such points are holes.')}
          </span>
        )}
      </figcaption>
      <CurveChart
        curves={curves}
        runs={runs}
        look={look}
        label={trans.__('Course of %1. Its figures are in the table below.', name)}
        trans={trans}
        group={model.group}
        onPoint={setPoint}
      />
      <CurveTable {...{ name, curves, runs, point, trans }} smoothing={look.smoothing} />
    </figure>
  );
}

function CurveTable(props: {
  readonly name: string;
  readonly curves: readonly ICurve[];
  readonly runs: readonly ICurveRun[];
  readonly point: number | null;
  readonly smoothing: number;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { name, curves, runs, point, smoothing, trans } = props;
  return (
    <table className="mlops-Table mlops-CurveTable" aria-label={trans.__('Figures of %1', name)}>
      <thead>
        <tr>
          <th scope="col">{trans.__('Run')}</th>
          <th scope="col">{point === null ? trans.__('Last') : trans.__('Here')}</th>
          <th scope="col">{trans.__('Least')}</th>
          <th scope="col">{trans.__('Greatest')}</th>
          <th scope="col">{trans.__('Points')}</th>
        </tr>
      </thead>
      <tbody>
        {curves.map(curve => (
          <CurveRow
            key={curve.runId}
            curve={curve}
            run={runs.find(run => run.runId === curve.runId)}
            point={point}
            smoothing={smoothing}
            trans={trans}
          />
        ))}
      </tbody>
    </table>
  );
}

function CurveRow(props: {
  readonly curve: ICurve;
  readonly run: ICurveRun | undefined;
  readonly point: number | null;
  readonly smoothing: number;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { curve, run, point, smoothing, trans } = props;
  const facts = useMemo(() => curveFacts(curve.ys), [curve]);
  const ys = useMemo(() => smooth(curve.ys, smoothing), [curve, smoothing]);
  const here = point === null ? -1 : curve.xs.indexOf(point);
  const value = point === null ? facts.last : (ys[here] ?? null);
  return (
    <tr>
      <th scope="row">
        <span className="mlops-Swatch" style={{ background: runSwatch(run?.place ?? 0) }} />
        <CutName name={run?.name ?? ''} title={run?.name} />
      </th>
      <td className="mlops-Figure" title={value === null ? undefined : String(value)}>
        {value === null ? '–' : formatFigure(value)}
      </td>
      <td className="mlops-Figure" title={String(facts.least)}>
        {formatFigure(facts.least)}
      </td>
      <td className="mlops-Figure" title={String(facts.greatest)}>
        {formatFigure(facts.greatest)}
      </td>
      <td className="mlops-Figure">
        {curve.total}
        {facts.odd > 0 && <span title={trans.__('%1 of them are NaN or infinite', facts.odd)}> ⚠</span>}
      </td>
    </tr>
  );
}
