/** The run view: its tabs, and what stands above them. Loaded on demand. */

import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { isEnded } from '../../model/runs';
import { RunTab, RunViewModel } from '../../model/runView';
import { isSystemMetric } from '../../model/curvesData';
import { useSignal } from '../hooks';
import { ArtifactsTab } from './artifactsTab';
import { CodeTab } from './codeTab';
import { CurvesView } from './curvesView';
import { DataTab } from './dataTab';
import { EnvironmentTab } from './environmentTab';
import { LogTab } from './logTab';
import { OverviewTab } from './overviewTab';
import { MetricsTab } from './metricsTab';
import { ModelTab } from './modelTab';
import { ReportTab } from './reportTab';
import { addRunActions } from './runToolbar';
import type { RunWidget } from './runWidget';
import { IRunSurroundings } from './surroundings';
import { Tabs } from './tabs';

/** What each tab is given. */
export interface ITabProps {
  readonly model: RunViewModel;
  readonly around: IRunSurroundings;
}

/** Fill a run's widget. */
export function fillRunView(widget: RunWidget, around: IRunSurroundings): void {
  if (!widget.isDisposed) {
    addRunActions(widget.toolbar, widget.model, around);
    const view = ReactWidget.create(<RunView model={widget.model} around={around} />);
    view.addClass('mlops-RunView-host');
    widget.content.addWidget(view);
  }
}

/** See the module. */
export function RunView(props: ITabProps): JSX.Element {
  const { model, around } = props;
  const { trans } = around;
  useSignal(model.changed);
  if (!model.summary) {
    return <Absent {...props} />;
  }
  const words: Readonly<Record<RunTab, string>> = {
    overview: trans.__('Overview'),
    log: trans.__('Log'),
    metrics: trans.__('Metrics'),
    code: trans.__('Code'),
    data: trans.__('Data'),
    environment: trans.__('Environment'),
    artifacts: trans.__('Artifacts'),
    system: trans.__('System'),
    fairness: trans.__('Fairness'),
    explanation: trans.__('Explanation'),
    model: trans.__('Model')
  };
  return (
    <div className="mlops-RunView">
      <Notice {...props} />
      <Tabs
        id={model.runId}
        label={trans.__('Parts of the run')}
        tabs={model.tabs.map(id => ({ id, word: words[id] }))}
        active={model.tab}
        onSelect={tab => model.setTab(tab)}
      >
        <Part {...props} />
      </Tabs>
    </div>
  );
}

function Part(props: ITabProps): JSX.Element {
  const { model } = props;
  switch (model.tab) {
    case 'overview':
      return <OverviewTab {...props} />;
    case 'log':
      return <LogTab {...props} />;
    case 'metrics':
      return <MetricsTab {...props} />;
    case 'system':
      return <CurvesView model={model.curves} trans={props.around.trans} has={isSystemMetric} />;
    case 'code':
      return <CodeTab {...props} />;
    case 'data':
      return <DataTab {...props} />;
    case 'environment':
      return <EnvironmentTab {...props} />;
    case 'artifacts':
      return <ArtifactsTab {...props} />;
    case 'fairness':
    case 'explanation':
      return <ReportTab {...props} kind={model.tab} />;
    case 'model':
      return <ModelTab {...props} />;
  }
}

/** What keeps the view from telling the newest, if anything does. */
function Notice({ model, around }: ITabProps): JSX.Element | null {
  const { trans } = around;
  const status = model.summary?.status;
  let text = '';
  if (model.isGone) {
    text = trans.__('This server knows the run no longer: it was deleted, or its folder has moved.');
  } else if (model.isLost) {
    text =
      status && isEnded(status)
        ? trans.__('The Jupyter server does not answer. Connecting again…')
        : trans.__('The Jupyter server does not answer; the run goes on. Connecting again…');
  } else if (model.problem) {
    text = model.problem;
  }
  return text ? (
    <div className="mlops-Notice" role="status">
      {text}
    </div>
  ) : null;
}

function Absent({ model, around }: ITabProps): JSX.Element {
  const { trans } = around;
  if (!model.problem && !model.isGone) {
    return (
      <div className="mlops-RunView-absent" role="status">
        {trans.__('Reading the run…')}
      </div>
    );
  }
  return (
    <div className="mlops-RunView-absent" role="alert">
      <p>
        {model.isGone
          ? trans.__('This server knows no such run: it was deleted, or lives elsewhere.')
          : model.problem}
      </p>
      <button className="jp-mod-styled" onClick={() => void model.refresh()}>
        {trans.__('Try again')}
      </button>
    </div>
  );
}
