/** The section of the sidebar that lists the TensorBoards: on which runs, how they do, how much memory they hold. */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

import { ITensorBoardInstance } from '../../api/types';
import { failedIcon, finishedIcon, killedIcon, scheduledIcon } from '../../icons';
import { formatBytes } from '../../model/format';
import { TensorBoardsModel } from '../../model/tensorBoards';
import { WatchedSection } from '../footer/watchedSection';

type State = ITensorBoardInstance['state'];

const ICONS: Readonly<Record<State, LabIcon>> = {
  ready: finishedIcon,
  starting: scheduledIcon,
  stopped: killedIcon,
  failed: failedIcon
};

/** What the section needs. */
export interface ITensorBoardsSectionProps {
  readonly model: TensorBoardsModel;
  readonly trans: TranslationBundle;
  /** Show one in a tab. */
  readonly onOpen: (board: ITensorBoardInstance) => void;
  /** Offer what can be done with one, at a place of the page. */
  readonly onMenu: (board: ITensorBoardInstance, left: number, top: number) => void;
  /** Stop one, after a question. */
  readonly onStop: (board: ITensorBoardInstance) => void;
}

/** See the module. */
export function TensorBoardsSection(props: ITensorBoardsSectionProps): JSX.Element {
  const { model, trans } = props;
  return (
    <WatchedSection
      model={model}
      title={trans.__('TensorBoard')}
      label={trans.__('TensorBoards')}
      rowOf={each => ({
        key: each.instance_id,
        name: each.label,
        hint: [each.label, stateText(each, trans)].join('\n'),
        content: <Row board={each} trans={trans} />
      })}
      empty={
        <>
          {trans.__('No TensorBoard runs. Choose “Open in TensorBoard” in the menu of a run, or write')}{' '}
          <code>%tensorboard RUN</code>
        </>
      }
      trans={trans}
      onOpen={props.onOpen}
      onMenu={props.onMenu}
      onDelete={props.onStop}
    />
  );
}

/** How one does, in a sentence. */
function stateText(board: ITensorBoardInstance, trans: TranslationBundle): string {
  switch (board.state) {
    case 'ready':
      return trans.__('Runs, and holds %1 of memory.', formatBytes(board.memory_bytes));
    case 'starting':
      return trans.__('Starts.');
    case 'stopped':
      return trans.__('Ended, because nobody looked at it. It starts again when it is opened.');
    case 'failed':
      return board.problem;
  }
}

/** The word for a state. */
function stateWord(state: State, trans: TranslationBundle): string {
  const words: Readonly<Record<State, string>> = {
    ready: trans.__('Running'),
    starting: trans.__('Starting'),
    stopped: trans.__('Asleep'),
    failed: trans.__('Failed')
  };
  return words[state];
}

function Row(props: {
  readonly board: ITensorBoardInstance;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { board, trans } = props;
  const icon = ICONS[board.state];
  const word = stateWord(board.state, trans);
  return (
    <>
      <span className="mlops-State">
        <icon.react tag="span" className="mlops-State-icon" aria-hidden="true" />
        <span className="mlops-visuallyHidden">{word} </span>
      </span>
      <bdi className="mlops-FooterRow-name">{board.label}</bdi>
      <span className="mlops-FooterRow-fact">
        {board.memory_bytes > 0 ? formatBytes(board.memory_bytes) : word}
      </span>
    </>
  );
}
