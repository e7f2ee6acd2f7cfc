/** The rows that were named, one at a time: what each term adds on the way from the base value to the answer. */

import { Figure, IExplanationReport, ILocalExplanations } from '../../api/types';
import { formatFigure } from '../../model/format';
import { Child, draw, make, titled } from '../report/dom';
import { scaleOf } from '../report/scale';
import { WindowedRows } from '../report/windowedRows';
import { IWords, isolated } from '../report/words';
import { IStep, IWay, wayOf } from './contributions';
import { bar } from './importance';
import { outputTitle } from './shapeChart';

const ROW_HEIGHT = 26;
/** So many steps are seen at once that most ways need no scrolling. */
const MOST_HEIGHT = 444;

/** Return the way of a row, and what it says. */
export function localChart(
  report: IExplanationReport,
  local: ILocalExplanations,
  place: number,
  output: number,
  words: IWords
): readonly HTMLElement[] {
  const way = wayOf(report, place, output, words);
  const said = answerSentence(report, local, place, words);
  if (!way) {
    const none = words.__('This method explains no single row; its curves are drawn above.');
    return [make('p', { class: 'mlops-Report-sentence' }, `${said} ${none}`)];
  }
  return [
    steps(report, way, output, words),
    make('p', { class: 'mlops-Report-sentence' }, `${said} ${waySentence(report, way, output, words)}`)
  ];
}

function steps(report: IExplanationReport, way: IWay, output: number, words: IWords): HTMLElement {
  const all: readonly IStep[] = [
    { name: words.__('base value'), from: way.base, to: way.base },
    ...way.steps,
    { name: words.__('together'), from: way.end, to: way.end }
  ];
  const scale = scaleOf(all.flatMap(({ from, to }) => [from, to]));
  const rows = new WindowedRows({ label: words.__('Contributions'), mostHeight: MOST_HEIGHT });
  const cells = (index: number): readonly Child[] => {
    const step = all[index] ?? { name: '', from: NaN, to: NaN };
    const isEnd = index === 0 || index === all.length - 1;
    const [from, to] = [scale.place(step.from) ?? 0, scale.place(step.to) ?? 0];
    const kind = step.to < step.from ? 'mlops-mod-lowers' : 'mlops-mod-raises';
    const line = { class: 'mlops-Bar-end', x1: `${to}%`, x2: `${to}%`, y1: 0, y2: ROW_HEIGHT };
    return [
      titled(step.name),
      draw(
        'svg',
        { 'aria-hidden': 'true', width: '100%', height: '100%' },
        isEnd ? null : bar(from, to, ROW_HEIGHT, kind),
        draw('line', line)
      ),
      make(
        'span',
        { class: 'mlops-Report-number' },
        isEnd ? formatFigure(step.to) : signed(step.to - step.from)
      )
    ];
  };
  const heads = [words.__('feature'), '', outputTitle(report, output, words)];
  rows.show({ heads, count: all.length, rowHeight: ROW_HEIGHT, cells });
  return rows.node;
}

/** What the model answers for the row, and what is true. */
export function answerSentence(
  report: IExplanationReport,
  local: ILocalExplanations,
  place: number,
  words: IWords
): string {
  const predicted = (local.predicted[place] ?? [])
    .map((figure, output) => answerText(report.outputs[output], figure))
    .join(', ');
  const actual = local.actual[place];
  return [
    words.__('Row %1.', local.rows[place] ?? place),
    predicted ? words.__('Predicted: %1.', predicted) : '',
    actual === undefined
      ? ''
      : words.__('Actual: %1.', typeof actual === 'number' ? formatFigure(actual) : isolated(actual))
  ]
    .filter(Boolean)
    .join(' ');
}

function answerText(output: string | undefined, figure: Figure): string {
  return output ? `${isolated(output)}: ${formatFigure(figure)}` : formatFigure(figure);
}

function waySentence(report: IExplanationReport, way: IWay, output: number, words: IWords): string {
  const raising = way.steps.find(step => step.to > step.from);
  const lowering = way.steps.find(step => step.to < step.from);
  const by = (step: IStep) => signed(step.to - step.from);
  return [
    words.__('It starts at %1 (%2).', formatFigure(way.base), outputTitle(report, output, words)),
    raising ? words.__('%1 raises it most (%2).', isolated(raising.name), by(raising)) : '',
    lowering ? words.__('%1 lowers it most (%2).', isolated(lowering.name), by(lowering)) : '',
    words.__('Together they lead to %1.', formatFigure(way.end))
  ]
    .filter(Boolean)
    .join(' ');
}

/** +0.3; -0.3: with the minus that every other figure has, and that can be typed and copied. */
export function signed(value: number): string {
  return value > 0 ? `+${formatFigure(value)}` : formatFigure(value);
}
