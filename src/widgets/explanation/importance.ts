/** What matters over all rows: a bar and its interval for each term, the largest first. A row opens its shape. */

import { IImportance } from '../../api/types';
import { toNumber } from '../../model/format';
import { draw, titled } from '../report/dom';
import { IEstimate, estimateCell, intervalLine } from '../report/estimates';
import { scaleOf } from '../report/scale';
import { WindowedRows } from '../report/windowedRows';
import { IWords, isolated } from '../report/words';

const ROW_HEIGHT = 26;
const MOST_HEIGHT = 340;

/** Return the figures of the terms. */
export function importanceEstimates({ scores, low, high }: IImportance): readonly IEstimate[] {
  return scores.map((score, index) => ({
    value: toNumber(score),
    low: toNumber(low[index] ?? 'NaN'),
    high: toNumber(high[index] ?? 'NaN')
  }));
}

/** Return the chart; it is its own table. */
export function importanceRows(
  importance: IImportance,
  words: IWords,
  open?: (term: number) => void
): WindowedRows {
  const estimates = importanceEstimates(importance);
  const scale = scaleOf([0, ...estimates.flatMap(({ value, low, high }) => [value, low, high])]);
  const rows = new WindowedRows({ label: words.__('Importance of features'), mostHeight: MOST_HEIGHT, open });
  rows.show({
    heads: [words.__('feature'), '', words.__('importance')],
    count: estimates.length,
    rowHeight: ROW_HEIGHT,
    cells: index => {
      const estimate = estimates[index] ?? { value: NaN, low: NaN, high: NaN };
      const [zero, end] = [scale.place(0) ?? 0, scale.place(estimate.value)];
      return [
        titled(importance.names[index] ?? ''),
        draw(
          'svg',
          { 'aria-hidden': 'true', width: '100%', height: '100%' },
          end === null ? null : bar(zero, end, ROW_HEIGHT),
          ...intervalLine(estimate, scale, ROW_HEIGHT / 2)
        ),
        estimateCell(estimate, words)
      ];
    }
  });
  return rows;
}

/** Say what matters most, and how sure that is. */
export function importanceSentence(importance: IImportance, words: IWords): string {
  const [first, ...others] = importance.names.slice(0, 3).map(isolated);
  const [a, b] = importanceEstimates(importance);
  const order = others.length
    ? words.__('%1 matters most, then %2.', first ?? '', others.join(', '))
    : words.__('%1 is the only feature.', first ?? '');
  const bars = words.__('A bar: %1.', importance.measure);
  if (!importance.interval) {
    return [order, bars, words.__('The method does not say how sure that is.')].join(' ');
  }
  const lines = words.__('The line on it: %1.', importance.interval);
  const isUnsure = a !== undefined && b !== undefined && b.high >= a.low;
  const care = isUnsure ? words.__('The first two overlap: which of them matters more is not sure.') : '';
  return [order, bars, lines, care].filter(Boolean).join(' ');
}

/** Return a bar between two places of a row, whichever is further left. */
export function bar(from: number, to: number, height: number, kind = ''): SVGElement {
  const [left, right] = [Math.min(from, to), Math.max(from, to)];
  const box = { x: `${left}%`, width: `${right - left}%`, y: 5, height: height - 10 };
  return draw('rect', { class: `mlops-Bar ${kind}`.trim(), ...box });
}
