/**
 * Where rows of known height lie in a scrolled box whose other rows nobody has counted.
 *
 * The window holds the rows of some hundred kB. What is before and behind it takes room by its bytes; browsers draw no
 * box higher than some 30 million pixels, so that a log of 1 GB is scaled.
 */

/** Height of a row. The style sheet says the same. */
export const ROW_PX = 18;

const BYTES_PER_ROW = 80;
const HIGHEST_PX = 8_000_000;

/** Part of a log, of which `rows` rows are known. */
export interface IWindow {
  readonly start: number;
  readonly end: number;
  readonly rows: number;
  readonly size: number;
}

/** Heights, in pixels: before the known rows, of them, and of all. */
export interface ILayout {
  readonly top: number;
  readonly height: number;
  readonly total: number;
  readonly perByte: number;
}

/** Return where a window lies. */
export function layOut(window: IWindow): ILayout {
  const perByte = Math.min(ROW_PX / BYTES_PER_ROW, HIGHEST_PX / Math.max(1, window.size));
  const top = Math.round(window.start * perByte);
  const height = window.rows * ROW_PX;
  const below = Math.round(Math.max(0, window.size - window.end) * perByte);
  return { top, height, total: top + height + below, perByte };
}

/** Return the first row to draw and the one behind the last, with `more` beyond what is seen. */
export function drawnRows(
  layout: ILayout,
  rows: number,
  scrollTop: number,
  viewHeight: number,
  more = 20
): { readonly first: number; readonly last: number } {
  const first = Math.floor((scrollTop - layout.top) / ROW_PX) - more;
  const last = Math.ceil((scrollTop + viewHeight - layout.top) / ROW_PX) + more;
  return { first: clamp(first, 0, rows), last: clamp(last, 0, rows) };
}

/** What the reader needs next: more above or below, another part (`offset`), or nothing. */
export type Wish =
  { readonly kind: 'none' | 'above' | 'below' } | { readonly kind: 'jump'; readonly offset: number };

/** Return what is missing for a view at `scrollTop`. */
export function wishAt(window: IWindow, scrollTop: number, viewHeight: number): Wish {
  const layout = layOut(window);
  const bottom = layout.top + layout.height;
  if (scrollTop + viewHeight < layout.top) {
    return { kind: 'jump', offset: Math.floor(scrollTop / layout.perByte) };
  }
  if (scrollTop > bottom) {
    return {
      kind: 'jump',
      offset: Math.min(window.size, Math.floor(window.end + (scrollTop - bottom) / layout.perByte))
    };
  }
  if (window.start > 0 && scrollTop < layout.top + viewHeight) {
    return { kind: 'above' };
  }
  if (window.end < window.size && scrollTop + 2 * viewHeight > bottom) {
    return { kind: 'below' };
  }
  return { kind: 'none' };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
