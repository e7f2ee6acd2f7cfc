/** A table of inputs. */

import { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { IRunInput } from '../../api/types';
import { formatBytes } from '../../model/format';

/** See the module. */
export function InputTable(props: {
  readonly inputs: readonly IRunInput[];
  readonly trans: TranslationBundle;
}): JSX.Element {
  const { inputs, trans } = props;
  return (
    <table className="mlops-Table">
      <thead>
        <tr>
          <th scope="col">{trans.__('Name')}</th>
          <th scope="col">{trans.__('Type')}</th>
          <th scope="col">{trans.__('Shape')}</th>
          <th scope="col" className="mlops-mod-right">
            {trans.__('Size')}
          </th>
          <th scope="col">{trans.__('Fingerprint')}</th>
        </tr>
      </thead>
      <tbody>
        {inputs.map(input => (
          <tr key={input.name}>
            <th scope="row">
              <code>
                <bdi>{input.name}</bdi>
              </code>
            </th>
            <td>
              <bdi>{input.type}</bdi>
            </td>
            <td className="mlops-Figure">{input.shape}</td>
            <td className="mlops-Figure mlops-mod-right" title={trans.__('%1 bytes', input.size)}>
              {formatBytes(input.size)}
            </td>
            <td title={input.fingerprint}>
              <code>{input.fingerprint.slice(0, 16)}</code>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
