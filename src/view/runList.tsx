/** The list of runs: a tree grid of which only the lines on the screen exist, and that the keyboard moves in. */

import { TranslationBundle } from '@jupyterlab/translation';
import { useVirtualizer } from '@tanstack/react-virtual';
import React, { useEffect, useId, useLayoutEffect, useMemo, useRef } from 'react';

import { IColumn, column, fitting, shownIds } from '../model/columns';
import { ExplorerModel } from '../model/explorer';
import { isEnded } from '../model/runs';
import { ILines, around, useDrawnLines } from './drawnLines';
import { useNow, usePatience, useWidth } from './hooks';
import { listKey } from './listKeys';
import { RunHeader } from './runHeader';
import { GroupRow, RunRow } from './runRow';
import { useSlots } from './slots';

const ROW_PX = 24;
/** Some eleven letters beside the state: in the narrowest sidebar the time taken, a figure and its course fit too. */
const NAME_PX = 104;
/** A column's head needs more room than its cells: its title, and the sign of the order. */
const HEAD_PX = 24;
/** How far the menu opens from the line's left end. */
const MENU_PX = 24;
const RIGHT_BUTTON = 2;
/** After a jump the server answers within some 10 ms: so long its lines are not drawn empty, only to be drawn again. */
const PATIENCE_MS = 80;
/** How often the age of a run that has ended is looked at: its line changes with nothing else. */
const AGE_MS = 15_000;

/** What a list shows and where it sends what the user wants. */
export interface IRunListProps {
  readonly model: ExplorerModel;
  readonly trans: TranslationBundle;
  readonly hasHeader: boolean;
  readonly onOpen: (runId: string) => void;
  readonly onFilter: () => void;
  readonly onDelete: () => void;
}

/** See the module. */
export function RunList(props: IRunListProps): JSX.Element {
  const { model, trans, hasHeader } = props;
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const { groupBy, columns: ids, sort } = model.choice;
  const width = useWidth(box);
  const now = useNow();
  const [columns, hidden] = useMemo(() => {
    const wanted = shownIds(ids, sort.key).map(each => column(each, trans));
    const chosen = wanted.filter((each): each is IColumn => each !== null);
    const shown = hasHeader || !width ? chosen : fitting(chosen, width, NAME_PX);
    return [shown, chosen.filter(each => !shown.includes(each))];
  }, [ids, sort.key, trans, hasHeader, width]);
  const hasTrends = columns.some(each => each.id === 'spark');
  useEffect(() => model.drawTrends(hasTrends), [model, hasTrends]);
  const virtualizer = useVirtualizer({
    count: model.rowCount,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 0
  });
  const seen = virtualizer.getVirtualIndexes();
  const inSight = { start: seen[0] ?? 0, end: (seen[seen.length - 1] ?? -1) + 1 };
  const asked = around(inSight, model.rowCount);
  // Not after the empty lines are painted: the rows are asked for a frame sooner.
  useLayoutEffect(() => model.look(asked.start, asked.end), [model, asked.start, asked.end, model.rowCount]);
  const wanted = useDrawnLines(inSight, model.rowCount, virtualizer.isScrolling);
  const lines = usePatience(wanted, isComing(wanted, model), PATIENCE_MS);
  const slots = useSlots(lines.start, lines.end - lines.start);
  const extra = hasHeader ? HEAD_PX : 0;
  const template = [`minmax(${NAME_PX}px, 1fr)`, ...columns.map(each => `${each.width + extra}px`)].join(' ');

  return (
    <div
      ref={box}
      className="mlops-RunList"
      role="treegrid"
      aria-label={trans.__('Runs')}
      aria-rowcount={model.rowCount}
      aria-multiselectable
      aria-activedescendant={model.rowCount ? `${id}-${model.active}` : undefined}
      tabIndex={0}
      style={{ '--mlops-columns': template } as React.CSSProperties}
      // Before the lines are drawn empty: the server answers meanwhile.
      onScroll={event => {
        const { start, end } = around(linesIn(event.currentTarget), model.rowCount);
        model.look(start, end);
      }}
      onContextMenu={event => {
        // The keyboard's menu key is the list's, which has the focus; what is meant is the line.
        if (
          event.target === box.current &&
          event.button !== RIGHT_BUTTON &&
          openMenu(box.current, id, model)
        ) {
          event.preventDefault();
          event.stopPropagation();
        }
      }}
      onKeyDown={event => {
        if (isMenuKey(event)) {
          openMenu(box.current, id, model);
          event.preventDefault();
          return;
        }
        const moved = listKey(
          event,
          props,
          Math.max(1, Math.floor((box.current?.clientHeight ?? 0) / ROW_PX) - 1)
        );
        if (moved) {
          event.preventDefault();
          event.stopPropagation();
          virtualizer.scrollToIndex(model.active);
        }
      }}
    >
      {hasHeader && <RunHeader model={model} columns={columns} trans={trans} />}
      <div role="rowgroup" className="mlops-RunList-rows" style={{ height: virtualizer.getTotalSize() }}>
        {slots.map((slot, at) => (
          <ListRow
            key={slot}
            {...props}
            now={now}
            columns={columns}
            hidden={hidden}
            index={lines.start + at}
            id={`${id}-${lines.start + at}`}
            top={(lines.start + at) * ROW_PX}
            level={groupBy ? 2 : 1}
          />
        ))}
      </div>
    </div>
  );
}

