/** A row of tabs and the panel of the one that is shown; arrows, Home and End move. */

import React, { KeyboardEvent, ReactNode, useRef } from 'react';

interface ITabsProps<T extends string> {
  readonly id: string;
  readonly label: string;
  readonly tabs: readonly { readonly id: T; readonly word: string }[];
  readonly active: T;
  readonly onSelect: (id: T) => void;
  readonly children: ReactNode;
}

/** See the module. */
export function Tabs<T extends string>(props: ITabsProps<T>): JSX.Element {
  const { id, label, tabs, active, onSelect, children } = props;
  const row = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const to = nextTab(
      event.key,
      tabs.findIndex(tab => tab.id === active),
      tabs.length
    );
    const tab = to === null ? undefined : tabs[to];
    if (tab) {
      event.preventDefault();
      onSelect(tab.id);
      row.current?.querySelectorAll<HTMLElement>('[role=tab]')[to ?? 0]?.focus();
    }
  };
  return (
    <>
      <div ref={row} className="mlops-Tabs" role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map(tab => (
          <button
            key={tab.id}
            id={`mlops-tab-${id}-${tab.id}`}
            role="tab"
            className="mlops-Tabs-tab"
            aria-selected={tab.id === active}
            aria-controls={`mlops-panel-${id}`}
            tabIndex={tab.id === active ? 0 : -1}
            onClick={() => onSelect(tab.id)}
          >
            {tab.word}
          </button>
        ))}
      </div>
      <div
        id={`mlops-panel-${id}`}
        className="mlops-Tabs-panel"
        role="tabpanel"
        aria-labelledby={`mlops-tab-${id}-${active}`}
      >
        {children}
      </div>
    </>
  );
}

/** Return which tab a key leads to; null when it leads to none. */
export function nextTab(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
      return (at + 1) % count;
    case 'ArrowLeft':
      return (at - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
