/** The section of the sidebar that lists the TensorBoards: on which runs, how they do, how much memory they hold. */

import { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { ITensorBoardInstance } from '../../api/types';
import { failedIcon, finishedIcon, killedIcon, scheduledIcon } from '../../icons';
import { formatBytes } from '../../model/format';
import { TensorBoardsModel } from '../../model/tensorBoards';
import { FooterRows } from '../footer/footerRows';
import { FooterSection } from '../footer/footerSection';
import { useSignal } from '../hooks';

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
  useSignal(model.changed);
  const [isOpen, setOpen] = useState(false);
  const { items, isReady, problem } = model;
  const having = (id: string, act: (board: ITensorBoardInstance) => void) => {
    const board = model.find(id);
    if (board) {
      act(board);
    }
  };
  return (
    <FooterSection
      title={trans.__('TensorBoard')}
      count={isReady ? items.length : null}
      isOpen={isOpen}
      onToggle={() => setOpen(!isOpen)}
      problem={problem}
      onRetry={() => void model.refresh()}
      trans={trans}
    >
      {items.length > 0 ? (
        <FooterRows
          rows={items.map(each => ({
            key: each.instance_id,
            name: each.label,
            hint: [each.label, stateText(each, trans)].join('\n'),
            content: <Row board={each} trans={trans} />
          }))}
          label={trans.__('TensorBoards')}
          trans={trans}
          onOpen={id => having(id, props.onOpen)}
          onMenu={(id, left, top) => having(id, board => props.onMenu(board, left, top))}
          onDelete={id => having(id, props.onStop)}
        />
      ) : (
        <Nothing isReady={isReady} hasProblem={problem !== null} trans={trans} />
      )}
    </FooterSection>
  );
}

/** How one does, in a sentence. */
export function stateText(board: ITensorBoardInstance, trans: TranslationBundle): string {
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

function Nothing(props: {
  readonly isReady: boolean;
  readonly hasProblem: boolean;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { isReady, hasProblem, trans } = props;
  return (
    <p className="mlops-FooterSection-empty" role="status">
      {isReady ? (
        <>
          {trans.__('No TensorBoard runs. Choose “Open in TensorBoard” in the menu of a run, or write')}{' '}
          <code>%tensorboard RUN</code>
        </>
      ) : (
        !hasProblem && trans.__('Loading…')
      )}
    </p>
  );
}
