/** The log: every line of it, wherever the reader scrolls, with a field to look for a text. */

import React, { useEffect, useMemo, useRef } from 'react';

import { formatBytes } from '../../model/format';
import { hitAt } from '../../model/runViewHit';
import { RunLogModel } from '../../model/runViewLog';
import { LogSearchModel } from '../../model/runViewSearch';
import { useSignal } from '../hooks';
import { LogBox } from './logBox';
import type { ITabProps } from './runView';

/** See the module. */
export function LogTab({ model, around }: ITabProps): JSX.Element {
  const { log } = model;
  const { trans } = around;
  const search = useMemo(
    () => new LogSearchModel(model.runId, model.manager.api, offset => void log.goTo(offset)),
    [model, log]
  );
  useEffect(() => () => search.dispose(), [search]);
  const field = useRef<HTMLInputElement>(null);
  return (
    <div
      className="mlops-LogTab"
      onKeyDown={event => {
        const isTyping = event.target instanceof HTMLInputElement;
        if (event.key === '/' && !isTyping) {
          event.preventDefault();
          field.current?.focus();
        }
      }}
    >
      <Bar log={log} search={search} field={field} trans={trans} />
      <LogBox log={log} search={search} trans={trans} />
    </div>
  );
}

function Bar(props: {
  readonly log: RunLogModel;
  readonly search: LogSearchModel;
  readonly field: React.RefObject<HTMLInputElement>;
  readonly trans: ITabProps['around']['trans'];
}): JSX.Element {
  const { log, search, field, trans } = props;
  useSignal(log.changed);
  useSignal(search.changed);
  const onKey = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') {
      void search.step(event.shiftKey ? -1 : 1);
    } else if (event.key === 'Escape') {
      search.setText('');
      event.currentTarget.closest('.mlops-LogTab')?.querySelector<HTMLElement>('[role=log]')?.focus();
    }
  };
  return (
    <div className="mlops-LogTab-bar">
      <input
        ref={field}
        type="search"
        className="jp-mod-styled"
        placeholder={trans.__('Find in the log')}
        aria-label={trans.__('Find in the log')}
        value={search.text}
        onChange={event => search.setText(event.target.value)}
        onKeyDown={onKey}
      />
      {search.text && <Found {...props} />}
      <span className="mlops-gap" />
      <span className="mlops-Figure mlops-quiet" title={trans.__('%1 bytes', log.window.size)}>
        {formatBytes(log.window.size)}
      </span>
      <label className="mlops-check">
        <input type="checkbox" checked={log.follows} onChange={event => log.follow(event.target.checked)} />
        {trans.__('Follow')}
      </label>
    </div>
  );
}

function Found({ log, search, trans }: Parameters<typeof Bar>[0]): JSX.Element {
  const count = `${search.found}${search.hasMore ? '+' : ''}`;
  const hit = search.offset === null ? null : hitAt(log.rows, search.offset, search.text);
  let text = search.found ? trans.__('%1 of %2 lines', search.place + 1, count) : trans.__('Not found');
  if (hit && !hit.isSeen) {
    text = trans.__('%1 of %2 lines, overwritten since', search.place + 1, count);
  }
  if (search.problem) {
    text = search.problem;
  } else if (search.isSearching) {
    text = trans.__('Searching…');
  }
  return (
    <>
      <span role="status" className="mlops-Figure mlops-quiet">
        {text}
      </span>
      <button className="mlops-linkButton" disabled={!search.found} onClick={() => void search.step(-1)}>
        {trans.__('Previous')}
      </button>
      <button className="mlops-linkButton" disabled={!search.found} onClick={() => void search.step(1)}>
        {trans.__('Next')}
      </button>
    </>
  );
}
