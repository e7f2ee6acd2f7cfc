/** Many rows of one height, of which those that are seen are in the page. A table, or a grid whose rows can be opened. */

import { OWN_KEYS } from './controls';
import { Attributes, Child, make } from './dom';

/** How the rows look and what they do. */
export interface IRowsOptions {
  /** For screen readers. */
  readonly label: string;
  /** How high the box may become, in pixels. */
  readonly mostHeight: number;
  /** Opens a row; without it the rows are only read. */
  readonly open?: (index: number) => void;
}

/** What the rows are. */
export interface IRows {
  /** The columns' titles; a column without one, or with an axis, is a picture of figures that stand beside it. */
  readonly heads: readonly Child[];
  readonly count: number;
  /** Of every row, in pixels. */
  readonly rowHeight: number;
  /** What stands in the cells of a row; the first one names it. */
  readonly cells: (index: number) => readonly Child[];
}

const OVERSCAN = 4;
/** Of the columns' titles, which stay in sight. */
const HEAD_HEIGHT = 28;
let rowsMade = 0;

/** See the module. */
export class WindowedRows {
  readonly node: HTMLElement;

  /** Show no rows before `show`. */
  constructor(private readonly _options: IRowsOptions) {
    const { label, open } = _options;
    this._body = make('div', { class: 'mlops-Rows-body', role: 'rowgroup' });
    this._head = make('div', { class: 'mlops-Rows-head', role: 'row', 'aria-rowindex': 1 });
    this.node = make(
      'div',
      { ...OWN_KEYS, class: 'mlops-Rows', role: open ? 'grid' : 'table', 'aria-label': label, tabindex: 0 },
      make('div', { role: 'rowgroup', class: 'mlops-Rows-top' }, this._head),
      this._body
    );
    this.node.style.maxHeight = `${_options.mostHeight}px`;
    this.node.addEventListener('scroll', () => this._drawSeen());
    if (open) {
      this.node.addEventListener('keydown', event => this._onKey(event));
      this.node.addEventListener('click', event => this._onClick(event));
    }
  }

  /** The row that Enter opens. */
  get active(): number {
    return this._active;
  }

  /** Show other rows. */
  show(rows: IRows): void {
    const { heads, count, rowHeight } = rows;
    this._rows = rows;
    this._drawn.clear();
    this._active = Math.min(this._active, Math.max(0, count - 1));
    this._head.replaceChildren(
      ...heads.map((head, column) => make('div', this._heard(column, 'columnheader'), head))
    );
    this.node.setAttribute('aria-rowcount', String(count + 1));
    this._body.style.height = `${count * rowHeight}px`;
    this._drawSeen();
  }

  /** Make another row the one that Enter opens, and bring it into sight. */
  activate(index: number): void {
    const { count, rowHeight } = this._rows;
    if (count === 0) {
      return;
    }
    const before = this._drawn.get(this._active);
    this._active = Math.min(Math.max(0, index), count - 1);
    const top = this._active * rowHeight;
    const lowest = top + rowHeight + HEAD_HEIGHT - this._options.mostHeight;
    this.node.scrollTop = Math.min(Math.max(this.node.scrollTop, lowest), top);
    if (before) {
      mark(before, false);
    }
    this._drawSeen();
  }

  private _drawSeen(): void {
    const { count, rowHeight } = this._rows;
    const top = Math.floor(this.node.scrollTop / rowHeight);
    const first = Math.max(0, top - OVERSCAN);
    const last = Math.min(count, top + this._page + OVERSCAN);
    const seen = new Map<number, HTMLElement>();
    for (let index = first; index < last; index += 1) {
      seen.set(index, this._drawn.get(index) ?? this._row(index));
    }
    this._drawn = seen;
    this._body.replaceChildren(...seen.values());
    const active = this._options.open && seen.get(this._active);
    if (active) {
      mark(active, true);
      this.node.setAttribute('aria-activedescendant', active.id);
    } else {
      this.node.removeAttribute('aria-activedescendant');
    }
  }

  private _row(index: number): HTMLElement {
    const { open } = this._options;
    const { rowHeight } = this._rows;
    const [name, ...rest] = this._rows.cells(index);
    const row = make(
      'div',
      {
        class: 'mlops-Rows-row',
        id: `${this._id}-${index}`,
        role: 'row',
        'aria-rowindex': index + 2,
        'aria-selected': open ? 'false' : null
      },
      make('div', { role: 'rowheader' }, name ?? ''),
      ...rest.map((cell, index) => make('div', this._heard(index + 1, open ? 'gridcell' : 'cell'), cell))
    );
    row.style.top = `${index * rowHeight}px`;
    row.style.height = `${rowHeight}px`;
    return row;
  }

  /** What a cell is to a screen reader: nothing where it is a picture, or each row would be read with a blank in it. */
  private _heard(column: number, role: string): Attributes {
    const head = this._rows.heads[column];
    const isPicture = head === '' || (head instanceof Element && head.getAttribute('aria-hidden') === 'true');
    return isPicture ? { 'aria-hidden': 'true' } : { role };
  }

  private _onKey(event: KeyboardEvent): void {
    const [page, { count }] = [this._page, this._rows];
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -count,
      End: count
    };
    const step = steps[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) {
      return;
    }
    if (step !== undefined) {
      this.activate(this._active + step);
    } else if ((event.key === 'Enter' || event.key === ' ') && count) {
      this._options.open?.(this._active);
    } else {
      return;
    }
    event.preventDefault();
  }

  private _onClick(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest('[aria-rowindex]') : null;
    const index = Number(row?.getAttribute('aria-rowindex')) - 2;
    if (row && index >= 0) {
      this.activate(index);
      this._options.open?.(index);
    }
  }

  /** So many rows fit. */
  private get _page(): number {
    return Math.ceil(this._options.mostHeight / this._rows.rowHeight);
  }

  private readonly _id = `mlops-rows-${(rowsMade += 1)}`;
  private readonly _body: HTMLElement;
  private readonly _head: HTMLElement;
  private _active = 0;
  private _rows: IRows = { heads: [], count: 0, rowHeight: 1, cells: () => [] };
  private _drawn = new Map<number, HTMLElement>();
}

function mark(row: HTMLElement, isActive: boolean): void {
  row.classList.toggle('mlops-mod-active', isActive);
  row.setAttribute('aria-selected', String(isActive));
}
