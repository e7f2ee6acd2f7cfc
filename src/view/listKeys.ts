/** What each key does in the list of runs. */

import { KeyboardEvent } from 'react';

import type { IRunListProps } from './runList';

type Key = Pick<KeyboardEvent, 'key' | 'shiftKey' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** Do what a key says; false when it says nothing here. `page` is the number of lines on a screen. */
export function listKey(event: Key, props: IRunListProps, page: number): boolean {
  if (event.altKey) {
    return false;
  }
  return isMove(event, props, page) || isAction(event, props);
}

function isMove(event: Key, { model }: IRunListProps, page: number): boolean {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -model.rowCount,
    End: model.rowCount
  };
  const step = Object.prototype.hasOwnProperty.call(steps, event.key) ? steps[event.key] : undefined;
  if (step === undefined || !model.rowCount) {
    return false;
  }
  const target = Math.max(0, Math.min(model.active + step, model.rowCount - 1));
  if (event.shiftKey) {
    model.select(target, 'range');
  } else {
    model.activate(target);
  }
  return true;
}

function isAction(event: Key, props: IRunListProps): boolean {
  const { model } = props;
  const row = model.rowAt(model.active);
  switch (event.key) {
    case 'Enter':
      if (row.kind === 'group') {
        model.toggle(row.group.key);
      } else if (row.kind === 'run') {
        props.onOpen(row.run.run_id);
      }
      return true;
    case ' ':
      if (row.kind === 'group') {
        model.toggle(row.group.key);
      } else {
        model.select(model.active, event.shiftKey ? 'range' : 'toggle');
      }
      return true;
    case 'ArrowRight':
    case 'ArrowLeft':
      return isFold(event.key === 'ArrowRight', props);
    case '/':
      props.onFilter();
      return true;
    case 'Escape':
      model.clearSelection();
      return true;
    case 'Delete':
      props.onDelete();
      return true;
    case 'a':
      if (event.ctrlKey || event.metaKey) {
        model.selectAll();
        return true;
      }
      return false;
    default:
      return false;
  }
}

/** Right opens a group; left closes it, or goes up to it. */
function isFold(isRight: boolean, { model }: IRunListProps): boolean {
  const row = model.rowAt(model.active);
  if (row.kind === 'group') {
    model.toggle(row.group.key, isRight);
    return true;
  }
  if (isRight || !model.choice.groupBy) {
    return false;
  }
  let index = model.active;
  while (index > 0 && model.rowAt(index).kind !== 'group') {
    index -= 1;
  }
  model.activate(index);
  return true;
}
