/** What is in a picture. */

import { PNG } from 'pngjs';

/** A colour: red, green, blue. */
export type Colour = readonly [number, number, number];

/** So near that no grey of a text's edge is taken for a bluish line. */
const NEAR = 16;

/** Return the mean height of a colour's pixels in each column that has some, from left to right. */
export function curveIn(picture: Buffer, colour: Colour): readonly number[] {
  const { width, height, data } = PNG.sync.read(picture);
  const heights: number[] = [];
  for (let x = 0; x < width; x++) {
    let sum = 0;
    let count = 0;
    for (let y = 0; y < height; y++) {
      const at = (y * width + x) * 4;
      if (colour.every((part, index) => Math.abs((data[at + index] ?? 0) - part) < NEAR)) {
        sum += y;
        count += 1;
      }
    }
    if (count) {
      heights.push(sum / count);
    }
  }
  return heights;
}

/** Whether a curve goes down in the picture, nowhere up, and in a straight line. */
export function isStraightDown(heights: readonly number[], fewest: number): boolean {
  // The ends are round dots.
  const inner = heights.slice(10, -10);
  const slopes = inner.slice(20).map((height, index) => (height - (inner[index] ?? 0)) / 20);
  return (
    inner.length > fewest && Math.min(...slopes) > 0.1 && Math.max(...slopes) - Math.min(...slopes) < 0.4
  );
}

/** Return a square PNG that is white on its left half and black on its right. */
export function halfWhite(side: number): Buffer {
  const picture = new PNG({ width: side, height: side });
  for (let pixel = 0; pixel < side * side; pixel++) {
    picture.data.fill(pixel % side < side / 2 ? 255 : 0, pixel * 4, pixel * 4 + 3);
    picture.data[pixel * 4 + 3] = 255;
  }
  return PNG.sync.write(picture);
}
