/** The curves of one metric, drawn by uPlot: drag to zoom, double click to see all again. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';

import { useIsNear, useThemeName } from './chartHooks';
import { HEIGHT_PX, ICurvePlot, plotData, plotOptions, showAll } from './curvePlot';

interface IChartProps extends Omit<ICurvePlot, 'onZoom'> {
  readonly label: string;
  readonly trans: TranslationBundle;
}

/** Charts whose program did not load: who tries again for one, does so for all. */
const waiting = new Set<() => void>();

/** See the module. */
export function CurveChart(props: IChartProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const [isZoomed, setZoomed] = useState(false);
  const [isAbsent, setAbsent] = useState(false);
  const isNear = useIsNear(host);
  const theme = useThemeName();
  const { curves, runs, look, trans } = props;
  useEffect(() => {
    if (!host.current || !isNear || isAbsent) {
      return;
    }
    const node = host.current;
    let isWanted = true;
    const observer = new ResizeObserver(() =>
      chart.current?.setSize({ width: node.clientWidth, height: HEIGHT_PX })
    );
    import('./uplot').then(
      ({ default: Plot }) => {
        if (isWanted) {
          const range = chart.current && isZoomed ? chart.current.scales.x : null;
          chart.current?.destroy();
          const plot = { ...props, onZoom: setZoomed };
          chart.current = new Plot(plotOptions(plot, node, Plot), plotData(plot), node);
          if (range && range.min !== undefined && range.max !== undefined) {
            chart.current.setScale('x', { min: range.min ?? 0, max: range.max ?? 1 });
          }
          observer.observe(node);
        }
      },
      () => isWanted && setAbsent(true)
    );
    return () => {
      isWanted = false;
      observer.disconnect();
    };
  }, [curves, runs, look, isNear, theme, isAbsent]);
  useEffect(() => () => chart.current?.destroy(), []);
  useEffect(() => {
    const again = () => setAbsent(false);
    if (isAbsent) {
      waiting.add(again);
    }
    return () => void waiting.delete(again);
  }, [isAbsent]);
  return (
    <div className="mlops-CurveChart" style={{ minHeight: HEIGHT_PX }}>
      <div ref={host} role="img" aria-label={props.label} />
      {isAbsent && (
        <p role="alert" className="mlops-Notice">
          {trans.__('The program that draws curves could not be loaded from the Jupyter server.')}{' '}
          <button className="mlops-linkButton" onClick={() => [...waiting].forEach(again => again())}>
            {trans.__('Try again')}
          </button>
        </p>
      )}
      {isZoomed && (
        <button
          className="mlops-CurveChart-all jp-mod-styled"
          onClick={() =>
            void import('./uplot').then(({ default: Plot }) => showAll(Plot.sync(props.group).plots))
          }
        >
          {trans.__('Show all points')}
        </button>
      )}
    </div>
  );
}
