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
  const shown = values.slice(0, MOST_VALUES).map((value, at) => {
    const name = hasClasses ? words.__('%1: %2', output.name, output.columns[at] ?? '') : output.name;
    const label = values.length > 1 && !hasClasses ? `${output.name} ${at}` : name;
    return row(label, value, answer.isFlag, hasClasses, output.method === 'predict');
  });
  const rest = values.length - shown.length;
  return rest > 0
    ? [...shown, make('tr', {}, make('td', { colspan: 3 }, words.__('and %1 more figures', rest)))]
    : shown;
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
