/** Rows of a section below the list of runs: each opens by a click or Enter, and has a menu. Arrows lead through them. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ellipsesIcon } from '@jupyterlab/ui-components';
import React, { KeyboardEvent, ReactNode, useRef, useState } from 'react';

/** A row. */
export interface IFooterRow {
  readonly key: string;
  /** What it is called, for the name of its menu. */
  readonly name: string;
  readonly hint?: string;
  readonly content: ReactNode;
}

interface IFooterRowsProps {
  readonly rows: readonly IFooterRow[];
  readonly label: string;
  readonly trans: TranslationBundle;
  readonly onOpen: (key: string) => void;
  /** Offer what can be done with a row, at a place of the page. */
  readonly onMenu: (key: string, left: number, top: number) => void;
  /** Delete was pressed on a row. */
  readonly onDelete: (key: string) => void;
}

/** See the module. */
export function FooterRows(props: IFooterRowsProps): JSX.Element {
  const { rows, trans } = props;
  const list = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState(0);
  const active = Math.min(focused, rows.length - 1);
  const go = (index: number) => {
    const to = Math.max(0, Math.min(index, rows.length - 1));
    setFocused(to);
    list.current?.querySelectorAll<HTMLElement>('.mlops-FooterRow-open')[to]?.focus();
  };
  const menuBelow = (key: string, row: Element) => {
    const { left, bottom } = row.getBoundingClientRect();
    props.onMenu(key, left + 20, bottom);
  };
  const onKey = (event: KeyboardEvent, { key }: IFooterRow) => {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => go(active + 1),
      ArrowUp: () => go(active - 1),
      Home: () => go(0),
      End: () => go(rows.length - 1),
      Delete: () => props.onDelete(key),
      ContextMenu: () => menuBelow(key, event.currentTarget),
      F10: () => menuBelow(key, event.currentTarget)
    };
    const step = Object.prototype.hasOwnProperty.call(steps, event.key) ? steps[event.key] : undefined;
    if (
      step &&
      !event.altKey &&
      !event.ctrlKey &&
      !event.metaKey &&
      (event.key !== 'F10' || event.shiftKey)
    ) {
      event.preventDefault();
      event.stopPropagation();
      step();
    }
  };
  return (
    <ul ref={list} className="mlops-FooterRows" aria-label={props.label}>
      {rows.map((row, index) => (
        <li
          key={row.key}
          className="mlops-FooterRow"
          onContextMenu={event => {
            event.preventDefault();
            event.stopPropagation(); // JupyterLab would open its own menu.
            go(index);
            props.onMenu(row.key, event.clientX, event.clientY);
          }}
        >
          <button
            className="mlops-FooterRow-open"
            tabIndex={index === active ? 0 : -1}
            title={row.hint}
            onFocus={() => setFocused(index)}
            onKeyDown={event => onKey(event, row)}
            onClick={() => props.onOpen(row.key)}
          >
            {row.content}
          </button>
          <button
            className="mlops-plainButton mlops-FooterRow-menu"
            tabIndex={-1} // The keyboard has Shift+F10.
            aria-haspopup="menu"
            aria-label={trans.__('Actions of %1', row.name)}
            title={trans.__('Actions of %1', row.name)}
            onClick={event => menuBelow(row.key, event.currentTarget)}
          >
            <ellipsesIcon.react tag="span" aria-hidden="true" />
          </button>
        </li>
      ))}
    </ul>
  );
}
