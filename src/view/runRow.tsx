/** The two kinds of line in the list: a run, which may be on its way, and a group of runs. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import { GroupBy } from '../api/runs';
import { IRunGroup, IRunSummary } from '../api/types';
import { IColumn } from '../model/columns';
import { headlineMetric, runName } from '../model/runs';
import { CutName } from './cutName';
import { Sparkline } from './sparkline';
import { StateMark } from './stateMark';

const EMPTY = { text: '', title: '' };

/** Where a line stands. */
export interface IPlace {
  readonly id: string;
  readonly className: string;
  readonly style: React.CSSProperties;
  readonly 'aria-rowindex': number;
}

interface IRunRowProps {
  readonly place: IPlace;
  /** None while it is on its way: its space is kept, so that nothing jumps. */
  readonly run: IRunSummary | null;
  readonly now: number;
  readonly columns: readonly IColumn[];
  /** Columns that there is no room for: hovering the name says them. */
  readonly hidden: readonly IColumn[];
  readonly level: number;
  readonly isSelected: boolean;
  readonly trans: TranslationBundle;
  readonly onSelect: (how: 'only' | 'toggle' | 'range') => void;
  readonly onMenu: () => void;
  readonly onOpen: () => void;
}

/** A run. Drawn again only when something of it is another: its line's number says what its functions act on. */
export const RunRow = React.memo(RunLine, isSame);

function isSame(a: IRunRowProps, b: IRunRowProps): boolean {
  return (
    a.run === b.run &&
    a.now === b.now &&
    a.columns === b.columns &&
    a.hidden === b.hidden &&
    a.level === b.level &&
    a.isSelected === b.isSelected &&
    a.trans === b.trans &&
    a.place.id === b.place.id &&
    a.place.className === b.place.className &&
    a.place.style.top === b.place.style.top
  );
}

function RunLine(props: IRunRowProps): JSX.Element {
  const { place, run, now, columns, hidden, level, isSelected, trans } = props;
  // A line that waits hides what it showed before: its elements are filled again a moment later.
  const before = useRef(run);
  const drawn = (before.current = run ?? before.current);
  const looks = [run ? 'mlops-RunRow-run' : 'mlops-RunRow-waiting', place.className];
  return (
    <div
      {...place}
      className={`mlops-RunRow ${looks.join(' ')} ${isSelected ? 'mlops-mod-selected' : ''}`}
      role="row"
      aria-level={level}
      aria-selected={isSelected}
      aria-busy={run ? undefined : true}
      aria-label={run ? undefined : trans.__('Loading')}
      data-run-id={run?.run_id}
      onClick={event => {
        const more = event.ctrlKey || event.metaKey;
        props.onSelect(event.shiftKey ? 'range' : more ? 'toggle' : 'only');
      }}
      onContextMenu={props.onMenu}
      onDoubleClick={props.onOpen}
    >
      <Cells run={drawn} {...{ now, columns, hidden, level, trans }} />
    </div>
  );
}

const Cells = React.memo(function Cells(
  props: Pick<IRunRowProps, 'run' | 'now' | 'columns' | 'hidden' | 'level' | 'trans'>
): JSX.Element {
  const { run, now, columns, hidden, level, trans } = props;
  return (
    <>
      <span role="gridcell" className="mlops-RunRow-name" style={{ paddingLeft: level > 1 ? 14 : 6 }}>
        {run && <Name {...{ run, now, hidden, trans }} />}
      </span>
      {columns.map(column => cellOf(column, run, now, trans))}
    </>
  );
});

function Name(props: {
  readonly run: IRunSummary;
  readonly now: number;
  readonly hidden: readonly IColumn[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { run, now, hidden, trans } = props;
  const name = runName(run);
  const facts = hidden
    .map(column => [column.title, column.cell(run, now).text] as const)
    .map(([what, text]) => text && `${what}: ${text}`);
  const title = [name, run.detail, ...facts, run.run_id].filter(Boolean).join('\n');
  return (
    <>
      <StateMark status={run.status} trans={trans} />
      <CutName name={name} title={title} />
      {run.archived && <span className="mlops-Badge">{trans.__('archived')}</span>}
      {run.status === 'SCHEDULED' && run.detail && <bdi className="mlops-RunRow-detail">{run.detail}</bdi>}
    </>
  );
}

/** A column's cell. No component: a screen of runs has hundreds, and React would keep a state for each. */
function cellOf(
  column: IColumn,
  run: IRunSummary | null,
  now: number,
  trans: TranslationBundle
): JSX.Element {
  if (column.id === 'spark') {
    return (
      <span key={column.id} role="gridcell">
        {run && run.spark.length > 1 && <Course run={run} trans={trans} />}
      </span>
    );
  }
  const { text, title } = run ? column.cell(run, now) : EMPTY;
  return (
    <span
      key={column.id}
      role="gridcell"
      className={column.isFigure ? 'mlops-Figure' : 'mlops-RunRow-words'}
      title={title}
    >
      {text}
    </span>
  );
}

/** Most runs of a store have no course: no picture is made for them. */
function Course({
  run,
  trans
}: {
  readonly run: IRunSummary;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const label = trans.__('Course of %1', headlineMetric(run)?.key ?? '');
  return <Sparkline values={run.spark} label={label} />;
}

/** A group: its name, and how many runs it has. */
export function GroupRow(props: {
  readonly place: IPlace;
  readonly group: IRunGroup;
  /** What they are grouped by. */
  readonly by: GroupBy | '';
  readonly isOpen: boolean;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
  readonly onMenu: () => void;
}): JSX.Element {
  const { place, group, by, isOpen, trans } = props;
  const Caret = isOpen ? caretDownIcon : caretRightIcon;
  const nameless = by === 'notebook' ? trans.__('Without a notebook') : trans.__('Without a name');
  const label = group.label || nameless;
  return (
    <div
      {...place}
      className={`mlops-RunRow mlops-RunRow-group ${place.className}`}
      role="row"
      aria-level={1}
      aria-expanded={isOpen}
      onClick={props.onClick}
      onContextMenu={props.onMenu}
    >
      <span role="gridcell" className="mlops-RunRow-name">
        <Caret.react tag="span" className="mlops-RunRow-caret" />
        <bdi title={label}>{label}</bdi>
      </span>
      <span role="gridcell" className="mlops-RunRow-count">
        {group.live > 0 && (
          <span className="mlops-RunRow-live" title={trans._n('%1 run goes on', '%1 runs go on', group.live)}>
            {trans.__('%1 live', group.live)}
          </span>
        )}
        <span className="mlops-Figure" title={trans._n('%1 run', '%1 runs', group.total)}>
          {group.total.toLocaleString()}
        </span>
      </span>
    </div>
  );
}
