/** The overview: what ran, with what, how it went, what came out. */

import { PageConfig } from '@jupyterlab/coreutils';
import React from 'react';

import { Figure, IRunDetail, IRunSummary } from '../../api/types';
import { isSystemMetric } from '../../model/curvesData';
import { formatBytes, formatDuration, formatTime } from '../../model/format';
import { isEnded, runName, runSeconds } from '../../model/runs';
import { useNow } from '../hooks';
import { Progress } from '../progress';
import { StateMark } from '../stateMark';
import { RunError } from './errorBox';
import { FactTable, IFact, Section, figureFacts, textFacts } from './facts';
import { InputTable } from './inputTable';
import { NoteBox } from './noteBox';
import type { ITabProps } from './runView';

/** More of them have a tab of their own. */
const MOST_INPUTS = 8;
const MOST_FILES = 5;

/** See the module. */
export function OverviewTab(props: ITabProps): JSX.Element | null {
  const { model, around } = props;
  const { summary: run, detail } = model;
  const { trans } = around;
  if (!run) {
    return null;
  }
  const [params, metrics, tags] = [
    textFacts(run.params),
    figureFacts(modelMetrics(run)),
    textFacts(userTags(run))
  ];
  return (
    <div className="mlops-Overview">
      <Head {...props} run={run} hasError={Boolean(detail?.error)} />
      {detail?.error && (
        <RunError error={detail.error} isStopped={run.status === 'KILLED'} model={model} trans={trans} />
      )}
      <div className="mlops-Overview-sections">
        {detail && <NoteBox {...props} note={detail.note} />}
        {metrics.length > 0 && (
          <Section title={trans.__('Metrics')}>
            <FactTable label={trans.__('Metrics')} facts={metrics} />
          </Section>
        )}
        {params.length > 0 && (
          <Section title={trans.__('Parameters')}>
            <FactTable label={trans.__('Parameters')} facts={params} />
          </Section>
        )}
        <Section title={trans.__('Run')}>
          <Course {...props} run={run} detail={detail} />
        </Section>
        {detail?.git && (
          <Section title={trans.__('Version')}>
            <FactTable label={trans.__('Version')} facts={gitFacts(props, detail.git)} />
          </Section>
        )}
        <Result {...props} />
        {tags.length > 0 && (
          <Section title={trans.__('Tags')}>
            <FactTable label={trans.__('Tags')} facts={tags} />
          </Section>
        )}
        {run.left_out > 0 && (
          <Section title={trans.__('Left out')} isWide>
            {trans._n(
              '%1 parameter, metric or tag beyond the first 1,000 is kept with the run, but not shown or searched here. %runs in a notebook searches all.',
              '%1 parameters, metrics and tags beyond the first 1,000 of each are kept with the run, but not shown or searched here. %runs in a notebook searches all.',
              run.left_out
            )}
          </Section>
        )}
        {detail && detail.inputs.length > 0 && (
          <Section title={trans.__('Data')} isWide>
            <InputTable inputs={detail.inputs.slice(0, MOST_INPUTS)} trans={trans} />
            {detail.inputs.length > MOST_INPUTS && (
              <button className="mlops-linkButton" onClick={() => model.setTab('data')}>
                {trans.__('All %1 inputs', detail.inputs.length)}
              </button>
            )}
          </Section>
        )}
      </div>
    </div>
  );
}

/** The metrics that the cell has logged; those of the machine have a tab of their own. */
function modelMetrics(run: IRunSummary): Readonly<Record<string, Figure>> {
  return Object.fromEntries(Object.entries(run.metrics).filter(([key]) => !isSystemMetric(key)));
}

/** The tags that somebody has set: what MLflow and we keep in tags for ourselves has its place elsewhere. */
function userTags(run: IRunSummary): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(run.tags).filter(([key]) => !/^(?:mlflow|mlops)\./.test(key)));
}

/** What the run has left: its model and its files. */
function Result({ model, around }: ITabProps): JSX.Element | null {
  const { trans } = around;
  const { artifacts, tabs } = model;
  if (!artifacts.length) {
    return null;
  }
  const names = artifacts.slice(0, MOST_FILES).map(entry => entry.path);
  const rest = artifacts.length - names.length;
  const facts: IFact[] = [];
  if (tabs.includes('model')) {
    const open = (
      <button className="mlops-linkButton" onClick={() => model.setTab('model')}>
        {trans.__('What goes in and comes out')}
      </button>
    );
    facts.push({ name: trans.__('Model'), value: open });
  }
  const files = (
    <button className="mlops-linkButton" onClick={() => model.setTab('artifacts')}>
      <bdi>{rest > 0 ? trans.__('%1 and %2 more', names.join(', '), rest) : names.join(', ')}</bdi>
    </button>
  );
  facts.push({ name: trans.__('Artifacts'), value: files });
  return (
    <Section title={trans.__('Result')}>
      <FactTable label={trans.__('Result')} facts={facts} />
    </Section>
  );
}

