/** Many runs as lines over parallel axes, one for each parameter and metric that tells them apart. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useRef, useState } from 'react';

import { IRunSummary } from '../../api/types';
import { IAxis, mainAxes } from '../../model/comparisonFacts';
import { runName } from '../../model/runs';
import { useWidth } from '../hooks';
import { runColour, runDash } from '../run/colours';
import { RunKey } from './runKey';

const HEIGHT = 360;
const TOP = 40;
const BOTTOM = 16;
const GAP = 120;
const WIDEST_GAP = 260;
const SIDE = 70;
const MOST_AXES = 12;
const MOST_TICKS = 8;
const LONGEST = 18;

/** What a picture of many runs is given. */
export interface IPictureProps {
  readonly runs: readonly IRunSummary[];
  /** Each run's place, which decides its colour. */
  readonly places: readonly number[];
  readonly axes: readonly IAxis[];
  readonly open: (runId: string) => void;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function ParallelAxes(props: IPictureProps): JSX.Element {
  const { runs, places, axes, trans } = props;
  const [over, setOver] = useState<number | null>(null);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const host = useRef<HTMLDivElement>(null);
  const space = useWidth(host);
  if (!axes.length) {
    return <p className="mlops-quiet">{trans.__('No parameter and no metric tells these runs apart.')}</p>;
  }
  const shown = mainAxes(
    axes.filter(axis => !hidden.has(axisId(axis))),
    MOST_AXES
  );
  const gaps = Math.max(1, shown.length - 1);
  const gap = Math.min(WIDEST_GAP, Math.max(GAP, (space - 2 * SIDE) / gaps));
  const width = 2 * SIDE + gaps * gap;
  return (
    <div ref={host} className="mlops-Picture">
      <AxisChoice axes={axes} hidden={hidden} onChange={setHidden} trans={trans} />
      <div className="mlops-Picture-scroll">
        <svg
          width={width}
          height={HEIGHT}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-label={trans.__(
            'Parameters and metrics of %1 runs; the table of facts has the same figures.',
            runs.length
          )}
        >
          {runs.map((run, index) => (
            <path
              key={run.run_id}
              className={
                over === null || over === index ? 'mlops-Picture-line' : 'mlops-Picture-line mlops-mod-faint'
              }
              d={linePath(shown, index, gap)}
              stroke={runColour(places[index] ?? 0)}
              strokeDasharray={runDash(places[index] ?? 0)?.join(' ')}
              onMouseEnter={() => setOver(index)}
              onMouseLeave={() => setOver(null)}
              onClick={() => props.open(run.run_id)}
            >
              <title>{runName(run)}</title>
            </path>
          ))}
          {shown.map((axis, index) => (
            <Axis key={axisId(axis)} axis={axis} x={SIDE + index * gap} />
          ))}
        </svg>
      </div>
      <RunKey {...props} over={over} onOver={setOver} />
    </div>
  );
}

/** Return an axis's identity: a parameter and a metric may share a name. */
export function axisId(axis: IAxis): string {
  return `${axis.kind}.${axis.key}`;
}

function yOf(place: number): number {
  return HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);
}

/** A line through the axes; broken where the run has no value. */
function linePath(axes: readonly IAxis[], run: number, gap: number): string {
  let path = '';
  let isDown = false;
  axes.forEach((axis, index) => {
    const place = axis.places[run] ?? null;
    if (place !== null) {
      path += `${isDown ? 'L' : 'M'}${SIDE + index * gap} ${yOf(place).toFixed(1)}`;
    }
    isDown = place !== null;
  });
  return path;
}

function Axis({ axis, x }: { readonly axis: IAxis; readonly x: number }): JSX.Element {
  const step = Math.ceil(axis.ticks.length / MOST_TICKS);
  return (
    <g className="mlops-Picture-axis">
      <text x={x} y={16} textAnchor="middle" className={`mlops-mod-${axis.kind}`}>
        {cut(axis.key)}
        <title>{axis.key}</title>
      </text>
      <line x1={x} x2={x} y1={TOP} y2={HEIGHT - BOTTOM} />
      {axis.ticks
        .filter((_, index) => index % step === 0)
        .map(tick => (
          <text key={tick.text} x={x - 5} y={yOf(tick.place) + 4} textAnchor="end">
            {cut(tick.text)}
            <title>{tick.text}</title>
          </text>
        ))}
    </g>
  );
}

function AxisChoice(props: {
  readonly axes: readonly IAxis[];
  readonly hidden: ReadonlySet<string>;
  readonly onChange: (hidden: ReadonlySet<string>) => void;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { axes, hidden, onChange, trans } = props;
  const toggle = (id: string) => {
    const next = new Set(hidden);
    if (!next.delete(id)) {
      next.add(id);
    }
    onChange(next);
  };
  return (
    <details className="mlops-Picture-choice">
      <summary>{trans.__('Axes')}</summary>
      {axes.map(axis => (
        <label key={axisId(axis)} className="mlops-check">
          <input type="checkbox" checked={!hidden.has(axisId(axis))} onChange={() => toggle(axisId(axis))} />
          <bdi>{axis.key}</bdi>
        </label>
      ))}
    </details>
  );
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
