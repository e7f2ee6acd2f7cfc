/** The trade-off as a picture, a sentence and a table. */

import { IFairnessReport } from '../../api/types';
import { draw, make, named } from '../report/dom';
import { IEstimate, hasInterval, intervalText, valueText } from '../report/estimates';
import { figureTable } from '../report/figureTable';
import { linePath, plot, stretched, ticksOf } from '../report/plot';
import { IScale, scaleOf } from '../report/scale';
import { symbol } from '../report/symbols';
import { IWords, isolated } from '../report/words';
import { placeNames } from './markNames';
import { ISelection } from './selection';
import { IPoint, tradeOff } from './tradeOff';

const HEIGHT = 240;

/** Return the trade-off of the models that are shown. */
export function tradeOffChart(
  report: IFairnessReport,
  selection: ISelection,
  performance: number,
  words: IWords
): readonly HTMLElement[] {
  const points = tradeOff(report, selection, performance);
  if (points.length < 2) {
    return [
      make(
        'p',
        {},
        words.__('Two models are needed to see what a smaller gap costs: name more with --compare.')
      )
    ];
  }
  const across = report.metrics[performance]?.label ?? '';
  const metric = report.metrics[selection.metric]?.label ?? '';
  const up = selection.method === 'ratio' ? words.__('ratio of %1', metric) : words.__('gap in %1', metric);
  return [
    picture(points, across, up, selection.method === 'ratio' ? 1 : 0, words),
    make('p', { class: 'mlops-Report-sentence' }, sentence(points, across, up, words)),
    table(points, across, up, words)
  ];
}

function picture(
  points: readonly IPoint[],
  across: string,
  up: string,
  none: number,
  words: IWords
): HTMLElement {
  const [x, y] = [
    scaleOf(points.flatMap(({ performance }) => [performance.value, performance.low, performance.high])),
    // A gap is seen against none: a difference of 0, a ratio of 1.
    scaleOf([none, ...points.flatMap(({ gap }) => [gap.value, gap.low, gap.high])])
  ];
  const front = points
    .filter(point => point.isOnFront)
    .sort((a, b) => a.performance.value - b.performance.value)
    .map(point => [x.place(point.performance.value), y.place(point.gap.value)] as const);
  return plot(
    {
      label: words.__('%1 against %2, one mark a model', up, across),
      across: ticksOf(x),
      up: ticksOf(y),
      acrossTitle: across,
      upTitle: up,
      height: HEIGHT
    },
    stretched(draw('path', { class: 'mlops-TradeOff-front', d: linePath(front) })),
    ...points.map(point => mark(point, x, y)),
    ...names(points, x, y)
  );
}

function mark(point: IPoint, x: IScale, y: IScale): SVGElement {
  const at = x.place(point.performance.value) ?? 0;
  const along = ({ value, low, high }: IEstimate, scale: IScale) =>
    [value, low, high].map(each => scale.place(each));
  const per = (place: number | null | undefined) => (place == null ? null : `${place}%`);
  const up = along(point.gap, y).map(place => (place === null ? null : 100 - place));
  const [middle, low, high] = up.map(per);
  const [, left, right] = along(point.performance, x).map(per);
  return draw(
    'g',
    {},
    low && high
      ? draw('line', { class: 'mlops-TradeOff-interval', x1: `${at}%`, x2: `${at}%`, y1: low, y2: high })
      : null,
    left && right && middle
      ? draw('line', { class: 'mlops-TradeOff-interval', x1: left, x2: right, y1: middle, y2: middle })
      : null,
    symbol(point.model, Boolean(point.mitigator), `${at}%`, middle ?? '0')
  );
}

/** Return the names of the marks; in a list each has its mark before it. */
function names(points: readonly IPoint[], x: IScale, y: IScale): readonly SVGElement[] {
  const marks = points.map(point => ({
    across: x.place(point.performance.value) ?? 0,
    down: ((100 - (y.place(point.gap.value) ?? 0)) / 100) * HEIGHT,
    name: point.name.length > LONGEST_NAME ? `${point.name.slice(0, LONGEST_NAME)}…` : point.name
  }));
  return placeNames(marks, HEIGHT).map(({ across, isLeft, down, isListed }, index) => {
    const side = isLeft ? -1 : 1;
    const point = points[index]!;
    return draw(
      'svg',
      { x: `${across}%`, y: down, overflow: 'visible' },
      isListed
        ? draw(
            'g',
            { transform: `translate(${side * 20} 0) scale(0.7)` },
            symbol(point.model, Boolean(point.mitigator), '0', '0')
          )
        : null,
      draw(
        'text',
        { x: side * (isListed ? 30 : 10), y: 4, 'text-anchor': isLeft ? 'end' : 'start' },
        marks[index]!.name
      )
    );
  });
}

const LONGEST_NAME = 24;

function sentence(points: readonly IPoint[], across: string, up: string, words: IWords): string {
  const front = points.filter(point => point.isOnFront).map(point => isolated(point.name));
  const rest = points.length - front.length;
  const best =
    front.length > 1
      ? words.__('On the line: %1. None of them is better in both %2 and %3.', front.join(', '), across, up)
      : words.__('%1 is the best in both %2 and %3.', front.join(), across, up);
  const beaten = rest
    ? ` ${words._n(
        '%1 other model is worse in one of them, and no better in the other.',
        '%1 other models are worse in one of them, and no better in the other.',
        rest
      )}`
    : '';
  const hollow = points.some(point => point.mitigator) ? ` ${words.__('Hollow: mitigated.')}` : '';
  return best + beaten + hollow;
}

function withInterval(estimate: IEstimate, words: IWords): string {
  return hasInterval(estimate)
    ? `${valueText(estimate)} (${intervalText(estimate, words)})`
    : valueText(estimate);
}

function table(points: readonly IPoint[], across: string, up: string, words: IWords): HTMLElement {
  const rows = points.map(({ name, mitigator, performance, gap, isOnFront }) => [
    named(name),
    mitigator ? named(mitigator) : '–',
    withInterval(performance, words),
    withInterval(gap, words),
    isOnFront ? words.__('yes') : words.__('no')
  ]);
  const columns = [
    [words.__('model'), false],
    [words.__('mitigated by'), false],
    [across, true],
    [up, true],
    [words.__('on the line'), false]
  ] as const;
  return figureTable(words, words.__('%1 against %2', up, across), columns, rows);
}