/** The lines that a box shows. */
function linesIn({ scrollTop, clientHeight }: HTMLElement): ILines {
  return { start: Math.floor(scrollTop / ROW_PX), end: Math.ceil((scrollTop + clientHeight) / ROW_PX) };
}

/** Whether none of the lines is there yet. */
function isComing({ start, end }: ILines, model: ExplorerModel): boolean {
  for (let index = start; index < end; index++) {
    if (model.rowAt(index).kind !== 'waiting') {
      return false;
    }
  }
  return end > start;
}

function isMenuKey(event: React.KeyboardEvent): boolean {
  return event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10');
}

/** Open the menu of the line that the keyboard is on, as a click on it would; false where the line is not drawn. */
function openMenu(box: HTMLElement | null, id: string, model: ExplorerModel): boolean {
  const line = box?.querySelector(`[id="${id}-${model.active}"]`);
  if (!box || !line) {
    return false;
  }
  const { left, bottom } = line.getBoundingClientRect();
  const place = { clientX: left + MENU_PX, clientY: bottom };
  line.dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, button: RIGHT_BUTTON, ...place })
  );
  returnFocus(box);
  return true;
}

/** Have the list get the focus back that a menu took, once the menu is gone and nothing else has it. */
function returnFocus(box: HTMLElement): void {
  const menu = document.querySelector('.lm-Menu'); // It takes the focus only in a task of its own.
  if (menu?.parentNode) {
    const observer = new MutationObserver(() => {
      if (!menu.isConnected) {
        observer.disconnect();
        if (document.activeElement === document.body) {
          box.focus();
        }
      }
    });
    observer.observe(menu.parentNode, { childList: true });
  }
}

interface IListRowProps extends IRunListProps {
  readonly now: number;
  readonly columns: readonly IColumn[];
  readonly hidden: readonly IColumn[];
  readonly index: number;
  readonly id: string;
  readonly top: number;
  readonly level: number;
}

function ListRow(props: IListRowProps): JSX.Element {
  const { model, index, id, top, trans } = props;
  const row = model.rowAt(index);
  const place = {
    id,
    className: index === model.active ? 'mlops-mod-active' : '',
    // No transform: Chromium keeps the old height of a list that has become shorter when nothing but those has changed.
    style: { top },
    'aria-rowindex': index + 1
  };
  if (row.kind === 'group') {
    const onClick = () => {
      model.activate(index);
      model.toggle(row.group.key);
    };
    const onMenu = () => model.activate(index);
    const { group, isOpen } = row;
    return <GroupRow {...{ place, trans, onClick, onMenu, group, isOpen }} by={model.choice.groupBy} />;
  }
  const run = row.kind === 'run' ? row.run : null;
  return (
    <RunRow
      place={place}
      run={run}
      now={!run || isEnded(run.status) ? Math.floor(props.now / AGE_MS) * AGE_MS : props.now}
      columns={props.columns}
      hidden={props.hidden}
      level={props.level}
      isSelected={!!run && model.selection.has(run.run_id)}
      trans={trans}
      onSelect={how => model.select(index, how)}
      onMenu={() => {
        if (run && !model.selection.has(run.run_id)) {
          model.select(index, 'only');
        }
      }}
      onOpen={() => run && props.onOpen(run.run_id)}
    />
  );
}
