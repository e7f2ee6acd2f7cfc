/** One dial a feature: a slider beside a number, or a list of categories. */

import { formatFigure, toNumber } from '../../model/format';
import { OWN_KEYS } from '../report/controls';
import { make, titled } from '../report/dom';
import { IWords } from '../report/words';
import { IDial, Value } from './whatIf';

/** All dials of a row. */
export interface IDials {
  readonly node: HTMLElement;
  /** Let nothing be changed, or everything. */
  disable(isDisabled: boolean): void;
  /** Back to the first values; tells nobody. */
  reset(): void;
}

interface IDialControl {
  readonly inputs: readonly (HTMLInputElement | HTMLSelectElement)[];
  readonly reset: () => void;
}

const STEPS = 200;

/** Return dials; `set` hears of every change. */
export function dials(
  all: readonly IDial[],
  words: IWords,
  set: (feature: number, value: Value) => void
): IDials {
  const controls = all.map(dial => {
    const tell = (value: Value) => set(dial.feature, value);
    return dial.choices.length ? list(dial, words, tell) : number(dial, words, tell);
  });
  const rows = controls.map(({ inputs }, index) => {
    const dial = all[index];
    return make('div', { class: 'mlops-Dial' }, titled(dial?.name ?? ''), ...inputs);
  });
  const node = make(
    'div',
    { class: 'mlops-Dials', role: 'group', 'aria-label': words.__('Values of the row') },
    ...rows
  );
  return {
    node,
    disable: isDisabled =>
      controls.forEach(each => each.inputs.forEach(input => (input.disabled = isDisabled))),
    reset: () => controls.forEach(each => each.reset())
  };
}

/** The slider spans what the data has; the box takes any number, and none. */
function number(dial: IDial, words: IWords, tell: (value: Value) => void): IDialControl {
  const first = typeof dial.value === 'number' ? String(dial.value) : '';
  const step = dial.range?.isWhole ? 1 : 'any';
  const box = make('input', {
    ...OWN_KEYS,
    type: 'number',
    step,
    value: first,
    placeholder: words.__('missing'),
    'aria-label': dial.name
  });
  const slider =
    dial.range &&
    make('input', { ...OWN_KEYS, type: 'range', 'aria-label': words.__('%1, slider', dial.name) });
  /** A slider says what the box has: where it stands itself is near that, with more digits than anybody wants to hear. */
  const say = () =>
    slider?.setAttribute('aria-valuetext', box.value === '' ? words.__('missing') : formatFigure(box.value));
  if (slider && dial.range) {
    const { least, most, isWhole } = dial.range;
    slider.min = String(least);
    slider.max = String(most);
    slider.step = isWhole ? '1' : String((most - least) / STEPS);
    slider.value = first || String((least + most) / 2);
    say();
    slider.addEventListener('input', () => {
      // Where a slider stands has more digits than anybody means.
      const value = isWhole ? Number(slider.value) : Number(toNumber(slider.value).toPrecision(4));
      box.value = String(value);
      say();
      tell(value);
    });
  }
  box.addEventListener('input', () => {
    const value = box.value === '' ? null : Number(box.value);
    if (slider && value !== null) {
      slider.value = String(value);
    }
    say();
    tell(value);
  });
  const reset = () => {
    box.value = first;
    if (slider && first) {
      slider.value = first;
    }
    say();
  };
  return { inputs: slider ? [slider, box] : [box], reset };
}

function list(dial: IDial, words: IWords, tell: (value: Value) => void): IDialControl {
  // A mark before each, so that no category is taken for the missing value.
  const first = dial.value === null ? '' : `=${dial.value}`;
  const select = make(
    'select',
    { ...OWN_KEYS, class: 'mlops-Report-select', 'aria-label': dial.name },
    ...dial.choices.map(choice =>
      make('option', { value: `=${choice}`, selected: first === `=${choice}` }, choice)
    ),
    make('option', { value: '', selected: first === '' }, words.__('missing'))
  );
  select.addEventListener('change', () => tell(select.value === '' ? null : select.value.slice(1)));
  return { inputs: [select], reset: () => (select.value = first) };
}
