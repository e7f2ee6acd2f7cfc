/** A model's mark: colour and form by its place, so that colour alone tells nothing. Hollow where it was mitigated. */

import { draw } from './dom';

/** As many as style/reports.css has colours for. */
const COLOURS = 8;

/** Outlines around 0, some 10 pixels wide. */
const FORMS = [
  'M-5 0A5 5 0 1 0 5 0A5 5 0 1 0 -5 0Z',
  'M-4.5 -4.5H4.5V4.5H-4.5Z',
  'M0 -6L6 0L0 6L-6 0Z',
  'M0 -5.5L5.5 4.5H-5.5Z',
  'M0 5.5L5.5 -4.5H-5.5Z'
] as const;

/** The class that colours what belongs to a place. */
export function seriesClass(place: number): string {
  return `mlops-mod-series${place % COLOURS}`;
}

/** Return a mark, its middle at a place of the picture around it. */
export function symbol(place: number, isHollow: boolean, x: string, y: string): SVGElement {
  const path = draw('path', {
    class: `mlops-Symbol ${seriesClass(place)}${isHollow ? ' mlops-mod-hollow' : ''}`,
    d: FORMS[place % FORMS.length] ?? FORMS[0]
  });
  return draw('svg', { x, y, overflow: 'visible' }, path);
}

/** Return a mark as a picture of its own, for a legend. */
export function symbolKey(place: number, isHollow: boolean): SVGElement {
  return draw(
    'svg',
    { class: 'mlops-Symbol-key', width: 14, height: 14, 'aria-hidden': 'true' },
    symbol(place, isHollow, '7', '7')
  );
}
