import { IOnnxGraph, IOnnxNode } from '../../../../src/api/types';
import { drawing } from '../../../../src/view/onnx/drawing';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { place, seen } from '../../widgets/reader';

function node(
  label: string,
  kind: IOnnxNode['kind'],
  layer: number,
  more: Partial<IOnnxNode> = {}
): IOnnxNode {
  return { label, kind, layer, operators: [], count: 1, place: 0, ...more };
}

/** Two inputs that meet in a step, whose answer goes two ways. */
const GRAPH: IOnnxGraph = {
  nodes: [
    node('age', 'input', 0, { place: -1 }),
    node('town', 'input', 0, { place: 1 }),
    node('Concat', 'step', 1, { operators: ['Concat'] }),
    node('Linear', 'step', 2, { operators: ['Gemm', 'Add'], count: 2 }),
    node('label', 'output', 3, { place: -1 }),
    node('probabilities', 'output', 3, { place: 1 })
  ],
  links: [
    [0, 2],
    [1, 2],
    [2, 3],
    [3, 4],
    [3, 5]
  ],
  total: 3,
  grouped: false
};

function drawn(graph: IOnnxGraph = GRAPH): HTMLElement {
  const node = place();
  node.append(drawing(graph, ENGLISH));
  return node;
}

/** Each box by its text, with the place of its corner. */
function boxes(page: HTMLElement): readonly (readonly [string, number, number])[] {
  return [...page.querySelectorAll('g.mlops-OnnxGraph-node')].map(box => {
    const rect = box.querySelector('rect')!;
    return [
      box.querySelector('text')!.textContent!,
      Number(rect.getAttribute('x')),
      Number(rect.getAttribute('y'))
    ];
  });
}

function hints(page: HTMLElement): readonly string[] {
  return [...page.querySelectorAll('g.mlops-OnnxGraph-node title')].map(title => title.textContent!);
}

/** The table below the picture, unfolded. */
function table(page: HTMLElement): readonly (readonly string[])[] {
  const box = page.querySelector('details')!;
  box.open = true;
  box.dispatchEvent(new Event('toggle'));
  return [...box.querySelectorAll('tr')].map(row => [...row.children].map(cell => seen(cell.textContent)));
}

it('has a box for each node, inputs above, outputs below', () => {
  const found = boxes(drawn());
  expect(found.map(([text]) => text)).toEqual(['age', 'town', 'Concat', 'Linear', 'label', 'probabilities']);
  const [age, town, concat, linear, label, probabilities] = found;
  expect(age![2]).toBe(town![2]);
  expect(age![1]).toBeLessThan(concat![1]);
  expect(concat![1]).toBeLessThan(town![1]);
  expect(concat![2]).toBeGreaterThan(age![2]);
  expect(linear![2]).toBeGreaterThan(concat![2]);
  expect(label![2]).toBe(probabilities![2]);
});

it('has every box inside the picture, however far to the left it stands', () => {
  const page = drawn();
  const svg = page.querySelector('svg')!;
  const [width, height] = [Number(svg.getAttribute('width')), Number(svg.getAttribute('height'))];
  for (const box of page.querySelectorAll('rect')) {
    const [x, y, w, h] = ['x', 'y', 'width', 'height'].map(name => Number(box.getAttribute(name)));
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x! + w!).toBeLessThanOrEqual(width);
    expect(y! + h!).toBeLessThanOrEqual(height);
  }
});

it('has a line from each box to those that it feeds', () => {
  const page = drawn();
  const lines = [...page.querySelectorAll('.mlops-OnnxGraph-line')].map(line => line.getAttribute('d')!);
  expect(lines).toHaveLength(5);
  const [, concatX, concatY] = boxes(page)[2]!;
  const ends = lines.slice(0, 2).map(line => line.split(' ').slice(-2).map(Number));
  ends.forEach(([x, y]) => {
    expect(x).toBeGreaterThan(concatX);
    expect(y).toBe(concatY);
  });
});

it('says how often an operator stands there, what is in a box of several, and a long name on hover', () => {
  const long = 'a_name_that_is_longer_than_its_box';
  const page = drawn({
    nodes: [
      node('Relu', 'step', 0, { operators: ['Relu'], count: 12 }),
      node('Linear', 'step', 1, { operators: ['Gemm', 'Add'], count: 2 }),
      node(long, 'output', 2)
    ],
    links: [],
    total: 14,
    grouped: false
  });
  expect(boxes(page).map(([text]) => text)).toEqual(['Relu ×12', 'Linear', 'a_name_that_is_long…']);
  expect(hints(page)).toEqual(['Relu ×12', 'Gemm, Add', long]);
});

it('is a picture with a name, and can be moved by the keyboard where it is wider than its place', () => {
  const page = drawn();
  const group = page.querySelector<HTMLElement>('[role=group]')!;
  expect([group.getAttribute('aria-label'), group.tabIndex]).toEqual(['Graph of 3 operators', 0]);
  expect(page.querySelector('svg')!.getAttribute('role')).toBe('img');
  expect(
    drawn({ ...GRAPH, total: 1 })
      .querySelector('svg')!
      .getAttribute('aria-label')
  ).toBe('Graph of 1 operator');
});

it('is a table too: what each box is, and where it leads', () => {
  expect(table(drawn())).toEqual([
    ['box', 'kind', 'count', 'goes to'],
    ['age', 'input', '1', 'Concat'],
    ['town', 'input', '1', 'Concat'],
    ['Concat', 'step', '1', 'Linear'],
    ['Linear', 'step', '2', 'label, probabilities'],
    ['label', 'output', '1', ''],
    ['probabilities', 'output', '1', '']
  ]);
});

it('says when it was too large to be drawn box by box', () => {
  const word = 'The graph is too large to be drawn box by box: each kind of operator is one.';
  expect(drawn({ ...GRAPH, grouped: true }).textContent).toContain(word);
  expect(drawn().textContent).not.toContain(word);
});

it('shows names as text, whatever they are (B24)', () => {
  const nasty = '<img src=x onerror=alert(1)>';
  const page = drawn({ nodes: [node(nasty, 'input', 0)], links: [[0, 0]], total: 0, grouped: false });
  expect(hints(page)).toEqual([nasty]);
  expect(table(page)[1]![0]).toBe(nasty);
  expect(page.querySelector('img')).toBeNull();
});
