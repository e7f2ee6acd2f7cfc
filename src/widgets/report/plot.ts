/** A picture with two axes. It follows the width of its box without being drawn again: places are per cent. */

import { formatFigure } from '../../model/format';
import { Child, draw, make } from './dom';
import { IScale } from './scale';

/** What stands at a place of an axis. */
export interface ITick {
  /** Per cent. */
  readonly place: number;
  readonly label: string;
}

/** A picture's frame. */
export interface IPlot {
  /** What a screen reader says; the figures are in the table. */
  readonly label: string;
  readonly across: readonly ITick[];
  readonly up: readonly ITick[];
  readonly acrossTitle: string;
  readonly upTitle: string;
  /** In pixels. */
  readonly height: number;
}

/** Return the ticks of a scale, as figures. */
export function ticksOf(scale: IScale): readonly ITick[] {
  return scale.ticks.map(value => ({ place: scale.place(value) ?? 0, label: formatFigure(value) }));
}

/** Return a picture; layers lie over each other in the order given. */
export function plot(frame: IPlot, ...layers: readonly SVGElement[]): HTMLElement {
  const lines = frame.up.map(tick =>
    draw('line', {
      class: 'mlops-Plot-line',
      x1: '0%',
      x2: '100%',
      y1: `${100 - tick.place}%`,
      y2: `${100 - tick.place}%`
    })
  );
  return make(
    'div',
    { class: 'mlops-Plot' },
    make('div', { class: 'mlops-Plot-upTitle', 'aria-hidden': 'true' }, frame.upTitle),
    axis('mlops-Plot-up', frame.up, tick => `bottom: ${tick.place}%`),
    draw(
      'svg',
      { class: 'mlops-Plot-area', height: frame.height, role: 'img', 'aria-label': frame.label },
      ...lines,
      ...layers
    ),
    axis('mlops-Plot-across', frame.across, tick => `left: ${tick.place}%`),
    make('div', { class: 'mlops-Plot-acrossTitle', 'aria-hidden': 'true' }, frame.acrossTitle)
  );
}

/** Return a layer for paths: 0 to 100 across and up, as wide and high as the picture; strokes keep their width. */
export function stretched(...paths: readonly SVGElement[]): SVGElement {
  return draw(
    'svg',
    { viewBox: '0 0 100 100', preserveAspectRatio: 'none', width: '100%', height: '100%' },
    ...paths
  );
}

/** Return a line through places; a hole where there is none. */
export function linePath(points: readonly (readonly [number | null, number | null])[]): string {
  let isDown = false;
  let path = '';
  for (const [across, up] of points) {
    if (across !== null && up !== null) {
      path += `${isDown ? 'L' : 'M'}${across.toFixed(2)} ${(100 - up).toFixed(2)}`;
    }
    isDown = across !== null && up !== null;
  }
  return path;
}

function axis(name: string, ticks: readonly ITick[], style: (tick: ITick) => string): HTMLElement {
  const labels: Child[] = ticks.map(tick => make('span', { style: style(tick) }, tick.label));
  return make('div', { class: name, 'aria-hidden': 'true' }, ...labels);
}
