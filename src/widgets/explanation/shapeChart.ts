/** What the model's output does along one feature: a curve over the data's density, or a row for each category. */

import { IExplanationReport, IFeatureShape } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { Child, draw, make, named } from '../report/dom';
import {
  IEstimate,
  dotAndLine,
  estimateCell,
  formatCount,
  hasInterval,
  intervalText,
  valueText
} from '../report/estimates';
import { figureTable } from '../report/figureTable';
import { linePath, plot, stretched, ticksOf } from '../report/plot';
import { IScale, raised, scaleOf } from '../report/scale';
import { WindowedRows } from '../report/windowedRows';
import { IWords, isolated } from '../report/words';
import { ICourse, Point, courseOf, endsOf } from './shapePoints';

const HEIGHT = 260;
const DENSITY_HEIGHT = 44;
/** In per cent: below it stand the rows' numbers, above it the curve. */
const FOOT = (100 * (DENSITY_HEIGHT + 6)) / HEIGHT;
const ROW_HEIGHT = 26;
const MOST_HEIGHT = 340;

/** Return picture, sentence and table of a feature's shape. */
export function shapeChart(
  report: IExplanationReport,
  shape: IFeatureShape,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const parts =
    shape.form === 'bars' ? categories(report, shape, output, words) : curve(report, shape, output, words);
  const said = [shapeSentence(report, shape, output, words), ...careSentences(shape, output, words)];
  return [
    ...parts.slice(0, 1),
    make('p', { class: 'mlops-Report-sentence' }, said.filter(Boolean).join(' ')),
    ...parts.slice(1)
  ];
}

/** What is shown, with its unit: `log odds of granted`; what is its own unit stands once. */
export function outputTitle(report: IExplanationReport, output: number, words: IWords): string {
  const name = report.outputs[output] ?? '';
  return name && name !== report.scale
    ? words.__('%1 of %2', report.scale, isolated(name))
    : isolated(report.scale);
}

function curve(
  report: IExplanationReport,
  shape: IFeatureShape,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const course = courseOf(shape, output);
  const name = report.features.names[shape.feature] ?? '';
  const edges = shape.density_grid.map(toNumber);
  const x = scaleOf([...course.values.map(point => point[0]), ...edges]);
  const up = scaleOf([course.values, course.low, course.high, ...course.ice].flat().map(point => point[1]));
  const y = shape.density.length ? raised(up, FOOT) : up;
  const title = outputTitle(report, output, words);
  const picture = plot(
    {
      label: words.__('%1 along %2', title, name),
      across: ticksOf(x),
      up: ticksOf(y),
      acrossTitle: name,
      upTitle: title,
      height: HEIGHT
    },
    stretched(...coursePaths(course, x, y)),
    density(shape, edges, x)
  );
  return [picture, courseTable(shape, output, name, title, words)];
}

function coursePaths(course: ICourse, x: IScale, y: IScale): readonly SVGElement[] {
  const path = (points: readonly Point[]) => linePath(points.map(([a, b]) => [x.place(a), y.place(b)]));
  const band = [...course.high, ...[...course.low].reverse()].filter(point => point.every(Number.isFinite));
  return [
    draw('path', { class: 'mlops-Shape-band', d: band.length ? `${path(band)}Z` : '' }),
    ...course.ice.map(points => draw('path', { class: 'mlops-Shape-row', d: path(points) })),
    draw('path', { class: 'mlops-Shape-line', d: path(course.values) })
  ];
}

/** How many rows there are along the feature: at the foot of the picture, where the curve is read. */
function density(shape: IFeatureShape, edges: readonly number[], x: IScale): SVGElement {
  const counts = shape.density.map(toNumber).map(count => (count > 0 && Number.isFinite(count) ? count : 0));
  const most = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const [left, right] = [x.place(edges[index] ?? NaN), x.place(edges[index + 1] ?? NaN)];
    const height = (count / most) * DENSITY_HEIGHT;
    return left === null || right === null
      ? null
      : draw('rect', { x: `${left}%`, width: `${right - left}%`, y: HEIGHT - height, height });
  });
  return draw('g', { class: 'mlops-Shape-density' }, ...bars);
}

