/** The registered models below the list of runs: a head with their number, and a tree of models and versions. */

import { TranslationBundle } from '@jupyterlab/translation';
import React, { KeyboardEvent, useEffect, useId, useRef } from 'react';

import { ModelRow, ModelsModel, versionOf } from '../../model/models';
import { FooterSection } from '../footer/footerSection';
import { useSignal } from '../hooks';
import { ModelLine } from './modelLine';

/** What the section needs. */
export interface IModelsSectionProps {
  readonly model: ModelsModel;
  readonly trans: TranslationBundle;
  readonly onOpenRun: (runId: string) => void;
  /** Offer what can be done with a line, at a place of the page. */
  readonly onMenu: (row: ModelRow, left: number, top: number) => void;
  /** Let the user edit the words of a line. */
  readonly onDescribe: (row: ModelRow) => void;
  /** Delete what a line is about, after a question. */
  readonly onDelete: (row: ModelRow) => void;
}

/** See the module. */
export function ModelsSection(props: IModelsSectionProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  return (
    <FooterSection
      title={trans.__('Models')}
      count={model.total}
      isOpen={model.isOpen}
      onToggle={() => model.open()}
      problem={model.problem}
      onRetry={() => void model.refresh()}
      trans={trans}
    >
      {model.missing.map(words => (
        <div key={words} className="mlops-Notice mlops-mod-warning" role="status">
          <bdi>{words}</bdi>
        </div>
      ))}
      {model.models.length > 0 ? <Tree {...props} /> : <Nothing {...props} />}
      {model.total !== null && model.total > model.models.length && (
        <div className="mlops-Notice">
          {trans._n('%1 more is not shown.', '%1 more are not shown.', model.total - model.models.length)}
        </div>
      )}
    </FooterSection>
  );
}

function Nothing({ model, trans }: IModelsSectionProps): JSX.Element | null {
  if (model.total === null) {
    return (
      <div className="mlops-FooterSection-empty" role="status" aria-busy>
        {trans.__('Loading models…')}
      </div>
    );
  }
  if (model.problem || model.missing.length) {
    return null;
  }
  return (
    <div className="mlops-FooterSection-empty" role="status">
      {trans.__('No models are registered. Choose “Register Model…” in the menu of a run, or write')}{' '}
      <code>%models register RUN NAME</code>
    </div>
  );
}

function Tree(props: IModelsSectionProps): JSX.Element {
  const { model, trans } = props;
  const { rows, active } = model;
  const tree = useRef<HTMLDivElement>(null);
  const prefix = useId();
  useEffect(() => {
    // jsdom lays nothing out, and has no such method.
    tree.current?.querySelector('.mlops-mod-active')?.scrollIntoView?.({ block: 'nearest' });
  }, [active]);
  const menuAt = (index: number, left?: number, top?: number) => {
    const row = rows[index];
    if (row) {
      model.activate(index);
      const box = tree.current?.querySelectorAll('[role="treeitem"]')[index]?.getBoundingClientRect();
      props.onMenu(row, left || (box?.left ?? 0) + 24, top || (box?.bottom ?? 0));
    }
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) {
      menuAt(active);
    } else if (!isHandled(event, props)) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={tree}
      role="tree"
      tabIndex={0}
      className="mlops-Models"
      aria-label={trans.__('Registered models')}
      aria-activedescendant={`${prefix}${active}`}
      onKeyDown={onKey}
      onContextMenu={event => {
        event.preventDefault();
        event.stopPropagation(); // JupyterLab would open its own menu.
        const line = (event.target as HTMLElement).closest('[role="treeitem"]');
        const lines = [...(tree.current?.querySelectorAll('[role="treeitem"]') ?? [])];
        menuAt(line ? lines.indexOf(line) : active, event.clientX, event.clientY);
      }}
    >
      {rows.map((row, index) => (
        <ModelLine
          key={row.kind === 'model' ? row.model.model_id : `${row.model.model_id}/${row.version.version}`}
          id={`${prefix}${index}`}
          row={row}
          isActive={index === active}
          trans={trans}
          onClick={() => {
            model.activate(index);
            if (row.kind === 'model') {
              model.unfold(row.model.model_id);
            }
          }}
          onOpenRun={props.onOpenRun}
        />
      ))}
    </div>
  );
}

/** Do what a key says in the tree; false when it says nothing here. */
function isHandled({ key, altKey, ctrlKey, metaKey }: KeyboardEvent, props: IModelsSectionProps): boolean {
  const { model } = props;
  const { rows, active } = model;
  const row = rows[active];
  if (!row || altKey || ctrlKey || metaKey) {
    return false;
  }
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    Home: -rows.length,
    End: rows.length
  };
  const step = Object.prototype.hasOwnProperty.call(steps, key) ? steps[key] : undefined;
  if (step !== undefined) {
    model.activate(Math.max(0, Math.min(active + step, rows.length - 1)));
    return true;
  }
  const version = versionOf(row);
  switch (key) {
    case 'ArrowRight':
      model.unfold(row.model.model_id, true);
      return true;
    case 'ArrowLeft':
      model.activate(rows.findIndex(each => each.model === row.model));
      model.unfold(row.model.model_id, false);
      return true;
    case ' ':
      model.unfold(row.model.model_id);
      return true;
    case 'F2':
      props.onDescribe(row);
      return true;
    case 'Delete':
      props.onDelete(row);
      return true;
    case 'Enter':
      if (version?.run_name) {
        props.onOpenRun(version.run_id);
      }
      return true;
    default:
      return false;
  }
}
