/** A section below the list of runs that lists what the server has of a kind, or says how to make the first. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { ReactNode, useState } from 'react';

import { WatchedList } from '../../model/watchedList';
import { useSignal } from '../hooks';
import { FooterRows, IFooterRow } from './footerRows';
import { FooterSection } from './footerSection';

interface IWatchedSectionProps<T> {
  readonly model: WatchedList<T>;
  readonly title: string;
  /** What the rows are, for a screen reader. */
  readonly label: string;
  readonly rowOf: (item: T) => IFooterRow;
  /** How to make the first. */
  readonly empty: ReactNode;
  readonly trans: TranslationBundle;
  readonly onOpen: (item: T) => void;
  /** Offer what can be done with one, at a place of the page. */
  readonly onMenu: (item: T, left: number, top: number) => void;
  /** Delete was pressed on one. */
  readonly onDelete: (item: T) => void;
}

/** See the module. */
export function WatchedSection<T>(props: IWatchedSectionProps<T>): JSX.Element {
  const { model, title, trans } = props;
  useSignal(model.changed);
  const [isOpen, setOpen] = useState(false);
  const { items, isReady, problem } = model;
  return (
    <FooterSection
      title={title}
      count={isReady ? items.length : null}
      isOpen={isOpen}
      onToggle={() => setOpen(!isOpen)}
      problem={problem}
      onRetry={() => void model.refresh()}
      trans={trans}
    >
      {items.length > 0 ? (
        <Rows {...props} />
      ) : (
        <p className="mlops-FooterSection-empty" role="status">
          {isReady ? props.empty : !problem && trans.__('Loading…')}
        </p>
      )}
    </FooterSection>
  );
}

function Rows<T>(props: IWatchedSectionProps<T>): JSX.Element {
  const { items } = props.model;
  const rows = items.map(props.rowOf);
  const itemOf = (key: string) => items[rows.findIndex(row => row.key === key)]!;
  return (
    <FooterRows
      rows={rows}
      label={props.label}
      trans={props.trans}
      onOpen={key => props.onOpen(itemOf(key))}
      onMenu={(key, left, top) => props.onMenu(itemOf(key), left, top)}
      onDelete={key => props.onDelete(itemOf(key))}
    />
  );
}
