/** A report of an export in which everything is said; stories change what they are about. */

import { IOnnxCard, IOnnxTensor } from '../../../../src/api/types';

/** See the module. */
export function onnxCard(changes: Partial<IOnnxCard> = {}): IOnnxCard {
  return {
    version: 1,
    made_at: '2026-11-22T00:00:00+00:00',
    file: 'shop.onnx',
    sha256: '0'.repeat(64),
    size: 41_300,
    weights: '',
    model: 'model',
    model_type: 'sklearn.pipeline.Pipeline',
    run_id: '',
    converter: 'sklearn',
    variant: 'double',
    repaired: false,
    precision: 'float32',
    inputs: [tensor('X', 'float32', [null, 2], { columns: ['age', 'income'] })],
    outputs: [
      tensor('label', 'str', [null], { method: 'predict' }),
      tensor('probabilities', 'float32', [null, 2], { method: 'predict_proba', columns: ['buys', 'looks'] })
    ],
    operators: { Scaler: 1, LinearClassifier: 1 },
    opsets: { 'ai.onnx': 22 },
    parity: {
      real: { given: 3000, checked: 3000, differing: 0, labels: 3000 },
      edge: { given: 234, checked: 214, differing: 0, labels: 214 },
      largest: 3.2e-7,
      rtol: 1e-4,
      atol: 1e-5,
      allowed: 0,
      domain: [],
      batches: [1, 214, 3000]
    },
    tried: [],
    latency: [{ rows: 1, onnx_p50: 18e-6, onnx_p95: 2e-5, original_p50: 7e-4, original_p95: 1e-3 }],
    graph: {
      nodes: [
        { label: 'X', kind: 'input', operators: [], count: 1, layer: 0, place: 0 },
        { label: 'Scaler', kind: 'step', operators: ['Scaler'], count: 2, layer: 1, place: 0 },
        { label: 'label', kind: 'output', operators: [], count: 1, layer: 2, place: 0 }
      ],
      links: [
        [0, 1],
        [1, 2]
      ],
      total: 2,
      grouped: false
    },
    quantised: null,
    versions: {},
    notes: [],
    path: 'shop.onnx',
    usage: { Python: 'import onnxruntime as ort' },
    ...changes
  };
}

/** An input or output. */
export function tensor(
  name: string,
  type: string,
  shape: readonly (number | null)[],
  changes: Partial<IOnnxTensor> = {}
): IOnnxTensor {
  return { name, type, shape, columns: [], method: '', ...changes };
}
