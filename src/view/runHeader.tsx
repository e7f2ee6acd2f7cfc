/** The heads of the columns: a click sorts, a second one the other way round. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretUpIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IColumn } from '../model/columns';
import { ExplorerModel } from '../model/explorer';

/** See the module. */
export function RunHeader(props: {
  readonly model: ExplorerModel;
  readonly columns: readonly IColumn[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { model, columns, trans } = props;
  return (
    <div className="mlops-RunHeader" role="row">
      <Head model={model} sort="name" title={trans.__('Name')} isFigure={false} />
      {columns.map(column => (
        <Head
          key={column.id}
          model={model}
          sort={column.sort}
          title={column.title}
          isFigure={column.isFigure}
        />
      ))}
    </div>
  );
}

function Head(props: {
  readonly model: ExplorerModel;
  readonly sort: string;
  readonly title: string;
  readonly isFigure: boolean;
}): JSX.Element {
  const { model, sort, title, isFigure } = props;
  const { key, order } = model.choice.sort;
  const isSorted = sort !== '' && key === sort;
  const Caret = order === 'asc' ? caretUpIcon : caretDownIcon;
  return (
    <span
      role="columnheader"
      className={isFigure ? 'mlops-Figure' : ''}
      aria-sort={isSorted ? (order === 'asc' ? 'ascending' : 'descending') : undefined}
      title={title}
    >
      {sort ? (
        <button className="mlops-plainButton" onClick={() => model.sortBy(sort)}>
          <bdi>{title}</bdi>
          {isSorted && <Caret.react tag="span" />}
        </button>
      ) : (
        <bdi>{title}</bdi>
      )}
    </span>
  );
}