function courseTable(
  shape: IFeatureShape,
  output: number,
  name: string,
  title: string,
  words: IWords
): HTMLElement {
  const rows = (shape.values[output] ?? []).map((_, index) => {
    const [from, to] = [formatFigure(shape.grid[index] ?? ''), formatFigure(shape.grid[index + 1] ?? '')];
    const estimate = estimateAt(shape, output, index);
    const interval = hasInterval(estimate) ? intervalText(estimate, words) : '–';
    return [shape.form === 'steps' ? words.__('%1 to %2', from, to) : from, valueText(estimate), interval];
  });
  const columns = [
    [name, true],
    [title, true],
    [words.__('interval'), true]
  ] as const;
  return figureTable(words, words.__('%1 along %2', title, name), columns, rows);
}

function categories(
  report: IExplanationReport,
  shape: IFeatureShape,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const estimates = shape.grid.map((_, index) => estimateAt(shape, output, index));
  const scale = scaleOf(estimates.flatMap(({ value, low, high }) => [value, low, high]));
  const name = report.features.names[shape.feature] ?? '';
  const rows = new WindowedRows({ label: name, mostHeight: MOST_HEIGHT });
  const cells = (index: number): readonly Child[] => {
    const estimate = estimates[index] ?? { value: NaN, low: NaN, high: NaN };
    const count = toNumber(shape.density[index] ?? 'NaN');
    return [
      make(
        'div',
        {},
        named(String(shape.grid[index] ?? '')),
        Number.isFinite(count)
          ? make('span', { class: 'mlops-Rows-size' }, ` n = ${formatCount(count)}`)
          : null
      ),
      draw(
        'svg',
        { 'aria-hidden': 'true', width: '100%', height: '100%' },
        ...dotAndLine(estimate, scale, ROW_HEIGHT / 2, 0, false)
      ),
      estimateCell(estimate, words)
    ];
  };
  const heads = [name, '', outputTitle(report, output, words)];
  rows.show({ heads, count: estimates.length, rowHeight: ROW_HEIGHT, cells });
  return [rows.node];
}

function estimateAt(shape: IFeatureShape, output: number, index: number): IEstimate {
  const [value, low, high] = [shape.values, shape.low, shape.high].map(table =>
    toNumber(table[output]?.[index] ?? 'NaN')
  );
  return { value: value ?? NaN, low: low ?? NaN, high: high ?? NaN };
}

function shapeSentence(
  report: IExplanationReport,
  shape: IFeatureShape,
  output: number,
  words: IWords
): string {
  const points: readonly Point[] =
    shape.form === 'bars'
      ? shape.grid.map((_, index) => [index, estimateAt(shape, output, index).value])
      : courseOf(shape, output).values;
  const ends = endsOf(points);
  if (!ends) {
    return words.__('There is nothing to draw: the shape has no figures.');
  }
  const at = ([x]: Point) =>
    shape.form === 'bars' ? isolated(String(shape.grid[x] ?? '')) : formatFigure(x);
  return words.__(
    'Along %1 the %2 goes from %3 (at %4) to %5 (at %6).',
    isolated(report.features.names[shape.feature] ?? ''),
    outputTitle(report, output, words),
    formatFigure(ends.least[1]),
    at(ends.least),
    formatFigure(ends.most[1]),
    at(ends.most)
  );
}

function careSentences(shape: IFeatureShape, output: number, words: IWords): readonly string[] {
  const isBars = shape.form === 'bars';
  const missing = shape.missing[output];
  return [
    shape.low.length === 0
      ? words.__('The method does not say how sure that is.')
      : isBars
        ? words.__('The line on a dot is its interval.')
        : words.__('The band is its interval.'),
    missing === undefined ? '' : words.__('Where the value is missing it is %1.', formatFigure(missing)),
    shape.density.length && !isBars
      ? words.__('At the foot: how many rows there are; where there are few, the curve is a guess.')
      : '',
    shape.ice.length ? words.__('Thin lines are the rows that were named.') : ''
  ];
}
