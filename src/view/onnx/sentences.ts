/** What the card says of an export, in words. Python's HTML and text say the same. */

import { IOnnxCard, IOnnxLatency, IOnnxRows, IOnnxTensor } from '../../api/types';
import { formatBytes, formatFigure } from '../../model/format';
import { formatCount } from '../../widgets/report/estimates';
import { IWords, isolated } from '../../widgets/report/words';

const MOST_REASONS = 6;

/** Opset, size and precision. */
export function headText(card: IOnnxCard, words: IWords): string {
  const operators = Object.values(card.operators).reduce((sum, count) => sum + count, 0);
  const columns = card.inputs.reduce((sum, tensor) => sum + (tensor.columns.length || 1), 0);
  const types = [...new Set(card.inputs.map(tensor => tensor.type))].join(', ');
  return [
    words.__('opset %1', card.opsets['ai.onnx'] ?? 0),
    formatBytes(card.size),
    words._n('%2 operator', '%2 operators', operators, formatCount(operators)),
    columns > 1
      ? words.__('inputs as your data’s %1 columns (%2)', formatCount(columns), types)
      : words.__('input: %1', types)
  ].join(' · ');
}

/** How many rows are the same. */
export function sameText(card: IOnnxCard, words: IWords): string {
  const { real, edge, largest } = card.parity;
  const differing = real.differing + edge.differing;
  const verdict = differing
    ? words._n(
        '%2 row differs, as allowed:',
        '%2 rows differ, as allowed:',
        differing,
        formatCount(differing)
      )
    : words.__('Same model:');
  const checked = words.__('%1 rows + %2 edge rows checked', rowsText(real, words), rowsText(edge, words));
  const labels = real.labels + edge.labels;
  const hasLabels = labels > 0 && card.outputs.some(tensor => tensor.method === 'predict');
  const parts = [
    checked,
    hasLabels
      ? words.__('labels equal %1 of %2', formatCount(labels), formatCount(real.checked + edge.checked))
      : '',
    words.__('largest difference %1', formatFigure(largest))
  ];
  return `${verdict} ${parts.filter(Boolean).join(', ')}.`;
}

/** What was changed, and why the library's own way would not do; empty where nothing was. */
export function repairText(card: IOnnxCard, words: IWords): string {
  const [first] = card.tried;
  if (!card.repaired) {
    return '';
  }
  if (!first) {
    return words.__('Repaired: %1.', card.variant);
  }
  const why =
    first.problem ||
    words._n('%2 row differs', '%2 rows differ', first.differing, formatCount(first.differing));
  return words.__('Repaired: %1 (%2 as it is: %3).', card.variant, first.variant, why);
}

/** How quick the file is beside the original. */
export function speedText(latency: IOnnxLatency, words: IWords): string {
  const rows = latency.rows === 1 ? words.__('one row') : words.__('%1 rows', formatCount(latency.rows));
  const times = latency.onnx_p50 > 0 ? latency.original_p50 / latency.onnx_p50 : 0;
  return words.__(
    'Speed, %1: p50 %2 ms against %3 ms (%4 times as quick); p95 %5 against %6 ms.',
    rows,
    milliseconds(latency.onnx_p50),
    milliseconds(latency.original_p50),
    times >= 10 ? formatCount(Math.round(times)) : times.toPrecision(2),
    milliseconds(latency.onnx_p95),
    milliseconds(latency.original_p95)
  );
}

/** What became of the smaller file; nothing where none was asked for. */
export function smallerTexts(card: IOnnxCard, words: IWords): readonly string[] {
  const made = card.quantised;
  if (!made) {
    return [];
  }
  const score = made.measure
    ? words.__(
        '%1: %2 against the original’s %3.',
        made.measure,
        formatFigure(made.score),
        formatFigure(made.original_score)
      )
    : '';
  if (made.problem) {
    return [words.__('%1 not written: %2', made.kind, made.problem), score];
  }
  const [real, edge] = [made.parity?.real, made.parity?.edge];
  const written = words.__(
    '%1: %2, %3 of %4; %5 rows and %6 edge rows answer otherwise.',
    made.kind,
    isolated(made.file),
    formatBytes(made.size),
    formatBytes(card.size),
    words.__('%1 of %2', formatCount(real?.differing ?? 0), formatCount(real?.checked ?? 0)),
    words.__('%1 of %2', formatCount(edge?.differing ?? 0), formatCount(edge?.checked ?? 0))
  );
  return [written, score, ...made.latency.slice(0, 1).map(each => speedText(each, words))];
}

/** What was not compared, and why. */
export function outsideTexts(card: IOnnxCard, words: IWords): readonly string[] {
  const { domain } = card.parity;
  const said = domain
    .slice(0, MOST_REASONS)
    .map(({ reason, rows }) => words._n('%2 row: %3', '%2 rows: %3', rows, formatCount(rows), reason));
  const rest = domain.slice(MOST_REASONS).reduce((sum, { rows }) => sum + rows, 0);
  return rest ? [...said, words.__('%1 rows for other reasons', formatCount(rest))] : said;
}

/** The line that serves the file: by its name in a notebook, by its run elsewhere; empty where neither is known. */
export function deployLine(card: IOnnxCard): string {
  const what = card.path || card.run_id.slice(0, 8);
  if (!what) {
    return '';
  }
  // As a shell quotes.
  const word = /^[\w./-]+$/.test(what) ? what : `'${what.replace(/'/g, `'"'"'`)}'`;
  return `%deploy ${word} --to local`;
}

/** An input or output in a line: `X float32[rows, 30]`. */
export function shapeText(tensor: IOnnxTensor, words: IWords): string {
  return `${tensor.type}[${tensor.shape.map(size => (size === null ? words.__('rows') : size)).join(', ')}]`;
}

/** Seconds as milliseconds with three digits. */
export function milliseconds(seconds: number): string {
  return String(Number((seconds * 1000).toPrecision(3)));
}

function rowsText(rows: IOnnxRows, words: IWords): string {
  return rows.checked === rows.given
    ? formatCount(rows.checked)
    : words.__('%1 of %2', formatCount(rows.checked), formatCount(rows.given));
}
