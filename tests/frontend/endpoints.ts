/** Endpoints for stories. */

import { IEndpoint, IOnnxTensor } from '../../src/api/types';

/** An input or output. */
export function tensor(name: string, change: Partial<IOnnxTensor> = {}): IOnnxTensor {
  return { name, type: 'float32', shape: [null, 1], columns: [], method: '', ...change };
}

/** One that runs and answers in its second version, unless a story says otherwise. */
export function endpoint(name = 'cancer', change: Partial<IEndpoint> = {}): IEndpoint {
  const version = (number: number) => ({
    number,
    sha256: String(number).repeat(64),
    size: 3_100,
    label: `model ${number}`,
    run_id: '',
    made_at: '2026-11-21T12:00:00+00:00'
  });
  return {
    name,
    state: 'running',
    current: 2,
    versions: [version(1), version(2)],
    figures: { requests: 12, errors: 0, rows: 12, per_s: 1.2345, p50_s: 0.00123456, p95_s: 0.002 },
    restarts: { count: 0, cause: '', at: '', in_a_row: 0, given_up: false },
    problem: '',
    home_id: '0123456789ab',
    url: `jupyter-mlops/endpoints/${name}/`,
    inputs: [
      tensor('n', { columns: ['n'] }),
      tensor('w', { type: 'int64', columns: ['w'] }),
      tensor('t', { type: 'str', columns: ['t'] }),
      tensor('f', { type: 'bool', columns: ['f'] })
    ],
    outputs: [
      tensor('label', { type: 'int64', shape: [null] }),
      tensor('probabilities', { shape: [null, 2], columns: ['no', 'yes'] })
    ],
    example: { n: 1.5, w: 7, t: 'a', f: true },
    ...change
  };
}
