/** Many runs as dots: one parameter or metric against another. */

import React, { useState } from 'react';

import { IAxis, mainAxes } from '../../model/comparisonFacts';
import { runName } from '../../model/runs';
import { runColour, runDash } from '../run/colours';
import { Choice } from '../run/choice';
import { IPictureProps, axisId } from './parallelAxes';
import { RunKey } from './runKey';

const WIDTH = 520;
const HEIGHT = 340;
const PAD = { left: 70, right: 20, top: 16, bottom: 44 };

/** See the module. */
export function ScatterPlot(props: IPictureProps): JSX.Element {
  const { runs, places, axes, trans } = props;
  const [chosen, setChosen] = useState<{ readonly x?: string; readonly y?: string }>({});
  const [over, setOver] = useState<number | null>(null);
  const main = mainAxes(axes, axes.length);
  const x = axes.find(axis => axisId(axis) === chosen.x) ?? main[0];
  const y = axes.find(axis => axisId(axis) === chosen.y) ?? lastMetric(main, x);
  if (!x || !y) {
    return (
      <p className="mlops-quiet">
        {trans.__('Two parameters or metrics that tell the runs apart are needed.')}
      </p>
    );
  }
  return (
    <div className="mlops-Picture">
      <div className="mlops-Curves-bar">
        <AxisSelect
          axes={axes}
          value={x}
          label={trans.__('Across')}
          onChange={id => setChosen({ ...chosen, x: id })}
        />
        <AxisSelect
          axes={axes}
          value={y}
          label={trans.__('Up')}
          onChange={id => setChosen({ ...chosen, y: id })}
        />
      </div>
      <div className="mlops-Picture-scroll">
        <svg
          width={WIDTH}
          height={HEIGHT}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          role="img"
          aria-label={trans.__('%1 against %2; the table of facts has the same figures.', y.key, x.key)}
        >
          <Frame x={x} y={y} />
          {runs.map((run, index) => {
            const [across, up] = [x.places[index], y.places[index]];
            return across == null || up == null ? null : (
              <circle
                key={run.run_id}
                className={
                  over === null || over === index ? 'mlops-Picture-dot' : 'mlops-Picture-dot mlops-mod-faint'
                }
                cx={xOf(across)}
                cy={yOf(up)}
                r={over === index ? 8 : 6}
                fill={runDash(places[index] ?? 0) ? 'none' : runColour(places[index] ?? 0)}
                stroke={runColour(places[index] ?? 0)}
                onMouseEnter={() => setOver(index)}
                onMouseLeave={() => setOver(null)}
                onClick={() => props.open(run.run_id)}
              >
                <title>{`${runName(run)}\n${x.key} ${x.texts[index]}\n${y.key} ${y.texts[index]}`}</title>
              </circle>
            );
          })}
        </svg>
      </div>
      <RunKey {...props} over={over} onOver={setOver} />
    </div>
  );
}

function lastMetric(axes: readonly IAxis[], other: IAxis | undefined): IAxis | undefined {
  return axes.find(axis => axis.kind === 'metric' && axis !== other) ?? axes.find(axis => axis !== other);
}

function xOf(place: number): number {
  return PAD.left + place * (WIDTH - PAD.left - PAD.right);
}

function yOf(place: number): number {
  return HEIGHT - PAD.bottom - place * (HEIGHT - PAD.top - PAD.bottom);
}

function Frame({ x, y }: { readonly x: IAxis; readonly y: IAxis }): JSX.Element {
  return (
    <g className="mlops-Picture-axis">
      <line
        x1={PAD.left}
        x2={WIDTH - PAD.right}
        y1={HEIGHT - PAD.bottom + 10}
        y2={HEIGHT - PAD.bottom + 10}
      />
      <line x1={PAD.left - 10} x2={PAD.left - 10} y1={PAD.top} y2={HEIGHT - PAD.bottom} />
      {x.ticks.map(tick => (
        <text key={tick.text} x={xOf(tick.place)} y={HEIGHT - PAD.bottom + 24} textAnchor="middle">
          {tick.text}
        </text>
      ))}
      {y.ticks.map(tick => (
        <text key={tick.text} x={PAD.left - 14} y={yOf(tick.place) + 4} textAnchor="end">
          {tick.text}
        </text>
      ))}
      <text
        x={(PAD.left + WIDTH - PAD.right) / 2}
        y={HEIGHT - 4}
        textAnchor="middle"
        className={`mlops-mod-${x.kind}`}
      >
        {x.key}
      </text>
    </g>
  );
}

function AxisSelect(props: {
  readonly axes: readonly IAxis[];
  readonly value: IAxis;
  readonly label: string;
  readonly onChange: (id: string) => void;
}): JSX.Element {
  return (
    <Choice
      label={props.label}
      isLabelShown
      value={axisId(props.value)}
      options={props.axes.map(axis => ({ value: axisId(axis), label: axis.key }))}
      onChange={props.onChange}
    />
  );
}
