/** The table that stands under a chart: the same figures, folded away, made when it is opened. */

import { Child, make } from './dom';
import { IWords } from './words';

/** A column's title, and whether figures stand in it. */
export type Column = readonly [title: string, figures: boolean];

const MOST_ROWS = 1000;

/** Return the folded table. */
export function figureTable(
  words: IWords,
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Child[])[]
): HTMLElement {
  const box = make(
    'details',
    { class: 'mlops-Report-table' },
    make('summary', {}, words._n('Table: %1 row', 'Table: %1 rows', rows.length))
  );
  box.addEventListener('toggle', () => {
    if (box.open && !box.querySelector('table')) {
      box.append(table(caption, columns, rows.slice(0, MOST_ROWS)));
      if (rows.length > MOST_ROWS) {
        box.append(make('p', {}, words.__('The first %1 rows; all are in the report’s file.', MOST_ROWS)));
      }
    }
  });
  return box;
}

function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly Child[])[]
): HTMLElement {
  const align = (index: number) => (columns[index]?.[1] ? 'mlops-Report-figure' : null);
  return make(
    'table',
    { 'aria-label': caption },
    make(
      'thead',
      {},
      make(
        'tr',
        {},
        ...columns.map(([title], index) => make('th', { scope: 'col', class: align(index) }, title))
      )
    ),
    make(
      'tbody',
      {},
      ...rows.map(row =>
        make(
          'tr',
          {},
          ...row.map((cell, index) =>
            index === 0
              ? make('th', { scope: 'row', class: align(index) }, cell)
              : make('td', { class: align(index) }, cell)
          )
        )
      )
    )
  );
}
