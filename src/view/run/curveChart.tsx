/** The curves of one metric, drawn by uPlot: drag to zoom, double click to see all again. */

import React, { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';

import { ICurveLook, ICurveRun } from '../../model/curves';
import { ICurve, alignCurves, smooth } from '../../model/curvesData';
import { formatDuration, formatFigure } from '../../model/format';
import { runColour, runDash } from './colours';
import { useIsNear, useThemeName } from './chartHooks';

const HEIGHT_PX = 220;
const RAW_OPACITY = '40';

interface IChartProps {
  readonly curves: readonly ICurve[];
  readonly runs: readonly ICurveRun[];
  readonly look: ICurveLook;
  readonly label: string;
  /** What the button says that ends a zoom. */
  readonly allLabel: string;
  /** Charts of one group show the same x under the pointer. */
  readonly group: string;
  /** The x under the pointer, or null. */
  readonly onPoint: (x: number | null) => void;
}

/** See the module. */
export function CurveChart(props: IChartProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [isZoomed, setZoomed] = useState(false);
  const isNear = useIsNear(host);
  const theme = useThemeName();
  const { curves, runs, look } = props;
  useEffect(() => {
    if (!host.current || !isNear) {
      return;
    }
    const node = host.current;
    let isWanted = true;
    const observer = new ResizeObserver(() =>
      chart.current?.setSize({ width: node.clientWidth, height: HEIGHT_PX })
    );
    void import('./uplot').then(({ default: Plot }) => {
      if (isWanted) {
        const range = chart.current && isZoomed ? chart.current.scales.x : null;
        chart.current?.destroy();
        chart.current = new Plot(chartOptions(props, node, setZoomed), chartData(props), node);
        if (range && range.min !== undefined && range.max !== undefined) {
          chart.current.setScale('x', { min: range.min ?? 0, max: range.max ?? 1 });
        }
        observer.observe(node);
      }
    });
    return () => {
      isWanted = false;
      observer.disconnect();
    };
  }, [curves, runs, look, isNear, theme]);
  useEffect(() => () => chart.current?.destroy(), []);
  return (
    <div className="mlops-CurveChart" style={{ minHeight: HEIGHT_PX }}>
      <div ref={host} role="img" aria-label={props.label} />
      {isZoomed && (
        <button
          className="mlops-CurveChart-all jp-mod-styled"
          onClick={() => {
            chart.current?.setData(chart.current.data, true);
            setZoomed(false);
          }}
        >
          {props.allLabel}
        </button>
      )}
    </div>
  );
}

/** The data as uPlot wants it: with smoothing, each curve twice, as logged and smoothed. */
function chartData({ curves, look }: IChartProps): uPlot.AlignedData {
  const smoothed = curves.map(curve => ({ xs: curve.xs, ys: smooth(curve.ys, look.smoothing) }));
  return alignCurves(look.smoothing > 0 ? [...curves, ...smoothed] : curves, look.isLog) as uPlot.AlignedData;
}

function chartSeries({ curves, runs, look }: IChartProps): uPlot.Series[] {
  const series = (curve: ICurve, isFaint: boolean): uPlot.Series => {
    const place = runs.find(run => run.runId === curve.runId)?.place ?? 0;
    return {
      stroke: runColour(place) + (isFaint ? RAW_OPACITY : ''),
      width: isFaint ? 1 : 1.5,
      dash: runDash(place),
      points: { show: curve.xs.length < 3 }
    };
  };
  const faint = look.smoothing > 0 ? curves.map(curve => series(curve, true)) : [];
  return [{}, ...faint, ...curves.map(curve => series(curve, false))];
}

/** A single point stands in the middle, not at the left of a hundred. */
function xRange(_: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  return low !== null && low === high ? [low - 1, low + 1] : [low, high];
}

function chartOptions(
  props: IChartProps,
  node: HTMLElement,
  setZoomed: (is: boolean) => void
): uPlot.Options {
  const { look, group, onPoint } = props;
  const style = getComputedStyle(node);
  const axis: uPlot.Axis = {
    stroke: style.getPropertyValue('--jp-ui-font-color2'),
    grid: { stroke: style.getPropertyValue('--jp-border-color2'), width: 1 },
    ticks: { stroke: style.getPropertyValue('--jp-border-color2'), width: 1 },
    font: `11px ${style.fontFamily}`
  };
  const xValues = (_: uPlot, splits: number[]) =>
    splits.map(x => (look.axis === 'elapsed' ? formatDuration(x) : formatFigure(x)));
  return {
    width: node.clientWidth || 300,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { sync: { key: group }, drag: { x: true, y: false } },
    scales: { x: { time: look.axis === 'time', range: xRange }, y: { distr: look.isLog ? 3 : 1 } },
    axes: [
      look.axis === 'time' ? axis : { ...axis, values: xValues },
      { ...axis, size: 56, values: (_, splits) => splits.map(y => (y === null ? '' : formatFigure(y))) }
    ],
    series: chartSeries(props),
    hooks: {
      setCursor: [plot => onPoint(plot.cursor.idx == null ? null : (plot.data[0][plot.cursor.idx] ?? null))],
      setSelect: [plot => setZoomed(plot.select.width > 0)]
    }
  };
}
