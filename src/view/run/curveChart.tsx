/** The curves of one metric, drawn by uPlot: drag to zoom, double click to see all again. */

import React, { useEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';

import { useIsNear, useThemeName } from './chartHooks';
import { HEIGHT_PX, ICurvePlot, plotData, plotOptions, showAll } from './curvePlot';

interface IChartProps extends Omit<ICurvePlot, 'onZoom'> {
  readonly label: string;
  /** What the button says that ends a zoom. */
  readonly allLabel: string;
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
        const plot = { ...props, onZoom: setZoomed };
        chart.current = new Plot(plotOptions(plot, node), plotData(plot), node);
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
          onClick={() =>
            void import('./uplot').then(({ default: Plot }) => showAll(Plot.sync(props.group).plots))
          }
        >
          {props.allLabel}
        </button>
      )}
    </div>
  );
}
