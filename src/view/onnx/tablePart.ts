/** Where one input's row of a table is typed in: a field for each column; where they are many, one box for all of them. */

import { OWN_KEYS } from '../../widgets/report/controls';
import { make, named, titled } from '../../widgets/report/dom';
import { IWords } from '../../widgets/report/words';
import { FieldError, IColumn, ITableInput, firstText, tableFeed } from './feeds';
import { IRowPart } from './rowPart';
import { IFeed } from './session';

type Field = HTMLInputElement | HTMLTextAreaElement;

/** See the module. */
export class TablePart implements IRowPart {
  readonly nodes: readonly HTMLElement[];

  /** Begin with zeros and empty texts. */
  constructor(
    private readonly _input: ITableInput,
    private readonly _isWide: boolean,
    private readonly _words: IWords
  ) {
    const { tensor, columns } = _input;
    if (_isWide) {
      const box = wide(_input);
      const hint = _words.__('%1: %2 values, with commas between them', tensor.name, columns.length);
      this._fields = [box];
      this.nodes = [make('label', { class: 'mlops-OnnxForm-wide' }, named(hint), box)];
      return;
    }
    const fields = columns.map(column => [column, field(column)] as const);
    this._fields = fields.map(([, each]) => each);
    this.nodes = fields.map(([{ label }, each]) =>
      make('label', { class: 'mlops-OnnxForm-field' }, titled(label), each)
    );
  }

  /** See `IRowPart`. */
  feed(): IFeed {
    try {
      return tableFeed(this._input, this._texts(), this._words);
    } catch (error) {
      if (error instanceof FieldError) {
        const wrong = this._fields[this._isWide ? 0 : error.column];
        wrong?.setAttribute('aria-invalid', 'true');
        wrong?.focus();
      }
      throw error;
    }
  }

  private _texts(): readonly string[] {
    const [first] = this._fields;
    if (!this._isWide || !first) {
      return this._fields.map(each => (isBox(each) ? String(each.checked) : each.value));
    }
    const wanted = this._input.columns.length;
    const texts = first.value.split(/[\t,;\n]/);
    if (texts.length !== wanted) {
      throw new FieldError(this._words.__('%1 values are wanted, and there are %2.', wanted, texts.length));
    }
    return texts;
  }

  private readonly _fields: readonly Field[];
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
