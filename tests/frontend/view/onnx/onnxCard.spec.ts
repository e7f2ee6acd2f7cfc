import { IOnnxCard } from '../../../../src/api/types';
import { show } from '../../../../src/view/onnx/onnxCard';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { seen, texts } from '../../widgets/reader';
import { onnxCard, tensor } from './onnxReports';

function shown(data: unknown = onnxCard()) {
  const place = document.createElement('div');
  const report = show(place, data, { words: ENGLISH });
  return { place, report, said: texts(place, '.mlops-Report-sentence') };
}

const changed = (changes: Partial<IOnnxCard>) => shown(onnxCard(changes));

it('says what was written, and that it is the same model', () => {
  const { place, said } = shown();
  expect(seen(place.querySelector('.mlops-OnnxCard-head')!.textContent)).toBe(
    '✓shop.onnxopset 22 · 41 KB · 2 operators · inputs as your data’s 2 columns (float32)'
  );
  expect(said).toEqual([
    'Same model: 3,000 rows + 214 of 234 edge rows checked, labels equal 3,214 of 3,214, largest difference 3.2e-7.',
    'Speed, one row: p50 0.018 ms against 0.7 ms (39 times as quick); p95 0.02 against 1 ms.'
  ]);
});

it('says what was allowed to differ, and what was repaired', () => {
  const { parity } = onnxCard();
  const real = { given: 10, checked: 10, differing: 1, labels: 0 };
  const tried = [{ variant: 'float32', differing: 431, problem: '' }];
  const { place, said } = changed({ parity: { ...parity, real }, repaired: true, tried, latency: [] });
  expect(said).toEqual([
    'Repaired: double (float32 as it is: 431 rows differ).',
    '1 row differs, as allowed: 10 rows + 214 of 234 edge rows checked, labels equal 214 of 224, largest difference 3.2e-7.'
  ]);
  expect(place.querySelector('.mlops-OnnxCard-mark')!.textContent).toBe('!');
  expect(changed({ repaired: true, tried: [], latency: [] }).said[0]).toBe('Repaired: double.');
});

it('says what became of the smaller file', () => {
  const { parity, latency } = onnxCard();
  const real = { given: 3000, checked: 3000, differing: 3, labels: 2998 };
  const quantised = {
    kind: 'dynamic int8',
    problem: '',
    file: 'shop.int8.onnx',
    sha256: '1'.repeat(64),
    size: 12_000,
    parity: { ...parity, real },
    latency,
    measure: 'accuracy',
    score: 0.953,
    original_score: 0.95612
  };
  expect(changed({ quantised }).said.slice(2)).toEqual([
    'dynamic int8: shop.int8.onnx, 12 KB of 41 KB; 3 of 3,000 rows and 0 of 214 edge rows answer otherwise.',
    'accuracy: 0.953 against the original’s 0.9561.',
    'Speed, one row: p50 0.018 ms against 0.7 ms (39 times as quick); p95 0.02 against 1 ms.'
  ]);
  const refused = { ...quantised, problem: '99 of 3,000 given rows answer otherwise.', measure: '' };
  expect(changed({ quantised: refused }).said.slice(2)).toEqual([
    'dynamic int8 not written: 99 of 3,000 given rows answer otherwise.'
  ]);
});

it('lists what was not compared, the rest of it in one line', () => {
  const domain = Array.from({ length: 8 }, (_, at) => ({ reason: `reason ${at}`, rows: at + 1 }));
  const { place } = changed({ parity: { ...onnxCard().parity, domain } });
  const part = [...place.querySelectorAll('details')].find(
    each => each.querySelector('summary')?.textContent === 'Not compared'
  )!;
  expect(texts(part, 'li')).toEqual([
    '1 row: reason 0',
    ...[1, 2, 3, 4, 5].map(at => `${at + 1} rows: reason ${at}`),
    '15 rows for other reasons'
  ]);
});

