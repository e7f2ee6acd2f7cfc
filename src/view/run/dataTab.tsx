/** The names that travelled into the run: what each was, and what tells its data from other data. */

import React from 'react';

import { CommandIDs } from '../../commands';
import { FactTable, IFact, Section } from './facts';
import { InputTable } from './inputTable';
import type { ITabProps } from './runView';

/** See the module. */
export function DataTab({ model, around }: ITabProps): JSX.Element | null {
  const { detail } = model;
  const { trans, commands } = around;
  if (!detail) {
    return null;
  }
  const openRun = (runId: string) => void commands.execute(CommandIDs.openRun, { runIds: [runId] });
  const upstream = Object.entries(detail.upstream_runs).map(([name, runId]) =>
    variable(
      name,
      <button className="mlops-linkButton" onClick={() => openRun(runId)}>
        {runId.slice(0, 8)}
      </button>
    )
  );
  const left = Object.entries(detail.untransferable).map(([name, reason]) => variable(name, reason));
  return (
    <div className="mlops-DataTab">
      {detail.inputs.length > 0 && (
        <Section title={trans.__('Inputs')} isWide>
          <InputTable inputs={detail.inputs} trans={trans} />
        </Section>
      )}
      {upstream.length > 0 && (
        <Section title={trans.__('From earlier runs')} isWide>
          <FactTable label={trans.__('From earlier runs')} facts={upstream} />
        </Section>
      )}
      {left.length > 0 && (
        <Section title={trans.__('Could not travel')} isWide>
          <FactTable label={trans.__('Could not travel')} facts={left} />
        </Section>
      )}
    </div>
  );
}

function variable(name: string, value: IFact['value']): IFact {
  return { name, value, isCode: true };
}
