/** An endpoint in a tab: how it does, its versions, a row to try, its log, and what can be done with it. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useRef } from 'react';

import { IEndpoint } from '../../api/types';
import { requestToBegin, versionBefore } from '../../model/endpointRow';
import { EndpointViewModel } from '../../model/endpointView';
import { formatAge, formatTime } from '../../model/format';
import { problemText } from '../../model/problemText';
import { useNow, useSignal } from '../hooks';
import { EndpointActions } from './endpointActions';
import { EndpointState, endpointPace, endpointRestarts } from './endpointState';
import { TryRow } from './tryRow';

interface ITabProps {
  readonly model: EndpointViewModel;
  readonly trans: TranslationBundle;
  readonly actions: EndpointActions;
}

/** See the module. The model ends with it. */
export class EndpointTab extends ReactWidget {
  /** Show what the model says. */
  constructor(private readonly _props: ITabProps) {
    super();
    this.addClass('mlops-EndpointTab');
  }

  /** What it shows. */
  get model(): EndpointViewModel {
    return this._props.model;
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <EndpointView {...this._props} />;
  }

  /** Let go. */
  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }
}

/** The tab's content. */
export function EndpointView(props: ITabProps): JSX.Element {
  const { model, trans } = props;
  useSignal(model.changed);
  const { endpoint } = model;
  const { problem, isReady } = model.all;
  return (
    <div className="mlops-Endpoint">
      {problem !== null && (
        <p className="mlops-Notice mlops-mod-error" role="alert">
          <bdi>{problemText(problem, trans)}</bdi>
        </p>
      )}
      {endpoint ? (
        <Shown {...props} endpoint={endpoint} />
      ) : (
        <p role="status">
          {isReady ? trans.__('There is no endpoint %1 any more.', model.name) : trans.__('Loading…')}
        </p>
      )}
    </div>
  );
}

function Shown(props: ITabProps & { readonly endpoint: IEndpoint }): JSX.Element {
  const { model, endpoint, trans } = props;
  const body = useRef('');
  const restarts = endpointRestarts(endpoint.restarts, trans);
  const isGivenUp = endpoint.restarts.given_up;
  return (
    <>
      <div className="mlops-Endpoint-head">
        <h2>
          <bdi>{endpoint.name}</bdi>
        </h2>
        <EndpointState state={endpoint.state} trans={trans} withWord />
        <span>{endpointPace(endpoint.figures, trans)}</span>
      </div>
      {restarts && !isGivenUp && (
        <p className="mlops-Endpoint-restarts" title={formatTime(endpoint.restarts.at)}>
          <bdi>{restarts}</bdi>
        </p>
      )}
      {endpoint.problem && (
        <p className="mlops-Notice mlops-mod-warning">
          <bdi>{isGivenUp ? restarts : endpoint.problem}</bdi>.{' '}
          {trans.__('The next request starts it again.')}
        </p>
      )}
      <Actions {...props} bodyOf={() => body.current || requestToBegin(endpoint)} />
      <Section title={trans.__('Try it')}>
        {endpoint.state === 'stopped' ? (
          <p>{trans.__('It is stopped. Deploy to it again, or roll back, and it answers.')}</p>
        ) : (
          <TryRow
            key={endpoint.current}
            model={model}
            endpoint={endpoint}
            trans={trans}
            onBody={text => {
              body.current = text || body.current;
            }}
          />
        )}
      </Section>
      <Section title={trans.__('Versions')}>
        <Versions endpoint={endpoint} trans={trans} />
      </Section>
      {model.log !== null && (
        <Section title={trans.__('Log')}>
          <pre className="mlops-Endpoint-log" tabIndex={0} aria-label={trans.__('Log')}>
            {model.log || trans.__('Nothing was logged yet.')}
          </pre>
        </Section>
      )}
    </>
  );
}

function Actions(
  props: ITabProps & { readonly endpoint: IEndpoint; readonly bodyOf: () => string }
): JSX.Element {
  const { model, endpoint, trans, actions } = props;
  const isFirst = versionBefore(endpoint) === undefined;
  return (
    <div className="mlops-Endpoint-actions" role="toolbar" aria-label={trans.__('Endpoint')}>
      <button className="jp-mod-styled" onClick={() => actions.copyCurl(endpoint, props.bodyOf())}>
        {trans.__('Copy curl')}
      </button>
      <button
        className="jp-mod-styled"
        aria-pressed={model.log !== null}
        onClick={() => void model.showLog(model.log === null)}
      >
        {trans.__('Log')}
      </button>
      <button
        className="jp-mod-styled"
        disabled={isFirst}
        title={isFirst ? trans.__('There is no version before this one.') : undefined}
        onClick={() => void actions.rollBack(endpoint)}
      >
        {trans.__('Roll back')}
      </button>
      <button
        className="jp-mod-styled jp-mod-warn"
        disabled={endpoint.state === 'stopped'}
        onClick={() => void actions.stop(endpoint)}
      >
        {trans.__('Stop')}
      </button>
    </div>
  );
}

function Versions(props: { readonly endpoint: IEndpoint; readonly trans: TranslationBundle }): JSX.Element {
  const { endpoint, trans } = props;
  const now = useNow(false);
  return (
    <ol className="mlops-Endpoint-versions" reversed start={endpoint.versions.length}>
      {[...endpoint.versions].reverse().map(version => (
        <li key={version.number} value={version.number}>
          <bdi>{version.label || trans.__('model')}</bdi> <code>{version.sha256.slice(0, 8)}</code>{' '}
          {formatAge(version.made_at, now, trans)}
          {version.number === endpoint.current && <b> {trans.__('answers')}</b>}
        </li>
      ))}
    </ol>
  );
}

function Section(props: { readonly title: string; readonly children: React.ReactNode }): JSX.Element {
  return (
    <section className="mlops-Section" aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  );
}
