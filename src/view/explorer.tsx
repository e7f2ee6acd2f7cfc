/** The explorer: search, list, and what to do with what is selected. The sidebar's and the main area's are the same. */

import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useRef } from 'react';

import { CommandIDs } from '../commands';
import { WIRE_VERSION } from '../api/types';
import { ExplorerModel } from '../model/explorer';
import { problemText } from '../model/problemText';
import { keyOfMlflow, queryProblem, unknownKey } from '../model/queryProblem';
import { IRunManager } from '../tokens';
import { useSignal } from './hooks';
import { RunList } from './runList';
import { SearchField } from './searchField';
import { SelectionBar } from './selectionBar';

/** The status of a refusal because of the search: asking once more would not help. */
const WRONG_QUERY = 400;

/** What an explorer needs. */
export interface IExplorerProps {
  readonly model: ExplorerModel;
  readonly manager: IRunManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
  readonly hasHeader: boolean;
  /** The first answer is drawn. */
  readonly onReady?: () => void;
}

/** See the module. */
export function Explorer(props: IExplorerProps): JSX.Element {
  const { model, manager, commands, trans, hasHeader, onReady } = props;
  useSignal(model.changed);
  useSignal(manager.statusChanged);
  useEffect(() => {
    if (model.isReady) {
      onReady?.();
    }
  }, [model.isReady]);
  const root = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const focusList = () => root.current?.querySelector<HTMLElement>('[role="treegrid"]')?.focus();
  return (
    <div className="mlops-Explorer" ref={root}>
      <SearchField model={model} trans={trans} input={input} onLeave={focusList} />
      <Notices {...props} />
      {model.rowCount > 0 ? (
        <RunList
          model={model}
          trans={trans}
          hasHeader={hasHeader}
          onOpen={runId => void commands.execute(CommandIDs.openRun, { runIds: [runId] })}
          onFilter={() => input.current?.focus()}
          onDelete={() => void commands.execute(CommandIDs.deleteRun)}
        />
      ) : (
        <Nothing {...props} />
      )}
      <SelectionBar model={model} commands={commands} trans={trans} />
    </div>
  );
}

/** What the user should know: an older page than the server, a wrong query, no server, a store in trouble, a list that still grows. */
function Notices({ model, manager, trans }: IExplorerProps): JSX.Element | null {
  const homes = manager.status?.homes.filter(home => home.problem) ?? [];
  const isOlder = (manager.status?.wire_version ?? 0) > WIRE_VERSION;
  const { problem } = model;
  if (!isOlder && !problem && !homes.length && !model.isBuilding) {
    return null;
  }
  return (
    <div className="mlops-Notices" role="status">
      {isOlder && (
        <div className="mlops-Notice mlops-mod-warning">
          {trans.__('jupyter-mlops was upgraded. Reload the page.')}
        </div>
      )}
      {problem && (
        <div className="mlops-Notice mlops-mod-error">
          <bdi>{queryProblem(problemText(problem, trans), model.query)}</bdi>
          {problem.status !== WRONG_QUERY && (
            <button className="mlops-linkButton" onClick={() => void manager.refresh()}>
              {trans.__('Try again')}
            </button>
          )}
        </div>
      )}
      {homes.map(home => (
        <div key={home.home_id} className="mlops-Notice mlops-mod-warning">
          <bdi>{home.label}</bdi>: <bdi>{home.problem}</bdi>
        </div>
      ))}
      {model.isBuilding && (
        <div className="mlops-Notice">{trans.__('Reading the tracking store: more runs will come.')}</div>
      )}
    </div>
  );
}

/** An empty list says what to do next. */
function Nothing({ model, trans, commands }: IExplorerProps): JSX.Element {
  if (!model.isReady) {
    return (
      <div className="mlops-Nothing" role="status" aria-busy>
        {trans.__('Loading runs…')}
      </div>
    );
  }
  if (model.problem) {
    return <div className="mlops-Nothing" />;
  }
  if (model.query) {
    const unknown = unknownKey(model.query, model.columns);
    const meant = unknown && keyOfMlflow(unknown);
    return (
      <div className="mlops-Nothing" role="status">
        <p>{trans.__('No run fits this search.')}</p>
        {unknown && <p>{trans.__('No run has a metric, a parameter or a tag “%1”.', unknown)}</p>}
        {meant && <p>{trans.__('Here it is written %1.', meant)}</p>}
        <button className="mlops-linkButton" onClick={() => model.setQuery('')}>
          {trans.__('Clear the search')}
        </button>
      </div>
    );
  }
  return (
    <div className="mlops-Nothing" role="status">
      <p>{trans.__('No runs yet.')}</p>
      <p>
        {trans.__('Put')} <code>%%train</code>{' '}
        {trans.__(
          'on the first line of a cell and run it. It becomes a run that outlives the tab, the kernel and the server.'
        )}
      </p>
      <button className="mlops-linkButton" onClick={() => void commands.execute(CommandIDs.refreshRuns)}>
        {trans.__('Look again')}
      </button>
    </div>
  );
}
