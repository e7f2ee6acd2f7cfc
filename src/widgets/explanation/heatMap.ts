/** What two features do together, beyond what each does alone: a cell for each pair of values. */

import { Figure, IExplanationReport, IFeatureInteraction } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { make } from '../report/dom';
import { figureTable } from '../report/figureTable';
import { ITick, plot } from '../report/plot';
import { IWords } from '../report/words';
import { IHeatCell, heatCells, mostOf } from './heatCells';

const HEIGHT = 260;
const MOST_TICKS = 5;

/** Return the names of the two: `age × hours`. */
export function interactionName(report: IExplanationReport, { features }: IFeatureInteraction): string {
  return features.map(feature => report.features.names[feature] ?? '?').join(' × ');
}

/** Return picture, sentence and table. */
export function heatMap(
  report: IExplanationReport,
  interaction: IFeatureInteraction,
  words: IWords
): readonly HTMLElement[] {
  const [left, right] = interaction.features.map(feature => report.features.names[feature] ?? '?');
  const name = interactionName(report, interaction);
  const values = interaction.values.map(row => row.map(toNumber));
  const most = mostOf(values);
  const picture = plot(
    {
      label: words.__('%1 together', name),
      across: ticks(interaction.left_grid, interaction.forms[0] === 'bars'),
      up: ticks(interaction.right_grid, interaction.forms[1] === 'bars'),
      acrossTitle: left ?? '',
      upTitle: right ?? '',
      height: HEIGHT
    },
    heatCells(boxes(values), most)
  );
  const said = words.__(
    'Together %1 change the %2 by up to %3 beyond what each does alone. Plus, orange: raises it. Minus, blue: lowers it. The stronger the colour, the more.',
    name,
    report.scale,
    formatFigure(most)
  );
  return [picture, make('p', { class: 'mlops-Report-sentence' }, said), table(interaction, name, words)];
}

/** The first feature goes across, the second up. */
function boxes(values: readonly (readonly number[])[]): readonly IHeatCell[] {
  const width = 100 / Math.max(1, values.length);
  return values.flatMap((row, i) => {
    const height = 100 / Math.max(1, row.length);
    return row.map((value, j) => ({ x: i * width, y: 100 - (j + 1) * height, width, height, value }));
  });
}

/** Cells are of one size; their labels stand at edges, or under categories. */
function ticks(grid: readonly Figure[], isCategories: boolean): readonly ITick[] {
  const count = isCategories ? grid.length : grid.length - 1;
  const every = Math.ceil(grid.length / MOST_TICKS);
  return grid.flatMap((value, index) =>
    index % every === 0
      ? [{ place: ((index + (isCategories ? 0.5 : 0)) / count) * 100, label: label(value, isCategories) }]
      : []
  );
}

function label(value: Figure, isCategory: boolean): string {
  return isCategory ? String(value) : formatFigure(value);
}

function table(interaction: IFeatureInteraction, name: string, words: IWords): HTMLElement {
  const { left_grid, right_grid, forms, values } = interaction;
  const cellName = (grid: readonly Figure[], index: number, isCategory: boolean) =>
    isCategory
      ? label(grid[index] ?? '', true)
      : words.__('%1 to %2', label(grid[index] ?? '', false), label(grid[index + 1] ?? '', false));
  const columns = (values[0] ?? []).map(
    (_, index) => [cellName(right_grid, index, forms[1] === 'bars'), true] as const
  );
  const rows = values.map((row, index) => [
    cellName(left_grid, index, forms[0] === 'bars'),
    ...row.map(formatFigure)
  ]);
  return figureTable(words, name, [[name, false], ...columns], rows);
}
