/** A run's colour and dash by its place: the same in curves, tables, scatter and parallel coordinates, light and dark. */

/** Each stands out from a white and from a dark page by more than 3 to 1, and from its neighbours in lightness. */
const COLOURS = [
  '#2f7ed8',
  '#d9730d',
  '#2e9e5b',
  '#c2417c',
  '#8b6ad9',
  '#a88400',
  '#0f9aa6',
  '#b3603f',
  '#6f8a1f',
  '#7d8590'
];
const DASH = [6, 4];

/** A run's colour. */
export function runColour(place: number): string {
  return COLOURS[place % COLOURS.length] ?? '#7d8590';
}

/** A run's dash: the first ten are whole lines, so that colours that come again differ. */
export function runDash(place: number): number[] | undefined {
  return place < COLOURS.length ? undefined : DASH;
}

/** What fills the small square that stands for a run in a list: stripes where its line is dashed. */
export function runSwatch(place: number): string {
  const colour = runColour(place);
  return runDash(place) ? `repeating-linear-gradient(90deg, ${colour} 0 4px, transparent 4px 6px)` : colour;
}
