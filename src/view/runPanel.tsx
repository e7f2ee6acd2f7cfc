/** A run in the main area: how it stands, what it was given, its cell and the end of its log. */

import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useState } from 'react';

import { own } from '../api/guards';
import { RequestError } from '../api/request';
import { IRunDetail } from '../api/types';
import { CardModel } from '../model/card';
import { formatFigure } from '../model/format';
import { metricKeys } from '../model/runs';
import { IRunManager } from '../tokens';
import { useSignal } from './hooks';
import { RunCard } from './runCard';

interface IRunPanelProps {
  readonly runId: string;
  readonly card: CardModel;
  readonly manager: IRunManager;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

/** See the module. */
export function RunPanel(props: IRunPanelProps): JSX.Element {
  const { runId, card, manager, commands, trans } = props;
  const [detail, setDetail] = useState<IRunDetail | RequestError | null>(null);
  useSignal(card.changed);
  const status = card.summary?.status;
  useEffect(() => {
    const abort = new AbortController();
    const fail = (error: unknown) => error instanceof RequestError && setDetail(error);
    manager.api.detail(runId, abort.signal).then(setDetail, fail);
    return () => abort.abort();
  }, [runId, manager, status]);
  const run = card.summary;
  return (
    <div className="mlops-RunPanel">
      <RunCard model={card} commands={commands} trans={trans} />
      {detail instanceof RequestError && <p role="alert">{detail.message}</p>}
      {run && (
        <Facts
          title={trans.__('Metrics')}
          facts={metricKeys(run).map(key => [key, formatFigure(own(run.metrics, key) ?? '')])}
        />
      )}
      {run && <Facts title={trans.__('Parameters')} facts={Object.entries(run.params)} />}
      {detail && !(detail instanceof RequestError) && detail.cell && (
        <>
          <h3>{trans.__('Cell')}</h3>
          <pre className="mlops-RunPanel-cell">{detail.cell}</pre>
        </>
      )}
    </div>
  );
}

function Facts(props: {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
}): JSX.Element | null {
  if (!props.facts.length) {
    return null;
  }
  return (
    <>
      <h3>{props.title}</h3>
      <dl className="mlops-Facts">
        {props.facts.map(([key, value]) => (
          <React.Fragment key={key}>
            <dt>
              <bdi>{key}</bdi>
            </dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </React.Fragment>
        ))}
      </dl>
    </>
  );
}
