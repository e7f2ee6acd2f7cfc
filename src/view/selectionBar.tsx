/** The bar under the list while runs are selected: how many, and what can be done with them. */

import { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { CommandIDs } from '../commands';
import { ExplorerModel, MOST_SELECTED } from '../model/explorer';

/** From how many selected runs on the bar is shown: one run's actions are in its menu. */
const FEWEST = 2;

/** See the module. */
export function SelectionBar(props: {
  readonly model: ExplorerModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  const { model, commands, trans } = props;
  const runIds = model.selection.runs.map(run => run.run_id);
  if (runIds.length < FEWEST) {
    return null;
  }
  const button = (id: string, label: string) => (
    <button
      className="mlops-linkButton"
      disabled={!commands.isEnabled(id, { runIds })}
      onClick={() => void commands.execute(id, { runIds })}
    >
      {label}
    </button>
  );
  return (
    <div className="mlops-SelectionBar" role="toolbar" aria-label={trans.__('Selected runs')}>
      <span className="mlops-SelectionBar-head">
        {runIds.length === MOST_SELECTED && model.total > MOST_SELECTED
          ? trans.__('The first %1 of %2 runs', MOST_SELECTED.toLocaleString(), model.total.toLocaleString())
          : trans._n('%1 run selected', '%1 runs selected', runIds.length)}
        <button
          className="mlops-plainButton"
          title={trans.__('Select nothing')}
          aria-label={trans.__('Select nothing')}
          onClick={() => model.clearSelection()}
        >
          <closeIcon.react tag="span" />
        </button>
      </span>
      {button(CommandIDs.compareRuns, trans.__('Compare'))}
      {button(CommandIDs.openTensorBoard, trans.__('TensorBoard'))}
      {button(CommandIDs.tagRun, trans.__('Tag'))}
      {button(CommandIDs.archiveRun, trans.__('Archive'))}
    </div>
  );
}