function Head(
  props: ITabProps & {
    readonly run: IRunSummary;
    /** Whether the box below says why it has ended. */
    readonly hasError: boolean;
  }
): JSX.Element {
  const { around, run, hasError } = props;
  const { trans } = around;
  const now = useNow(run.status === 'RUNNING');
  const seconds = runSeconds(run, now);
  return (
    <div className="mlops-Overview-head">
      <h1>
        <bdi>{runName(run)}</bdi>
      </h1>
      <div className="mlops-Overview-state">
        <StateMark status={run.status} trans={trans} withWord />
        {seconds !== null && (
          <span className="mlops-Figure" title={formatTime(run.started_at)}>
            {formatDuration(seconds, isEnded(run.status))}
          </span>
        )}
        {run.progress && !isEnded(run.status) && <Progress progress={run.progress} trans={trans} />}
        {run.detail && !hasError && <bdi className="mlops-Overview-detail">{run.detail}</bdi>}
        {run.archived && <span className="mlops-Badge">{trans.__('archived')}</span>}
        {run.kept && <span className="mlops-Badge">{trans.__('kept')}</span>}
      </div>
      {run.returned.length > 0 && (
        <div className="mlops-Overview-returned">
          {run.status === 'FINISHED' ? trans.__('Returned') : trans.__('Returns')}{' '}
          {run.returned.map(name => (
            <code key={name}>
              <bdi>{name}</bdi>
            </code>
          ))}
        </div>
      )}
    </div>
  );
}

/** Where and when it ran, and what it cost. */
function Course(
  props: ITabProps & { readonly run: IRunSummary; readonly detail: IRunDetail | null }
): JSX.Element {
  const { around, run, detail } = props;
  const { trans } = around;
  const seconds = runSeconds(run, useNow(run.status === 'RUNNING'));
  const peak = detail?.peak_rss_bytes;
  const facts: readonly (IFact | null)[] = [
    { name: trans.__('Experiment'), value: run.experiment },
    run.notebook
      ? { name: trans.__('Notebook'), value: <NotebookLink {...props} path={run.notebook} /> }
      : null,
    run.user ? { name: trans.__('User'), value: run.user } : null,
    time(trans.__('Submitted'), run.submitted_at),
    time(trans.__('Started'), run.started_at),
    time(trans.__('Ended'), run.ended_at),
    seconds === null
      ? null
      : {
          name: trans.__('Duration'),
          value: formatDuration(seconds, isEnded(run.status)),
          title: `${seconds} s`
        },
    peak
      ? { name: trans.__('Peak memory'), value: formatBytes(peak), title: trans.__('%1 bytes', peak) }
      : null,
    run.source === 'mlflow'
      ? { name: trans.__('Made by'), value: trans.__('another tool, in the same store') }
      : null,
    { name: trans.__('Id'), value: <code>{run.run_id}</code> }
  ];
  return <FactTable label={trans.__('Run')} facts={facts.filter((fact): fact is IFact => fact !== null)} />;
}

/** The notebook: a link where this server has it. */
function NotebookLink({ around, path }: ITabProps & { readonly path: string }): JSX.Element {
  const local = pathBelow(PageConfig.getOption('serverRoot'), path);
  if (local === null) {
    return <bdi>{path}</bdi>;
  }
  return (
    <button
      className="mlops-linkButton"
      title={path}
      onClick={() => void around.commands.execute('docmanager:open', { path: local })}
    >
      <bdi>{local}</bdi>
    </button>
  );
}

/** Return a path as one below a folder; null when it is not. What is relative is below it already. */
export function pathBelow(folder: string, path: string): string | null {
  const root = folder.replace(/\/*$/, '/');
  if (!path.startsWith('/')) {
    return path;
  }
  return path.startsWith(root) ? path.slice(root.length) : null;
}

function time(name: string, at: string): IFact | null {
  return at ? { name, value: formatTime(at), title: at } : null;
}

function gitFacts({ model, around }: ITabProps, git: Readonly<Record<string, string>>): readonly IFact[] {
  const { trans } = around;
  const facts: IFact[] = [];
  if (git.commit) {
    facts.push({
      name: trans.__('Commit'),
      value: <code>{git.commit.slice(0, 12)}</code>,
      title: git.commit
    });
  }
  if (git.branch) {
    facts.push({ name: trans.__('Branch'), value: git.branch });
  }
  if (git.patch) {
    const show = (
      <button className="mlops-linkButton" onClick={() => model.setTab('code')}>
        {trans.__('Uncommitted changes')}
      </button>
    );
    facts.push({ name: trans.__('Working tree'), value: show });
  } else if (git.dirty) {
    const isDirty = git.dirty !== 'false' && git.dirty !== 'False';
    facts.push({
      name: trans.__('Working tree'),
      value: isDirty ? trans.__('uncommitted changes') : trans.__('clean')
    });
  }
  return facts;
}
