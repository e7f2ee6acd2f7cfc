/**
 * The line of a curve that has many more points than a chart has pixels. In each column of pixels it goes from where it
 * enters over its least and its greatest point to where it leaves: what can be seen of it is all there.
 *
 * uPlot draws the same line, but takes longer to find it than everything else of a picture does.
 */

import type uPlot from 'uplot';

/** What a line is drawn with. */
export type Pen = Pick<Path2D, 'lineTo' | 'moveTo'>;

/** Where values stand on the canvas, in whole pixels. */
export interface IPlaces {
  x(value: number): number;
  y(value: number): number;
  /** The least value that stands to the right of a column of pixels. */
  after(column: number): number;
}

/** The columns of a chart's data: undefined is no point of this curve, null is a hole in it. */
type Column = ArrayLike<number | null | undefined>;

/** Draw the points from `first` to `last`. */
export function drawLine(
  pen: Pen,
  [xs, ys]: readonly [ArrayLike<number>, Column],
  [first, last]: readonly [number, number],
  places: IPlaces
): void {
  let isDown = false;
  let [column, next] = [0, -Infinity];
  let [enter, least, greatest, leave] = [0, 0, 0, 0];
  for (let index = first; index <= last; index++) {
    const x = xs[index]!;
    const y = ys[index];
    if (y === undefined) {
      continue;
    }
    if (y !== null && isDown && x < next) {
      leave = y;
      if (y < least) {
        least = y;
      } else if (y > greatest) {
        greatest = y;
      }
      continue;
    }
    if (isDown) {
      drawColumn(pen, places, column, enter, least, greatest, leave);
    }
    if (y !== null) {
      column = places.x(x);
      next = places.after(column);
      enter = least = greatest = leave = y;
      if (isDown) {
        pen.lineTo(column, places.y(y));
      } else {
        pen.moveTo(column, places.y(y));
      }
    }
    isDown = y !== null;
  }
  if (isDown) {
    drawColumn(pen, places, column, enter, least, greatest, leave);
  }
}

/**
 * Draw a column of pixels, at whose first point the pen is. No closure of the loop's: variables that two functions share
 * are kept in memory, not in registers, and every point writes them.
 */
function drawColumn(
  pen: Pen,
  places: IPlaces,
  column: number,
  enter: number,
  least: number,
  greatest: number,
  leave: number
): void {
  if (least === greatest) {
    return;
  }
  const [from, low, high, to] = [places.y(enter), places.y(least), places.y(greatest), places.y(leave)];
  if (low !== from && low !== to) {
    pen.lineTo(column, low);
  }
  if (high !== from && high !== to) {
    pen.lineTo(column, high);
  }
  if (low !== high) {
    pen.lineTo(column, to);
  }
}

/** `drawLine` as uPlot asks for it. */
export const densePath: uPlot.Series.PathBuilder = (plot, series, first, last) => {
  const stroke = new Path2D();
  drawLine(stroke, [plot.data[0], plot.data[series]!], [first, last], placesOf(plot));
  return { stroke, gaps: [] };
};

function placesOf(plot: uPlot): IPlaces {
  const { left, width } = plot.bbox;
  const { min = 0, max = 1 } = plot.scales.x ?? {};
  const pixels = width / (max! - min!);
  return {
    x: value => Math.round(left + (value - min!) * pixels),
    y: placeOnY(plot),
    after: column => min! + (column + 0.5 - left) / pixels
  };
}

function placeOnY(plot: uPlot): IPlaces['y'] {
  const { bbox, scales } = plot;
  const { min = 0, max = 1, distr } = scales.y ?? {};
  if (distr !== LINEAR) {
    return value => Math.round(plot.valToPos(value, 'y', true));
  }
  const bottom = bbox.top + bbox.height;
  const pixels = bbox.height / (max! - min!);
  return value => Math.round(bottom - (value - min!) * pixels);
}

/** uPlot's word for a scale that is no logarithm. */
const LINEAR = 1;