it('draws the graph, and says the same as a table', () => {
  const { place } = shown();
  const picture = place.querySelector('.mlops-OnnxGraph svg')!;
  expect(picture.getAttribute('aria-label')).toBe('Graph of 2 operators');
  expect(texts(picture, 'text')).toEqual(['X', 'Scaler ×2', 'label']);
  expect(picture.querySelectorAll('path')).toHaveLength(2);
  const table = place.querySelector<HTMLDetailsElement>(
    '.mlops-Report-table details, details.mlops-Report-table'
  )!;
  table.open = true;
  table.dispatchEvent(new Event('toggle'));
  expect(texts(table, 'tbody tr')).toEqual(['Xinput1Scaler', 'Scalerstep2label', 'labeloutput1']);
});

it('says that a graph was too large to be drawn box by box', () => {
  const graph = { ...onnxCard().graph!, grouped: true };
  expect(changed({ graph }).place.textContent).toContain('each kind of operator is one');
  expect(changed({ graph: null }).place.querySelector('svg')).toBeNull();
});

it('says how each input and output is called, and what it is', () => {
  const inputs = [tensor('X', 'float32', [null, 2])];
  const { place } = changed({ inputs });
  expect(texts(place, 'table[aria-label="Inputs and outputs"] tbody tr')).toEqual([
    'Xgoes infloat32[rows, 2]your data',
    'labelcomes outstr[rows]predict',
    'probabilitiescomes outfloat32[rows, 2]predict_proba: buys, looks'
  ]);
  expect(texts(place, 'pre')).toEqual(['%deploy shop.onnx --to local', 'import onnxruntime as ort']);
});

it.each([
  [{ path: 'models/shop.onnx' }, '%deploy models/shop.onnx --to local'],
  [{ path: "mine's & yours.onnx" }, `%deploy 'mine'"'"'s & yours.onnx' --to local`],
  [{ path: '', run_id: 'a1b2c3d4'.repeat(4) }, '%deploy a1b2c3d4 --to local']
])('says how it is served: %p', (changes, line) => {
  expect(texts(changed(changes).place, 'pre')[0]).toBe(line);
});

it('is read as a run keeps it, without what only a notebook knows', () => {
  const kept = Object.fromEntries(
    Object.entries(onnxCard()).filter(([key]) => !['path', 'usage', 'graph', 'notes'].includes(key))
  );
  expect(shown(kept).said).toHaveLength(2);
});

it('goes away whole', () => {
  const { place, report } = shown();
  report.dispose();
  expect(place.childElementCount).toBe(0);
});

describe('B25: what is no report of an export', () => {
  const node = onnxCard().graph!.nodes[0]!;
  const graphs = {
    'a link to nowhere': { links: [[0, 9]] },
    'a link of one end': { links: [[0]] },
    'a box far away': { nodes: [{ ...node, layer: 1e9 }], links: [] },
    'a box above the page': { nodes: [{ ...node, layer: -1 }], links: [] },
    'more boxes than a drawing has': { nodes: Array.from({ length: 201 }, () => node), links: [] }
  };

  it.each(Object.entries(graphs))('has a graph with %s', (_, changes) => {
    const graph = { ...onnxCard().graph!, ...changes };
    expect(changed({ graph }).place.textContent).toMatch(/“graph” is not what it should be/);
  });

  it.each([[null], ['text'], [{}], [{ version: 1 }], [{ ...onnxCard(), inputs: 'x' }]])('is %p', data => {
    const { place, report } = shown(data);
    expect(place.textContent).toMatch(/cannot be shown/);
    report.dispose();
    expect(place.childElementCount).toBe(0);
  });

  it('is of a newer version', () => {
    expect(shown({ ...onnxCard(), version: 9 }).place.textContent).toMatch(/newer jupyter-mlops/);
  });

  it('holds markup as text', () => {
    const evil = '<img src=x onerror=alert(1)>';
    const { place } = changed({
      file: evil,
      notes: [evil],
      usage: { [evil]: evil },
      operators: { [evil]: 1 }
    });
    expect(place.querySelector('img')).toBeNull();
    expect(place.textContent).toContain(evil);
  });
});
