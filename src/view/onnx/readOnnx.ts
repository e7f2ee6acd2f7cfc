/** Reads the report of an export: every part of it, and whether its drawing fits itself. */

import {
  IOnnxCard,
  IOnnxDomain,
  IOnnxGraph,
  IOnnxLatency,
  IOnnxNode,
  IOnnxParity,
  IOnnxQuantised,
  IOnnxRows,
  IOnnxTensor,
  IOnnxTry
} from '../../api/types';
import { IReportHost } from '../../widgets/report/host';
import { Read, readReport } from '../../widgets/report/refusal';
import {
  Reader,
  UnreadableError,
  dictionary,
  figure,
  flag,
  list,
  number,
  or,
  orNull,
  record,
  text,
  word
} from '../../widgets/report/reading';

/** The newest version that is known here. */
const ONNX_VERSION = 1;

/** More boxes are no drawing, and a place far away is none on the page. */
const MOST_BOXES = 200;

const tensor = record<IOnnxTensor>({
  name: text,
  type: text,
  shape: list(orNull(number)),
  columns: or(list(text), []),
  method: or(text, '')
});

const rows = record<IOnnxRows>({
  given: or(number, 0),
  checked: or(number, 0),
  differing: or(number, 0),
  labels: or(number, 0)
});

const parity = record<IOnnxParity>({
  real: rows,
  edge: rows,
  largest: figure,
  rtol: number,
  atol: number,
  allowed: or(number, 0),
  domain: or(list(record<IOnnxDomain>({ reason: text, rows: number })), []),
  batches: or(list(number), [])
});

const latency = record<IOnnxLatency>({
  rows: number,
  onnx_p50: number,
  onnx_p95: number,
  original_p50: number,
  original_p95: number
});

const quantised = record<IOnnxQuantised>({
  kind: text,
  problem: or(text, ''),
  file: or(text, ''),
  sha256: or(text, ''),
  size: or(number, 0),
  parity: or(orNull(parity), null),
  latency: or(list(latency), []),
  measure: or(text, ''),
  score: or(number, 0),
  original_score: or(number, 0)
});

const node = record<IOnnxNode>({
  label: text,
  kind: word('input', 'step', 'output'),
  operators: list(text),
  count: number,
  layer: number,
  place: number
});

const graph = record<IOnnxGraph>({
  nodes: list(node),
  links: list(list(number)),
  total: number,
  grouped: or(flag, false)
});

const card = record<IOnnxCard>({
  version: number,
  made_at: text,
  file: text,
  sha256: text,
  size: number,
  weights: or(text, ''),
  model: or(text, ''),
  model_type: or(text, ''),
  run_id: or(text, ''),
  converter: text,
  variant: text,
  repaired: or(flag, false),
  precision: word('float32', 'float64'),
  inputs: list(tensor),
  outputs: list(tensor),
  operators: dictionary(number),
  opsets: dictionary(number),
  parity,
  tried: or(list(record<IOnnxTry>({ variant: text, differing: or(number, 0), problem: or(text, '') })), []),
  latency: or(list(latency), []),
  graph: or(orNull(graph), null),
  quantised: or(orNull(quantised), null),
  versions: or(dictionary(text), {}),
  notes: or(list(text), []),
  path: or(text, ''),
  usage: or(dictionary(text), {})
});

/** Return the report that a notebook or a run holds, or why there is none. */
export function readOnnx(data: unknown, host: IReportHost): Read<IOnnxCard> {
  return readReport(data, ONNX_VERSION, fitting, host);
}

const fitting: Reader<IOnnxCard> = (value, size) => {
  const read = card(value, size);
  const drawn = read.graph;
  if (drawn && !isDrawable(drawn)) {
    throw new UnreadableError('graph');
  }
  return read;
};

function isDrawable({ nodes, links }: IOnnxGraph): boolean {
  const isBox = (at: number | undefined) => at !== undefined && nodes[at] !== undefined;
  return (
    nodes.length <= MOST_BOXES &&
    nodes.every(({ layer, place }) => layer >= 0 && layer <= MOST_BOXES && Math.abs(place) <= MOST_BOXES) &&
    links.every(([from, to]) => isBox(from) && isBox(to))
  );
}
