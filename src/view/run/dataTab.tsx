/** The names that travelled into the run: what each was, and what tells its data from other data. */

import React from 'react';

import { InputTable } from './inputTable';
import { Section } from './facts';
import type { ITabProps } from './runView';
import { CommandIDs } from '../../commands';

/** See the module. */
export function DataTab({ model, around }: ITabProps): JSX.Element | null {
  const { detail } = model;
  const { trans, commands } = around;
  if (!detail) {
    return null;
  }
  const upstream = Object.entries(detail.upstream_runs);
  const left = Object.entries(detail.untransferable);
  return (
    <div className="mlops-DataTab">
      {detail.inputs.length > 0 && (
        <Section title={trans.__('Inputs')} isWide>
          <InputTable inputs={detail.inputs} trans={trans} />
        </Section>
      )}
      {upstream.length > 0 && (
        <Section title={trans.__('From earlier runs')} isWide>
          <table className="mlops-FactTable" aria-label={trans.__('From earlier runs')}>
            <tbody>
              {upstream.map(([name, runId]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>
                      <bdi>{name}</bdi>
                    </code>
                  </th>
                  <td>
                    <button
                      className="mlops-linkButton"
                      onClick={() => void commands.execute(CommandIDs.openRun, { runIds: [runId] })}
                    >
                      {runId.slice(0, 8)}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
      {left.length > 0 && (
        <Section title={trans.__('Could not travel')} isWide>
          <table className="mlops-FactTable" aria-label={trans.__('Could not travel')}>
            <tbody>
              {left.map(([name, reason]) => (
                <tr key={name}>
                  <th scope="row">
                    <code>
                      <bdi>{name}</bdi>
                    </code>
                  </th>
                  <td>
                    <bdi>{reason}</bdi>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Section>
      )}
    </div>
  );
}
