/** The card of a run in its cell. One line when the run has ended well; its last lines while it goes on. */

import { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React, { useRef } from 'react';

import { own } from '../api/guards';
import { IRunSummary, RunStatus } from '../api/types';
import { CardModel, IErrorLine } from '../model/card';
import { cardMetrics } from '../model/courses';
import { formatDuration, formatFigure, formatTime } from '../model/format';
import { headlineMetric, isEnded, runName, runSeconds } from '../model/runs';
import { useNow, useSignal } from './hooks';
import { LogLines } from './logLines';
import { Progress } from './progress';
import { CardButtons, CardLinks } from './runCardActions';
import { Sparkline } from './sparkline';
import { StateIcon, stateWord } from './stateMark';

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
        <StateIcon status={status} />
        <bdi className="mlops-RunCard-name" title={`${name}\n${model.snapshot.run_id}`}>
          {name}
        </bdi>
        <span className="mlops-State-word">{stateWord(status, trans)}</span>
        {run && <Standing {...props} run={run} />}
      </div>
      {run && <Body {...props} run={run} />}
      {run && <Told name={name} status={status} trans={trans} />}
      <Notice {...props} />
    </section>
  );
}

/** What a screen reader is told without being asked: that the run has started or ended since the card is here. */
function Told(props: {
  readonly name: string;
  readonly status: RunStatus;
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { name, status, trans } = props;
  const first = useRef(status);
  const isNews = status !== first.current || !isEnded(status);
  return (
    <span role="status" className="mlops-visuallyHidden">
      {isNews && trans.__('Run %1: %2', name, stateWord(status, trans))}
    </span>
  );
}

/** The rest of the first line: how far the run is, or how it went, and what can be done. */
function Standing(props: ICardProps & { readonly run: IRunSummary }): JSX.Element {
  const { model, run, commands, trans } = props;
  const hasEnded = isEnded(run.status);
  return (
    <>
      <Elapsed run={run} />
      {run.progress && !hasEnded && <Progress progress={run.progress} trans={trans} />}
      {run.progress && !hasEnded && <TimeLeft model={model} trans={trans} />}
      {hasEnded && <Outcome run={run} trans={trans} />}
      <span className="mlops-RunCard-gap" />
      <span className="mlops-RunCard-end">
        {hasEnded && <CardLinks run={run} commands={commands} trans={trans} />}
        <CardButtons run={run} commands={commands} trans={trans} />
      </span>
    </>
  );
}

function Body(props: ICardProps & { readonly run: IRunSummary }): JSX.Element {
  const { model, run, commands, trans } = props;
  const hasEnded = isEnded(run.status);
  return (
    <>
      {run.detail && run.status !== 'FINISHED' && (
        <div className="mlops-RunCard-detail">
          <bdi>{run.detail}</bdi>
          {model.errorLine && <ErrorPlace line={model.errorLine} trans={trans} />}
        </div>
      )}
      {!hasEnded && <Metrics {...props} />}
      {model.isOpen && <LogLines lines={model.lines} trans={trans} />}
      {!hasEnded && (
        <div className="mlops-RunCard-foot">
          <CardLinks run={run} commands={commands} trans={trans} />
        </div>
      )}
    </>
  );
}

function ErrorPlace(props: { readonly line: IErrorLine; readonly trans: TranslationBundle }): JSX.Element {
  const { line, trans } = props;
  return (
    <span className="mlops-RunCard-line">
      {trans.__('line %1 of the cell', line.number)} <code>{line.source}</code>
    </span>
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

/** How long it will still take. The place is kept while nobody knows, so that nothing jumps. */
function TimeLeft(props: { readonly model: CardModel; readonly trans: TranslationBundle }): JSX.Element {
  const { model, trans } = props;
  const seconds = model.secondsLeft(useNow());
  return (
    <span className="mlops-RunCard-left mlops-Figure" title={trans.__('Time left, if it goes on as it went')}>
      {seconds !== null && trans.__('eta %1', formatDuration(seconds))}
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
      <Exported run={run} trans={trans} />
    </span>
  );
}

/** What became of `--export`, or of a later export. */
function Exported({
  run,
  trans
}: {
  readonly run: IRunSummary;
  readonly trans: TranslationBundle;
}): JSX.Element | null {
  // File and version of the report.
  const file = own(run.tags, 'mlops.onnx')?.replace(/ \d+$/, '');
  const refused = own(run.tags, 'mlops.onnx.refused');
  if (file) {
    return <span title={file}>{trans.__('exported to ONNX')}</span>;
  }
  return refused ? (
    <span className="mlops-RunCard-refused" title={refused}>
      {trans.__('not exported: %1', refused)}
    </span>
  ) : null;
}

function Metrics(props: ICardProps & { readonly run: IRunSummary }): JSX.Element {
  const { model, run, trans } = props;
  return (
    <div className="mlops-RunCard-metrics">
      {cardMetrics(run).map(key => (
        <span key={key} className="mlops-RunCard-metric">
          <bdi>{key}</bdi>
          <span className="mlops-Figure" title={String(own(run.metrics, key))}>
            {formatFigure(own(run.metrics, key) ?? '')}
          </span>
          <Sparkline values={model.course(key)} label={trans.__('Course of %1', key)} />
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

/** What keeps the card from telling the truth, if anything does. */
function Notice({ model, trans }: ICardProps): JSX.Element | null {
  let text = '';
  if (!model.isLive) {
    text = trans.__('As it was when the cell ran. Trust this notebook to see how the run stands.');
  } else if (model.isGone) {
    text = trans.__('This server knows no such run: it was deleted, or lives elsewhere.');
  } else if (model.isLost) {
    text =
      model.summary && isEnded(model.summary.status)
        ? trans.__('The Jupyter server does not answer. Connecting again…')
        : trans.__('The Jupyter server does not answer; the run goes on. Connecting again…');
  } else if (model.isKernelGone && model.summary) {
    text = withoutKernel(model.summary, trans);
  }
  return text ? (
    <div className="mlops-RunCard-notice" role="status">
      {text}
    </div>
  ) : null;
}

/** A run does not need its notebook's kernel; what it returns does. */
function withoutKernel(run: IRunSummary, trans: TranslationBundle): string {
  if (!isEnded(run.status)) {
    return trans.__('The kernel is gone; the run goes on.');
  }
  const load = `%runs load ${run.run_id.slice(0, 8)}`;
  const isToLoad = run.status === 'FINISHED' && run.returned.length > 0;
  return isToLoad ? trans.__('The kernel is gone. %1 brings the results into the next one.', load) : '';
}
