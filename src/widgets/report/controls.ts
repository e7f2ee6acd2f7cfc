/**
 * What a reader chooses with: the browser's own select, boxes and radio buttons.
 *
 * JupyterLab's shortcuts rest while one has the focus: "d" would look for an option, and "d d" delete the cell.
 */

import { Child, make, named } from './dom';

/** Lumino's mark for it. */
export const OWN_KEYS = { 'data-lm-suppress-shortcuts': 'true' } as const;

/** One thing to choose. */
export interface IOption {
  readonly value: string;
  readonly label: string;
}

let groupsMade = 0;

/** Return a select with its label. */
export function select(
  label: string,
  options: readonly IOption[],
  value: string,
  choose: (value: string) => void
): HTMLElement {
  const list = make(
    'select',
    { ...OWN_KEYS, class: 'mlops-Report-select' },
    ...options.map(option =>
      make('option', { value: option.value, selected: option.value === value }, option.label)
    )
  );
  list.addEventListener('change', () => choose(list.value));
  return make('label', { class: 'mlops-Report-control' }, make('span', {}, label), list);
}

/** Return boxes that are on or off. `choose` hears which are on; the last one cannot be taken away. */
export function boxes(
  label: string,
  options: readonly IOption[],
  values: ReadonlySet<string>,
  choose: (values: ReadonlySet<string>) => void,
  mark: (option: IOption) => Child = () => null
): HTMLElement {
  const inputs = options.map(({ value }) =>
    make('input', { ...OWN_KEYS, type: 'checkbox', value, checked: values.has(value) })
  );
  const onChange = (changed: HTMLInputElement) => {
    const on = inputs.filter(input => input.checked).map(input => input.value);
    if (on.length === 0) {
      changed.checked = true;
    } else {
      choose(new Set(on));
    }
  };
  inputs.forEach(input => input.addEventListener('change', () => onChange(input)));
  return group(label, options, inputs, mark);
}

/** Return buttons of which one is on. */
export function radios(
  label: string,
  options: readonly IOption[],
  value: string,
  choose: (value: string) => void
): HTMLElement {
  const name = `mlops-choice-${(groupsMade += 1)}`;
  const inputs = options.map(option =>
    make('input', { ...OWN_KEYS, type: 'radio', name, value: option.value, checked: option.value === value })
  );
  inputs.forEach(input => input.addEventListener('change', () => choose(input.value)));
  return group(label, options, inputs, () => null);
}

function group(
  label: string,
  options: readonly IOption[],
  inputs: readonly HTMLInputElement[],
  mark: (option: IOption) => Child
): HTMLElement {
  const labels = options.map((option, index) =>
    make('label', { class: 'mlops-Report-option' }, inputs[index] ?? null, mark(option), named(option.label))
  );
  return make(
    'div',
    { class: 'mlops-Report-control', role: 'group', 'aria-label': label },
    make('span', { 'aria-hidden': 'true' }, label),
    ...labels
  );
}
