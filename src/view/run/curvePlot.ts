/** What uPlot is told about curves: their columns, how each line looks, axes in the colours of the theme. No React. */

import type uPlot from 'uplot';

import { ICurveLook, ICurveRun } from '../../model/curves';
import { ICurve, alignCurves, lonePoints, smooth } from '../../model/curvesData';
import { formatDuration, formatFigure } from '../../model/format';
import { runColour, runDash } from './colours';
import { densePath } from './densePath';

/** Height of a chart. */
export const HEIGHT_PX = 220;

/** Of the values' span, over and under the curves. */
const Y_ROOM = 0.1;
/** Between ticks of steps: there is nothing at step 0.5. */
const WHOLE = Array.from({ length: 16 }, (_, power) => [1, 2, 5].map(digit => digit * 10 ** power)).flat();
const RAW_OPACITY = '40';
/** From so many points on lines are thin: a chart has fewer pixels than that, and thin lines are painted far sooner. */
const MANY_POINTS = 10_000;

/** Curves of one metric, and how they are shown. */
export interface ICurvePlot {
  readonly curves: readonly ICurve[];
  readonly runs: readonly ICurveRun[];
  readonly look: ICurveLook;
  /** Charts of one group show the same x under the pointer. */
  readonly group: string;
  /** The x under the pointer, or null. */
  readonly onPoint: (x: number | null) => void;
  /** Part of the curves is shown, or all of them again. */
  readonly onZoom: (isZoomed: boolean) => void;
}

/** The data as uPlot wants it: with smoothing, each curve twice, as logged and smoothed. */
export function plotData({ curves, look }: ICurvePlot): uPlot.AlignedData {
  const smoothed =
    look.smoothing > 0 ? curves.map(({ xs, ys }) => ({ xs, ys: smooth(ys, look.smoothing) })) : [];
  return alignCurves([...curves, ...smoothed], look.isLog) as uPlot.AlignedData;
}

/** The chart as `Plot` wants it, as wide as `node` and in its colours. */
export function plotOptions(plot: ICurvePlot, node: HTMLElement, Plot: typeof uPlot): uPlot.Options {
  const { look, group, onPoint, onZoom } = plot;
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
    scales: {
      x: { time: look.axis === 'time', range: xRange },
      y: look.isLog ? { distr: 3 } : { distr: 1, range: (_, low, high) => yRange(Plot, low, high) }
    },
    axes: [
      {
        ...axis,
        ...(look.axis !== 'time' && { values: xValues }),
        ...(look.axis === 'step' && { incrs: WHOLE })
      },
      { ...axis, size: 56, values: (_, splits) => splits.map(y => (y === null ? '' : formatFigure(y))) }
    ],
    series: plotSeries(plot),
    hooks: {
      setCursor: [at => onPoint(at.cursor.idx == null ? null : (at.data[0][at.cursor.idx] ?? null))],
      // Whoever has zoomed: the pointer, a chart of the group, or a double click that ends it.
      setScale: [(at, key) => key === 'x' && onZoom(isPart(at))]
    }
  };
}

function plotSeries({ curves, runs, look }: ICurvePlot): uPlot.Series[] {
  const isDense = curves.reduce((sum, curve) => sum + curve.xs.length, 0) >= MANY_POINTS;
  const series = (curve: ICurve, isFaint: boolean): uPlot.Series => {
    const place = runs.find(run => run.runId === curve.runId)?.place ?? 0;
    return {
      stroke: runColour(place) + (isFaint ? RAW_OPACITY : ''),
      width: isFaint || isDense ? 1 : 1.5,
      dash: runDash(place),
      paths: isDense ? densePath : undefined,
      points: { show: curve.xs.length < 3, filter: pointsToShow, fill: runColour(place) }
    };
  };
  const faint = look.smoothing > 0 ? curves.map(curve => series(curve, true)) : [];
  return [{}, ...faint, ...curves.map(curve => series(curve, false))];
}

/** Where not every point has a mark, those have one that no line goes through. */
function pointsToShow({ data }: uPlot, index: number, isEach: boolean): number[] | null {
  const lone = isEach ? [] : lonePoints(data[index] ?? []);
  return lone.length ? [...lone] : null;
}

/** Whether a chart shows only a part of its points. */
function isPart({ data: [xs], scales }: uPlot): boolean {
  const [first = 0, last = 0] = [xs[0], xs[xs.length - 1]];
  return (scales.x?.min ?? first) > first || (scales.x?.max ?? last) < last;
}

/** Show all points again, in every chart of a group. */
export function showAll(charts: readonly uPlot[]): void {
  for (const chart of charts) {
    chart.setData(chart.data, true);
  }
}

/** A single point stands in the middle of its neighbours: uPlot would have an axis from 0 to twice its x, or to 100. */
function xRange({ data: [xs] }: uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  const [only, second] = xs;
  return only !== undefined && second === undefined ? [only - 1, only + 1] : [low, high];
}

/** What is always zero stands in the middle too: uPlot would have an axis from 0 to 100. */
function yRange(Plot: typeof uPlot, low: number | null, high: number | null): uPlot.Range.MinMax {
  if (low === null || high === null) {
    return [null, null];
  }
  return low === 0 && high === 0 ? [-1, 1] : Plot.rangeNum(low, high, Y_ROOM, true);
}
