/** What a model says of one row: its label, probabilities by the names of classes, other figures. */

import { IOnnxTensor } from '../../api/types';
import { formatFigure } from '../../model/format';
import { make, named } from '../../widgets/report/dom';
import { IWords } from '../../widgets/report/words';
import { IAnswer } from './session';

/** More figures of one output are no answer that anybody reads. */
const MOST_VALUES = 50;

/** Return the answers, in the order of the outputs. */
export function answersView(
  outputs: readonly IOnnxTensor[],
  answers: readonly IAnswer[],
  words: IWords
): HTMLElement {
  const rows = outputs.flatMap(output => {
    const answer = answers.find(each => each.name === output.name);
    return answer ? rowsOf(output, answer, words) : [];
  });
  return make(
    'table',
    { class: 'mlops-OnnxAnswer', 'aria-label': words.__('What the model answers') },
    make('tbody', {}, ...rows)
  );
}

function rowsOf(output: IOnnxTensor, answer: IAnswer, words: IWords): readonly HTMLElement[] {
  const { values } = answer;
  const hasClasses = output.columns.length === values.length && values.length > 0;
  const largest = hasClasses || output.method === 'predict' ? -1 : largestOf(values);
  const shown = values.slice(0, MOST_VALUES).map((value, at) => {
    const name = hasClasses ? words.__('%1: %2', output.name, output.columns[at] ?? '') : output.name;
    const label = values.length > 1 && !hasClasses ? `${output.name} ${placeOf(at, answer.dims)}` : name;
    return row(label, value, answer.isFlag, hasClasses, output.method === 'predict' || at === largest);
  });
  const rest = values.length - shown.length;
  return rest > 0
    ? [...shown, make('tr', {}, make('td', { colspan: 3 }, words.__('and %1 more figures', rest)))]
    : shown;
}

/** Where a value stands in its row: `3`, or `0, 3` where a row has several axes. */
function placeOf(at: number, dims: readonly number[]): string {
  const places: number[] = [];
  let rest = at;
  for (const length of dims.slice(1).reverse()) {
    places.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return places.join(', ') || String(at);
}

/** The place of the largest of several figures, which is a network's answer where these are classes; else -1. */
function largestOf(values: readonly (number | string)[]): number {
  const figures = values.map(value =>
    typeof value === 'number' && !Number.isNaN(value) ? value : -Infinity
  );
  return values.length > 1 ? figures.indexOf(figures.reduce((one, other) => Math.max(one, other))) : -1;
}

function row(
  label: string,
  value: number | string,
  isFlag: boolean,
  isShare: boolean,
  isMain: boolean
): HTMLElement {
  const text = isFlag
    ? String(Boolean(Number(value)))
    : typeof value === 'number'
      ? formatFigure(value)
      : value;
  const share = isShare && typeof value === 'number' && value >= 0 && value <= 1 ? value : null;
  return make(
    'tr',
    {},
    make('th', { scope: 'row' }, named(label)),
    make(
      'td',
      { class: 'mlops-Report-figure', title: String(value) },
      isMain ? make('strong', {}, named(text)) : named(text)
    ),
    make(
      'td',
      { class: 'mlops-OnnxAnswer-share', 'aria-hidden': 'true' },
      share === null ? null : make('span', { style: `width: ${share * 100}%` })
    )
  );
}
