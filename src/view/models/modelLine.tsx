/** A line of the tree: a model with its newest version, or a version. What a registry says is shown as text. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { IModelParity, IModelVersion } from '../../api/types';
import { failedIcon, finishedIcon } from '../../icons';
import { formatTime } from '../../model/format';
import { ModelRow, aliasesOf, versionOf } from '../../model/models';

interface IModelLineProps {
  readonly id: string;
  readonly row: ModelRow;
  readonly isActive: boolean;
  readonly trans: TranslationBundle;
  readonly onClick: () => void;
  readonly onOpenRun: (runId: string) => void;
}

/** See the module. */
export function ModelLine({ id, row, isActive, trans, onClick, onOpenRun }: IModelLineProps): JSX.Element {
  const isModel = row.kind === 'model';
  const version = versionOf(row);
  const Caret = isModel && row.isOpen ? caretDownIcon : caretRightIcon;
  const title = isModel ? row.model.name : trans.__('Version %1', row.version.version);
  return (
    <div
      id={id}
      role="treeitem"
      aria-level={isModel ? 1 : 2}
      aria-expanded={isModel ? row.isOpen : undefined}
      aria-selected={isActive}
      className={`mlops-ModelLine ${isActive ? 'mlops-mod-active' : ''}`}
      onClick={onClick}
    >
      <span className="mlops-ModelLine-caret" aria-hidden="true">
        {isModel && <Caret.react tag="span" className="mlops-RunRow-caret" />}
      </span>
      <bdi
        className="mlops-ModelLine-name"
        title={[title, ...hintsOf(row, trans)].filter(Boolean).join('\n')}
      >
        {title}
      </bdi>
      {aliasesOf(row).map(([alias, number]) => (
        <span
          key={alias}
          className="mlops-Badge mlops-ModelLine-alias"
          title={trans.__('%1 is version %2', alias, number)}
        >
          <bdi>{alias}</bdi>
          {isModel && row.model.versions.length > 1 && <span className="mlops-Figure"> {number}</span>}
        </span>
      ))}
      {version && <Parity parity={version.parity} trans={trans} />}
      {version && <RunLink version={version} trans={trans} onOpenRun={onOpenRun} />}
      {isModel && version && (
        <span className="mlops-Figure" title={trans.__('Newest version: %1', version.version)}>
          <span className="mlops-visuallyHidden">{trans.__('newest version')} </span>
          {version.version}
        </span>
      )}
    </div>
  );
}

/** What hovering says below the name: its words, and when it was registered. */
function hintsOf(row: ModelRow, trans: TranslationBundle): readonly string[] {
  if (row.kind === 'version') {
    return [row.version.description, on(trans.__('Registered'), row.version.created_at)];
  }
  const { description, created_at, updated_at } = row.model;
  return [
    description,
    on(trans.__('Registered'), created_at),
    updated_at === created_at ? '' : on(trans.__('Last change'), updated_at)
  ];
}

/** Nothing where a registry does not say when. */
function on(what: string, at: string): string {
  return at && `${what}: ${formatTime(at)}`;
}

/** What the export of the version's run found; nothing without one. */
function Parity(props: {
  readonly parity: IModelParity;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const { parity, trans } = props;
  if (!parity.state) {
    return null;
  }
  const words =
    parity.state === 'equal'
      ? trans.__('ONNX: equal on %1 rows', parity.rows.toLocaleString())
      : trans.__(
          'ONNX: %1 of %2 rows differ',
          parity.differing.toLocaleString(),
          parity.rows.toLocaleString()
        );
  const Icon = parity.state === 'equal' ? finishedIcon : failedIcon;
  return (
    <span className="mlops-State" title={words}>
      <Icon.react tag="span" className="mlops-State-icon" aria-hidden="true" />
      <span className="mlops-visuallyHidden">{words}</span>
    </span>
  );
}

/** The run that made a version, where it is here; the keyboard opens it by Enter on the line. */
function RunLink(props: {
  readonly version: IModelVersion;
  readonly trans: TranslationBundle;
  readonly onOpenRun: (runId: string) => void;
}): JSX.Element | null {
  const { version, trans, onOpenRun } = props;
  if (!version.run_name) {
    return null;
  }
  return (
    <button
      className="mlops-linkButton mlops-ModelLine-run"
      tabIndex={-1}
      title={trans.__('Open the run that made it: %1', version.run_name)}
      onClick={event => {
        event.stopPropagation();
        onOpenRun(version.run_id);
      }}
    >
      <bdi>{version.run_name}</bdi>
    </button>
  );
}
