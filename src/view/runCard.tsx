/** The card of a run in its cell. One line when the run has ended well; its last lines while it goes on. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { own } from '../api/guards';
import { IRunSummary } from '../api/types';
import { CommandIDs } from '../commands';
import { CardModel } from '../model/card';
import { formatDuration, formatFigure, formatTime } from '../model/format';
import { headlineMetric, isEnded, metricKeys, runName, runSeconds } from '../model/runs';
import { useNow, useSignal } from './hooks';
import { LogLines } from './logLines';
import { Progress } from './progress';
import { Sparkline } from './sparkline';
import { StateMark } from './stateMark';

const MOST_METRICS = 4;

interface ICardProps {
  readonly model: CardModel;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function RunCard(props: ICardProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const run = model.summary;
  const status = run?.status ?? model.snapshot.status;
  const name = runName(run ?? model.snapshot);
  return (
    <section
      className={`mlops-RunCard mlops-mod-${status.toLowerCase()}`}
      aria-label={trans.__('Run %1', name)}
    >
      <div className="mlops-RunCard-head">
        {run ? <Disclosure {...props} /> : <span className="mlops-RunCard-disclosure" />}
        <StateMark status={status} trans={trans} withWord />
        <bdi className="mlops-RunCard-name" title={`${name}\n${model.snapshot.run_id}`}>
          {name}
        </bdi>
        {run && <Elapsed run={run} />}
        {run?.progress && !isEnded(run.status) && <Progress progress={run.progress} trans={trans} />}
        {run && isEnded(run.status) && <Outcome run={run} trans={trans} />}
        <span className="mlops-RunCard-gap" />
        {run && <Actions {...props} run={run} />}
      </div>
      {run?.detail && run.status !== 'FINISHED' && (
        <div className="mlops-RunCard-detail">
          <bdi>{run.detail}</bdi>
        </div>
      )}
      {run && !isEnded(run.status) && <Metrics run={run} trans={trans} />}
      {run && model.isOpen && <LogLines lines={model.lines} trans={trans} />}
      <Notice {...props} />
    </section>
  );
}

function Disclosure({ model, trans }: ICardProps): JSX.Element {
  const Icon = model.isOpen ? caretDownIcon : caretRightIcon;
  return (
    <button
      className="mlops-RunCard-disclosure mlops-plainButton"
      aria-expanded={model.isOpen}
      aria-label={trans.__('Last lines')}
      title={model.isOpen ? trans.__('Hide the last lines') : trans.__('Show the last lines')}
      onClick={() => model.setOpen(!model.isOpen)}
    >
      <Icon.react tag="span" />
    </button>
  );
}

function Elapsed({ run }: { readonly run: IRunSummary }): JSX.Element | null {
  const now = useNow(run.status === 'RUNNING');
  const seconds = runSeconds(run, now);
  return seconds === null ? null : (
    <span className="mlops-RunCard-time mlops-Figure" title={formatTime(run.started_at)}>
      {formatDuration(seconds, isEnded(run.status))}
    </span>
  );
}

/** What has come out, in one line: the headline metric and the names that came back. */
function Outcome({
  run,
  trans
}: {
  readonly run: IRunSummary;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const metric = headlineMetric(run);
  return (
    <span className="mlops-RunCard-outcome">
      {metric && (
        <span>
          <bdi>{metric.key}</bdi>{' '}
          <span className="mlops-Figure" title={String(metric.value)}>
            {formatFigure(metric.value)}
          </span>
        </span>
      )}
      {run.status === 'FINISHED' && run.returned.length > 0 && (
        <span title={run.returned.join(', ')}>{trans.__('%1 returned', run.returned.join(', '))}</span>
      )}
    </span>
  );
}

function Metrics({
  run,
  trans
}: {
  readonly run: IRunSummary;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const first = headlineMetric(run)?.key;
  const shown = metricKeys(run).slice(0, MOST_METRICS);
  return (
    <div className="mlops-RunCard-metrics">
      {shown.map(key => (
        <span key={key} className="mlops-RunCard-metric">
          <bdi>{key}</bdi>
          <span className="mlops-Figure" title={String(own(run.metrics, key))}>
            {formatFigure(own(run.metrics, key) ?? '')}
          </span>
          {key === first && <Sparkline values={run.spark} label={trans.__('Course of %1', key)} />}
        </span>
      ))}
      {run.returned.length > 0 && (
        <span className="mlops-RunCard-returns" title={run.returned.join(', ')}>
          {trans.__('returns %1', run.returned.join(', '))}
        </span>
      )}
    </div>
  );
}

function Actions(props: ICardProps & { readonly run: IRunSummary }): JSX.Element {
  const { commands, run, trans } = props;
  const act =
    (id: string, args: object = {}) =>
    () =>
      void commands.execute(id, { runIds: [run.run_id], ...args });
  return (
    <span className="mlops-RunCard-actions" role="group" aria-label={trans.__('Actions')}>
      {!isEnded(run.status) && (
        <button className="mlops-linkButton" onClick={act(CommandIDs.stopRun)}>
          {trans.__('Stop')}
        </button>
      )}
      <button className="mlops-linkButton" onClick={act(CommandIDs.openRunLog)}>
        {trans.__('Log')}
      </button>
      <button className="mlops-linkButton" onClick={act(CommandIDs.openTensorBoard)}>
        {trans.__('TensorBoard')}
      </button>
      <button className="mlops-linkButton" onClick={act(CommandIDs.openRun)}>
        {trans.__('Open')}
      </button>
    </span>
  );
}

/** What keeps the card from telling the truth, if anything does. */
function Notice({ model, trans }: ICardProps): JSX.Element | null {
  let text = '';
  if (!model.isLive) {
    text = trans.__('As it was when the cell ran. Trust this notebook to see how the run stands.');
  } else if (model.isGone) {
    text = trans.__('This server knows no such run: it was deleted, or lives elsewhere.');
  } else if (model.isLost) {
    text = trans.__('The Jupyter server does not answer; the run goes on. Connecting again…');
  }
  return text ? (
    <div className="mlops-RunCard-notice" role="status">
      {text}
    </div>
  ) : null;
}
