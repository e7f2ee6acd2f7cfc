/** From a figure to its place on an axis, in per cent: what is drawn follows its box without being drawn again. */

/** One axis. */
export interface IScale {
  readonly ticks: readonly number[];
  /** 0 to 100; what is no number has no place. */
  place(value: number): number | null;
}

const MOST_STEPS = 5;
/** Room at both ends, so that a dot on the edge is whole. */
const ROOM = 3;
/** Beyond them, differences are no numbers any more. */
const LARGEST = 1e300;
const SMALLEST = 1e-300;

/** Return an axis over the figures, with ticks at round numbers. */
export function scaleOf(values: Iterable<number>): IScale {
  const [low, high] = bounds(values);
  const step = roundStep((high - low) / MOST_STEPS);
  const [first, last] = [Math.ceil(low / step - 1e-9), Math.floor(high / step + 1e-9)];
  return {
    ticks: Array.from({ length: last - first + 1 }, (_, index) => exact((first + index) * step, step)),
    place: value =>
      Math.abs(value) <= LARGEST ? ROOM + ((value - low) / (high - low)) * (100 - 2 * ROOM) : null
  };
}

/** Return the same axis above a foot of so many per cent. */
export function raised(scale: IScale, foot: number): IScale {
  const place = (value: number) => {
    const at = scale.place(value);
    return at === null ? null : foot + (at * (100 - foot)) / 100;
  };
  return { ticks: scale.ticks, place };
}

/** The least and the greatest, some way apart. */
function bounds(values: Iterable<number>): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (Math.abs(value) <= LARGEST) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (low > high) {
    return [0, 1];
  }
  // Less than the digits that a number has would put all steps on one place.
  const least = Math.max(Math.abs(low), Math.abs(high)) * 1e-12;
  if (high - low <= Math.max(least, SMALLEST)) {
    const around = Math.abs(low) > SMALLEST ? Math.abs(low) * 0.1 : 1;
    return [low - around, high + around];
  }
  return [low, high];
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find(factor => factor * power >= rough * (1 - 1e-9)) ?? 10);
}

/** 0.3, not 0.30000000000000004. */
function exact(value: number, step: number): number {
  return Number(value.toFixed(Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(step))))));
}
