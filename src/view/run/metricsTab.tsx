/** The run's curves, with those of other runs of its experiment over them. */

import React, { useEffect, useState } from 'react';

import { IRunSummary } from '../../api/types';
import { isSystemMetric } from '../../model/curvesData';
import { runName } from '../../model/runs';
import { useSignal } from '../hooks';
import { Choice } from './choice';
import { CurvesView } from './curvesView';
import type { ITabProps } from './runView';

const OFFERED = 50;
const MOST_RUNS = 20;

/** See the module. */
export function MetricsTab(props: ITabProps): JSX.Element {
  const { model, around } = props;
  return (
    <CurvesView model={model.curves} trans={around.trans} has={key => !isSystemMetric(key)}>
      <Others {...props} />
    </CurvesView>
  );
}

/** A choice of runs to lay over. */
function Others({ model, around }: ITabProps): JSX.Element | null {
  const { trans } = around;
  const { curves, manager, runId } = model;
  const experiment = model.summary?.experiment ?? '';
  const [others, setOthers] = useState<readonly IRunSummary[]>([]);
  useSignal(curves.changed);
  useEffect(() => {
    const abort = new AbortController();
    const show = (page: { readonly runs: readonly IRunSummary[] }) =>
      setOthers(page.runs.filter(run => run.run_id !== runId && Object.keys(run.metrics).length > 0));
    manager.api
      .page({ group_by: 'experiment', group: experiment, limit: OFFERED }, abort.signal)
      .then(show, () => setOthers([])); // Without a choice the run's own curves are still there.
    return () => abort.abort();
  }, [manager, runId, experiment]);
  const shown = new Set(curves.runs.map(run => run.runId));
  const offered = others.filter(run => !shown.has(run.run_id));
  return (
    <>
      {offered.length > 0 && shown.size < MOST_RUNS && (
        <Choice
          label={trans.__('Lay another run over')}
          value=""
          options={[
            { value: '', label: trans.__('Lay another run over…') },
            ...offered.map(run => ({
              value: run.run_id,
              label: `${runName(run)} (${run.run_id.slice(0, 8)})`
            }))
          ]}
          onChange={id => id && curves.add(id)}
        />
      )}
      {curves.runs
        .filter(run => run.runId !== runId)
        .map(run => (
          <button
            key={run.runId}
            className="mlops-linkButton"
            title={trans.__('Take %1 away', run.name)}
            onClick={() => curves.remove(run.runId)}
          >
            <bdi>{run.name}</bdi> ✕
          </button>
        ))}
    </>
  );
}
