/** The graph of a file: boxes where the report says that they stand, lines between them, and the same as a table. */

import { IOnnxGraph, IOnnxNode } from '../../api/types';
import { draw, make, named } from '../../widgets/report/dom';
import { formatCount } from '../../widgets/report/estimates';
import { figureTable } from '../../widgets/report/figureTable';
import { IWords } from '../../widgets/report/words';

const [BOX_WIDTH, BOX_HEIGHT] = [132, 24];
const [STEP_X, STEP_Y] = [146, 46];
const EDGE = 2;
/** Characters that a box has room for. */
const LONGEST = 20;
const BASELINE = 16;

/** Return the drawing with its table. */
export function drawing(graph: IOnnxGraph, words: IWords): HTMLElement {
  return make(
    'div',
    {},
    graph.grouped
      ? make(
          'p',
          { class: 'mlops-Report-note' },
          words.__('The graph is too large to be drawn box by box: each kind of operator is one.')
        )
      : null,
    picture(graph, words),
    table(graph, words)
  );
}

/** What stands in a box. */
function nodeText(node: IOnnxNode): string {
  return node.count === 1 || node.operators.length > 1
    ? node.label
    : `${node.label} ×${formatCount(node.count)}`;
}

function picture(graph: IOnnxGraph, words: IWords): HTMLElement {
  const places = graph.nodes.map(node => node.place);
  const left = Math.min(0, ...places);
  const width = BOX_WIDTH + (Math.max(0, ...places) - left) * STEP_X + 2 * EDGE;
  const height = BOX_HEIGHT + Math.max(0, ...graph.nodes.map(node => node.layer)) * STEP_Y + 2 * EDGE;
  const corner = (node: IOnnxNode): readonly [number, number] => [
    EDGE + (node.place - left) * STEP_X,
    EDGE + node.layer * STEP_Y
  ];
  const corners = graph.nodes.map(corner);
  const label = words._n(
    'Graph of %2 operator',
    'Graph of %2 operators',
    graph.total,
    formatCount(graph.total)
  );
  return make(
    'div',
    // It may be wider and longer than its place: who has no mouse moves it by the keyboard.
    { class: 'mlops-OnnxGraph', tabindex: 0, role: 'group', 'aria-label': label },
    draw(
      'svg',
      { role: 'img', 'aria-label': label, width, height, viewBox: `0 0 ${width} ${height}` },
      ...graph.links.map(([from, to]) => line(corners[from ?? 0], corners[to ?? 0])),
      ...graph.nodes.map((node, index) => box(node, corners[index] ?? [0, 0]))
    )
  );
}

function box(node: IOnnxNode, [x, y]: readonly [number, number]): SVGElement {
  const text = nodeText(node);
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
  return draw(
    'g',
    { class: `mlops-OnnxGraph-node mlops-mod-${node.kind}` },
    draw('title', {}, node.operators.length > 1 ? node.operators.join(', ') : text),
    draw('rect', { x, y, width: BOX_WIDTH, height: BOX_HEIGHT, rx: 3 }),
    draw('text', { x: x + BOX_WIDTH / 2, y: y + BASELINE }, short)
  );
}

function line(
  [fromX, fromY]: readonly [number, number] = [0, 0],
  [toX, toY]: readonly [number, number] = [0, 0]
): SVGElement {
  const [x0, y0, x1] = [fromX + BOX_WIDTH / 2, fromY + BOX_HEIGHT, toX + BOX_WIDTH / 2];
  const bend = (STEP_Y - BOX_HEIGHT) / 2;
  const path = `M${x0} ${y0}C${x0} ${y0 + bend} ${x1} ${toY - bend} ${x1} ${toY}`;
  return draw('path', { class: 'mlops-OnnxGraph-line', d: path });
}

function table(graph: IOnnxGraph, words: IWords): HTMLElement {
  const kinds = { input: words.__('input'), step: words.__('step'), output: words.__('output') };
  const rows = graph.nodes.map((node, at) => {
    const fed = graph.links.filter(([from]) => from === at).map(([, to]) => graph.nodes[to ?? 0]);
    const names = fed.flatMap(each => (each ? [each.label] : [])).join(', ');
    return [named(node.label), kinds[node.kind], formatCount(node.count), named(names)];
  });
  return figureTable(
    words,
    words.__('Graph'),
    [
      [words.__('box'), false],
      [words.__('kind'), false],
      [words.__('count'), true],
      [words.__('goes to'), false]
    ],
    rows
  );
}
