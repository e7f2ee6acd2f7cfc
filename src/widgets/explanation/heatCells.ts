/** Cells shaded by their values. The strong ones have a plus or a minus in them, so that colour alone tells nothing. */

import { draw } from '../report/dom';
import { stretched } from '../report/plot';

/** One cell, in per cent of the picture. */
export interface IHeatCell {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
}

/** Cells with less than this share of the strongest have no sign. */
const SIGN_FROM = 0.3;
/** Of a sign, of its cell. */
const SIGN_SIZE = 0.2;

/** The largest size of the values that are numbers; 0 where there is none. */
export function mostOf(values: readonly (readonly number[])[]): number {
  return values
    .flat()
    .reduce((most, value) => Math.max(most, Number.isFinite(value) ? Math.abs(value) : 0), 0);
}

/** Return a layer of cells; `strength` is the opacity of the strongest. */
export function heatCells(cells: readonly IHeatCell[], most: number, strength = 1): SVGElement {
  const finite = cells.filter(({ value }) => Number.isFinite(value));
  const rects = finite.map(({ value, ...box }) =>
    draw('rect', {
      class: value < 0 ? 'mlops-HeatMap-low' : 'mlops-HeatMap-high',
      ...box,
      'fill-opacity': most ? ((Math.abs(value) / most) * strength).toFixed(3) : 0
    })
  );
  const strong = finite.filter(({ value }) => most > 0 && Math.abs(value) / most >= SIGN_FROM);
  return stretched(...rects, draw('path', { class: 'mlops-HeatMap-signs', d: strong.map(sign).join('') }));
}

function sign({ x, y, width, height, value }: IHeatCell): string {
  const [middle, centre] = [x + width / 2, y + height / 2];
  const [half, up] = [width * SIGN_SIZE, height * SIGN_SIZE];
  const minus = `M${(middle - half).toFixed(2)} ${centre.toFixed(2)}h${(2 * half).toFixed(2)}`;
  const stroke = `M${middle.toFixed(2)} ${(centre - up).toFixed(2)}v${(2 * up).toFixed(2)}`;
  return value > 0 ? minus + stroke : minus;
}
