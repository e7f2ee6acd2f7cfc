/** Where a row is typed in: a part for each input of the model, and the button that asks. */

import { IOnnxTensor } from '../../api/types';
import { OWN_KEYS } from '../../widgets/report/controls';
import { make } from '../../widgets/report/dom';
import { IWords } from '../../widgets/report/words';
import { tableInput } from './feeds';
import { IRowPart } from './rowPart';
import { IFeed } from './session';
import { TablePart } from './tablePart';
import { TensorPart } from './tensorPart';
import { tensorInput } from './tensors';

/** More fields than these nobody fills in. */
const MOST_FIELDS = 60;

/** The inputs for which nothing can be typed. */
export function strangeInputs(inputs: readonly IOnnxTensor[]): readonly IOnnxTensor[] {
  return inputs.filter(tensor => !tableInput(tensor) && !tensorInput(tensor));
}

/** See the module. */
export class RowForm {
  readonly node: HTMLFormElement;

  /** Begin with zeros and empty texts: a report holds no row of the data. `submit` hears that a row is there. */
  constructor(inputs: readonly IOnnxTensor[], words: IWords, submit: () => void) {
    this._parts = partsOf(inputs, words);
    this._button = make(
      'button',
      { ...OWN_KEYS, type: 'submit', class: 'mlops-Report-button' },
      words.__('Predict')
    );
    this.node = make(
      'form',
      { class: 'mlops-OnnxForm', 'aria-label': words.__('A row to try') },
      make('div', { class: 'mlops-OnnxForm-fields' }, ...this._parts.flatMap(part => part.nodes)),
      this._button
    );
    this.node.noValidate = true;
    this.node.addEventListener('submit', event => {
      event.preventDefault();
      submit();
    });
    // A notebook keeps Enter to itself, and no browser submits then.
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement && event.target.type !== 'file') {
        event.preventDefault();
        event.stopPropagation();
        submit();
      }
    });
  }

  /** Return what was typed. Throws a `FieldError`, whose field has the focus then. */
  feeds(): readonly IFeed[] {
    this.node.querySelectorAll('[aria-invalid]').forEach(each => each.removeAttribute('aria-invalid'));
    return this._parts.map(part => part.feed());
  }

  /** One question at a time. */
  isBusy(isBusy: boolean): void {
    this._button.disabled = isBusy;
  }

  private readonly _button: HTMLButtonElement;
  private readonly _parts: readonly IRowPart[];
}

function partsOf(inputs: readonly IOnnxTensor[], words: IWords): readonly IRowPart[] {
  const tables = inputs.map(tableInput);
  const count = tables.reduce((sum, table) => sum + (table?.columns.length ?? 0), 0);
  return inputs.flatMap((tensor, at): readonly IRowPart[] => {
    const table = tables[at];
    if (table) {
      return [new TablePart(table, count > MOST_FIELDS, words)];
    }
    const other = tensorInput(tensor);
    return other ? [new TensorPart(other, words)] : [];
  });
}
