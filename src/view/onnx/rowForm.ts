/** Where a row is typed in: a field for each column; where they are many, one box for all of them. */

import { OWN_KEYS } from '../../widgets/report/controls';
import { make, named, titled } from '../../widgets/report/dom';
import { IWords } from '../../widgets/report/words';
import { FieldError, IColumn, ITableInput, feedsOf, firstText } from './feeds';
import { IFeed } from './session';

/** More fields than these nobody fills in. */
const MOST_FIELDS = 60;

type Field = HTMLInputElement | HTMLTextAreaElement;

/** See the module. */
export class RowForm {
  readonly node: HTMLFormElement;

  /** Begin with zeros and empty texts: a report holds no row of the data. `submit` hears that a row is there. */
  constructor(
    private readonly _inputs: readonly ITableInput[],
    private readonly _words: IWords,
    submit: () => void
  ) {
    const count = _inputs.reduce((sum, { columns }) => sum + columns.length, 0);
    this._isWide = count > MOST_FIELDS;
    this._fields = _inputs.map(input => (this._isWide ? [wide(input)] : input.columns.map(field)));
    const button = make(
      'button',
      { ...OWN_KEYS, type: 'submit', class: 'mlops-Report-button' },
      _words.__('Predict')
    );
    this.node = make(
      'form',
      { class: 'mlops-OnnxForm', 'aria-label': _words.__('A row to try') },
      make('div', { class: 'mlops-OnnxForm-fields' }, ...this._labelled()),
      button
    );
    this.node.noValidate = true;
    this.node.addEventListener('submit', event => {
      event.preventDefault();
      submit();
    });
    // A notebook keeps Enter to itself, and no browser submits then.
    this.node.addEventListener('keydown', event => {
      if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
        event.preventDefault();
        event.stopPropagation();
        submit();
      }
    });
  }

  /** Return what was typed. Throws a `FieldError`, whose field has the focus then. */
  feeds(): readonly IFeed[] {
    this._fields.flat().forEach(each => each.removeAttribute('aria-invalid'));
    try {
      return feedsOf(this._inputs, this._texts(), this._words);
    } catch (error) {
      if (error instanceof FieldError) {
        const wrong = this._fields[error.input]?.[this._isWide ? 0 : error.column];
        wrong?.setAttribute('aria-invalid', 'true');
        wrong?.focus();
      }
      throw error;
    }
  }

  private _texts(): readonly (readonly string[])[] {
    return this._fields.map((fields, input) => {
      const [first] = fields;
      if (!this._isWide || !first) {
        return fields.map(each => (isBox(each) ? String(each.checked) : each.value));
      }
      const columns = this._inputs[input]?.columns ?? [];
      const texts = first.value.split(/[\t,;\n]/);
      if (texts.length !== columns.length) {
        const said = this._words.__('%1 values are wanted, and there are %2.', columns.length, texts.length);
        throw new FieldError(said, input, 0);
      }
      return texts;
    });
  }

  private _labelled(): readonly HTMLElement[] {
    const label = (text: string, each: Field) =>
      make('label', { class: 'mlops-OnnxForm-field' }, titled(text), each);
    return this._inputs.flatMap(({ tensor, columns }, input) => {
      const fields = this._fields[input] ?? [];
      const [first] = fields;
      if (this._isWide && first) {
        const hint = this._words.__('%1: %2 values, with commas between them', tensor.name, columns.length);
        return [make('label', { class: 'mlops-OnnxForm-wide' }, named(hint), first)];
      }
      return columns.map((column, at) => label(column.label, fields[at] ?? field(column)));
    });
  }

  private readonly _isWide: boolean;
  private readonly _fields: readonly (readonly Field[])[];
}

function field({ kind }: IColumn): HTMLInputElement {
  if (kind === 'flag') {
    return make('input', { ...OWN_KEYS, type: 'checkbox' });
  }
  return make('input', {
    ...OWN_KEYS,
    type: 'text',
    value: firstText(kind),
    inputmode: kind === 'text' ? null : kind === 'whole' ? 'numeric' : 'decimal',
    autocomplete: 'off'
  });
}

function wide({ columns }: ITableInput): HTMLTextAreaElement {
  return make(
    'textarea',
    { ...OWN_KEYS, rows: 3, spellcheck: 'false' },
    columns.map(({ kind }) => (kind === 'flag' ? 'false' : firstText(kind))).join(', ')
  );
}

function isBox(each: Field): each is HTMLInputElement {
  return each.type === 'checkbox';
}
