/** The rows of a log that are in sight, in a box as high as the whole log; scrolling asks the model for others. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';

import { formatBytes } from '../../model/format';
import { hitAt } from '../../model/runViewHit';
import { RunLogModel } from '../../model/runViewLog';
import { IRow, rowAt } from '../../model/runViewRows';
import { LogSearchModel } from '../../model/runViewSearch';
import { cutText } from '../../model/runViewText';
import { ROW_PX, drawnRows, layOut, wishAt } from '../../model/runViewWindow';
import { useSignal } from '../hooks';
import { lookOf } from '../logLines';

const JUMP_MS = 80;

interface ILogBoxProps {
  readonly log: RunLogModel;
  readonly search: LogSearchModel;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function LogBox({ log, search, trans }: ILogBoxProps): JSX.Element {
  const { box, view, onScroll } = useLogScroll(log);
  useSignal(search.changed);
  const { rows, window } = log;
  const layout = layOut(window);
  const { first, last } = drawnRows(layout, rows.length, view.top, view.height);
  const hit = search.offset === null ? null : hitAt(rows, search.offset, search.text);
  return (
    <div
      ref={box}
      className="mlops-LogBox mlops-Log jp-RenderedText"
      role="log"
      aria-live="off"
      aria-label={trans.__('Log')}
      tabIndex={0}
      onScroll={onScroll}
      onKeyDown={event => goByKey(log, event)}
    >
      {log.problem && (
        <p role="alert" className="mlops-Notice">
          {log.problem}
        </p>
      )}
      {!rows.length && !log.problem && (
        <p className="mlops-quiet mlops-LogBox-empty">
          {log.isLoading ? trans.__('Reading the log…') : trans.__('Nothing was printed yet.')}
        </p>
      )}
      <div className="mlops-LogBox-all" style={{ height: layout.total }}>
        <pre className="mlops-LogBox-rows" style={{ top: layout.top + first * ROW_PX }}>
          {rows.slice(first, last).map(row => (
            <LogRow
              key={row.start}
              row={row}
              wanted={search.text}
              isFound={row.start === hit?.row.start}
              printed={row.start === hit?.row.start && !hit.isSeen ? search.printed : ''}
              trans={trans}
            />
          ))}
        </pre>
      </div>
    </div>
  );
}

interface IRowProps {
  readonly row: IRow;
  readonly wanted: string;
  readonly isFound: boolean;
  /** What is looked for and was printed here, where it has been overwritten since. */
  readonly printed: string;
  readonly trans: TranslationBundle;
}

/** One row, as text nodes and links. */
const LogRow = React.memo(
  function LogRow({ row, wanted, isFound, printed, trans }: IRowProps): JSX.Element {
    if (row.kind === 'gap') {
      return (
        <span className="mlops-LogRow mlops-mod-gap">
          {trans.__('%1 left out: the log had grown over its limit', formatBytes(row.end - row.start))}
        </span>
      );
    }
    return (
      <span className={isFound ? 'mlops-LogRow mlops-mod-found' : 'mlops-LogRow'}>
        {printed && (
          <>
            <RowText text={printed} wanted={wanted} />
            <span className="mlops-LogRow-overwritten">{trans.__('overwritten since')}</span>
          </>
        )}
        {row.line.map((span, index) => (
          <span key={index} {...lookOf(span)}>
            <RowText text={span.text} wanted={wanted} />
          </span>
        ))}
        {row.line.length ? null : '\n' /* A copied empty row stays one; others end with their box. */}
      </span>
    );
  },
  (before, after) =>
    before.row.start === after.row.start &&
    before.row.end === after.row.end &&
    before.row.line === after.row.line &&
    before.wanted === after.wanted &&
    before.isFound === after.isFound &&
    before.printed === after.printed
);

/** Text with its links, and with what is looked for marked. */
function RowText({ text, wanted }: { readonly text: string; readonly wanted: string }): JSX.Element {
  return (
    <>
      {cutText(text, wanted).map((piece, at) => {
        const shown = piece.isMatch ? <mark key={at}>{piece.text}</mark> : piece.text;
        return piece.href ? (
          <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer">
            {shown}
          </a>
        ) : (
          <React.Fragment key={at}>{shown}</React.Fragment>
        );
      })}
    </>
  );
}

