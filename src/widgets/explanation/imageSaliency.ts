/** An image, and the same image with what each part of it adds: signs in the cells, so that colour alone tells nothing. */

import { Figure, IExplanationReport, IImageSaliency } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { draw, make } from '../report/dom';
import { figureTable } from '../report/figureTable';
import { IWords } from '../report/words';
import { IHeatCell, heatCells, mostOf } from './heatCells';
import { signed } from './localChart';
import { outputTitle } from './shapeChart';

/** Opacity of the strongest cell: the picture is seen through it. */
const STRENGTH = 0.8;

/** Return both pictures, what they say, and the table. */
export function imageSaliency(
  report: IExplanationReport,
  image: IImageSaliency,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const heat = image.heat[output] ?? [];
  const cells = heat.map(row => row.map(toNumber));
  const most = mostOf(cells);
  const title = outputTitle(report, output, words);
  const label = words.__('Row %1, shaded by what each part adds to the %2', image.row, title);
  const pictures = make(
    'div',
    { class: 'mlops-Image' },
    make('div', { class: 'mlops-Image-picture' }, png(image, words.__('Row %1', image.row))),
    make(
      'div',
      { class: 'mlops-Image-picture mlops-mod-shaded' },
      png(image, ''),
      draw('svg', { role: 'img', 'aria-label': label }, heatCells(boxes(cells), most, STRENGTH))
    )
  );
  return [
    pictures,
    make('p', { class: 'mlops-Report-sentence' }, sentence(cells, most, title, words)),
    table(heat, label, words)
  ];
}

/** The reader has let nothing pass but base64: it is no address. */
function png({ png: data, width, height }: IImageSaliency, alt: string): HTMLElement {
  const picture = make('img', { alt, src: `data:image/png;base64,${data}` });
  picture.style.aspectRatio = `${width} / ${height}`;
  return picture;
}

/** From the top down. */
function boxes(heat: readonly (readonly number[])[]): readonly IHeatCell[] {
  const height = 100 / Math.max(1, heat.length);
  return heat.flatMap((row, down) => {
    const width = 100 / Math.max(1, row.length);
    return row.map((value, across) => ({ x: across * width, y: down * height, width, height, value }));
  });
}

function sentence(cells: readonly (readonly number[])[], most: number, title: string, words: IWords): string {
  if (most === 0) {
    return words.__('No part of the image changes the %1.', title);
  }
  const down = cells.findIndex(row => row.some(value => Math.abs(value) === most));
  const across = cells[down]?.findIndex(value => Math.abs(value) === most) ?? 0;
  const by = cells[down]?.[across] ?? 0;
  return [
    words.__(
      'Row %1, column %2 of the cells changes the %3 most (%4).',
      down + 1,
      across + 1,
      title,
      signed(by)
    ),
    words.__('Plus, orange: raises. Minus, blue: lowers. The stronger the colour, the more.')
  ].join(' ');
}

function table(heat: readonly (readonly Figure[])[], caption: string, words: IWords): HTMLElement {
  const columns = (heat[0] ?? []).map((_, index) => [String(index + 1), true] as const);
  const rows = heat.map((row, index) => [String(index + 1), ...row.map(formatFigure)]);
  return figureTable(words, caption, [[words.__('row \\ column'), false], ...columns], rows);
}