/** Go to the beginning or the end. A browser scrolls there bit by bit, and arrives elsewhere when rows come meanwhile. */
function goByKey(log: RunLogModel, event: React.KeyboardEvent): void {
  if (event.key === 'Home' || event.key === 'End') {
    event.preventDefault();
    if (event.key === 'Home') {
      void log.goTo(0);
    } else {
      log.follow(true);
    }
  }
}

/** What is in sight, kept in place while rows come and go around it. */
function useLogScroll(log: RunLogModel) {
  const box = useRef<HTMLDivElement>(null);
  const [version, draw] = useReducer((count: number) => count + 1, 0);
  const [view, setView] = useState({ top: 0, height: 400 });
  const anchor = useRef<IAnchor | null>(null);
  const placed = useRef(0);
  /** Whether the browser seems to have scrolled, and its event is still to come. A box that was moved has none. */
  const awaited = useRef(false);
  const timer = useRef(0);
  useEffect(() => {
    log.changed.connect(draw);
    const observer = new ResizeObserver(() => draw());
    if (box.current) {
      observer.observe(box.current);
    }
    return () => {
      log.changed.disconnect(draw);
      observer.disconnect();
      window.clearTimeout(timer.current);
    };
  }, [log]);
  useLayoutEffect(() => {
    const node = box.current;
    if (node) {
      awaited.current = !awaited.current && log.follows && isScrolledUp(node, placed.current);
      const top = awaited.current ? null : placeFor(log, node, anchor.current);
      if (top !== null) {
        node.scrollTop = top;
        placed.current = node.scrollTop;
        anchor.current = anchorAt(log, node.scrollTop);
      }
      setView({ top: node.scrollTop, height: node.clientHeight });
      if (log.follows && layOut(log.window).height < node.clientHeight) {
        void log.fill();
      }
    }
  }, [log, version]);
  const onScroll = (event: React.UIEvent<HTMLDivElement>) => {
    const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
    const isUser = Math.abs(scrollTop - placed.current) > 1;
    const isUp = scrollTop < placed.current;
    placed.current = scrollTop;
    awaited.current = false;
    setView({ top: scrollTop, height: clientHeight });
    anchor.current = anchorAt(log, scrollTop);
    window.clearTimeout(timer.current);
    if (isUser) {
      // At the end, however far it was from what is held: the model reads it, and the view goes with it.
      log.follow(!isUp && scrollHeight - scrollTop - clientHeight < ROW_PX);
    }
    timer.current = log.follows ? 0 : read(log, scrollTop, clientHeight);
  };
  return { box, view, onScroll };
}

/** A row that was in sight, and where it stood. */
interface IAnchor {
  readonly offset: number;
  readonly top: number;
}

/** Whether the box stands higher than it was placed, and not because it has become shorter. */
function isScrolledUp(node: HTMLElement, placed: number): boolean {
  return node.scrollTop < Math.min(placed, node.scrollHeight - node.clientHeight);
}

/** Return where the box must stand now; null where it may stay. */
function placeFor(log: RunLogModel, node: HTMLElement, anchor: IAnchor | null): number | null {
  const layout = layOut(log.window);
  const target = log.takeTarget();
  if (target !== null) {
    return Math.max(0, layout.top + rowAt(log.rows, target) * ROW_PX - node.clientHeight / 3);
  }
  if (log.follows) {
    return node.scrollHeight - node.clientHeight;
  }
  if (anchor && anchor.offset >= log.window.start && anchor.offset < log.window.end) {
    // By as much as the row has moved: the browser may have scrolled on since, and its event be still to come.
    const moved = layout.top + rowAt(log.rows, anchor.offset) * ROW_PX - anchor.top;
    return moved ? node.scrollTop + moved : null;
  }
  return null;
}

/** Return the first row in sight; null between known rows. */
function anchorAt(log: RunLogModel, scrollTop: number): IAnchor | null {
  const layout = layOut(log.window);
  const index = Math.floor((scrollTop - layout.top) / ROW_PX);
  const row = log.rows[index];
  return row ? { offset: row.start, top: layout.top + index * ROW_PX } : null;
}

/** Read what is missing; return the timer of a jump, which waits until the scrolling has paused. */
function read(log: RunLogModel, scrollTop: number, height: number): number {
  const wish = wishAt(log.window, scrollTop, height);
  if (wish.kind === 'above') {
    void log.readAbove();
  } else if (wish.kind === 'below') {
    void log.readBelow();
  } else if (wish.kind === 'jump') {
    return window.setTimeout(() => void log.goTo(wish.offset), JUMP_MS);
  }
  return 0;
}
