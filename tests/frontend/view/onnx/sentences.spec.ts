import { IOnnxCard } from '../../../../src/api/types';
import {
  deployLine,
  headText,
  milliseconds,
  outsideTexts,
  repairText,
  sameText,
  shapeText,
  smallerTexts,
  speedText
} from '../../../../src/view/onnx/sentences';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { seen } from '../../widgets/reader';
import { onnxCard, tensor } from './onnxReports';

const LATENCY = { rows: 1, onnx_p50: 18e-6, onnx_p95: 2e-5, original_p50: 7e-4, original_p95: 1e-3 };
const PARITY = onnxCard().parity;
const NONE = { given: 0, checked: 0, differing: 0, labels: 0 };

describe('the head', () => {
  it.each<[string, Partial<IOnnxCard>]>([
    ['opset 22 · 41 KB · 2 operators · inputs as your data’s 2 columns (float32)', {}],
    ['opset 22 · 41 KB · 1 operator · inputs as your data’s 2 columns (float32)', { operators: { Gemm: 1 } }],
    [
      'opset 0 · 41 KB · 2 operators · input: float32',
      { opsets: {}, inputs: [tensor('X', 'float32', [null, 3])] }
    ],
    [
      'opset 22 · 41 KB · 2 operators · inputs as your data’s 3 columns (float32, str)',
      {
        inputs: [
          tensor('a', 'float32', [null, 1], { columns: ['a'] }),
          tensor('b', 'float32', [null, 1]),
          tensor('c', 'str', [null, 1], { columns: ['c'] })
        ]
      }
    ]
  ])('%s', (text, change) => {
    expect(headText(onnxCard(change), ENGLISH)).toBe(text);
  });
});

describe('whether it is the same model', () => {
  const same = (change: Partial<IOnnxCard['parity']>, more: Partial<IOnnxCard> = {}) =>
    sameText(onnxCard({ parity: { ...PARITY, ...change }, ...more }), ENGLISH);
  const rows = { given: 10, checked: 10, differing: 0, labels: 10 };

  it('is told with the rows that were checked, and the labels that are equal', () => {
    expect(same({ real: rows, edge: NONE })).toBe(
      'Same model: 10 rows + 0 edge rows checked, labels equal 10 of 10, largest difference 3.2e-7.'
    );
  });

  it('is told without labels for a model that says none', () => {
    const outputs = [tensor('y', 'float32', [null, 1], { method: 'transform' })];
    expect(same({ real: rows, edge: NONE }, { outputs })).toBe(
      'Same model: 10 rows + 0 edge rows checked, largest difference 3.2e-7.'
    );
  });

  it.each([
    [1, '1 row differs, as allowed:'],
    [1200, '1,200 rows differ, as allowed:']
  ])('is never said of one of which %d rows differ', (differing, verdict) => {
    expect(same({ real: { ...rows, differing: differing - 1 }, edge: { ...NONE, differing: 1 } })).toMatch(
      new RegExp(`^${verdict}`)
    );
  });
});

describe('a repair', () => {
  const tried = { variant: 'float32', differing: 0, problem: '' };

  it('is told with why the library’s own way would not do', () => {
    const repaired = (change: Partial<IOnnxCard>) =>
      repairText(onnxCard({ repaired: true, ...change }), ENGLISH);
    expect(repaired({ tried: [] })).toBe('Repaired: double.');
    expect(repaired({ tried: [{ ...tried, differing: 1 }] })).toBe(
      'Repaired: double (float32 as it is: 1 row differs).'
    );
    expect(repaired({ tried: [{ ...tried, problem: 'no operator for it' }] })).toBe(
      'Repaired: double (float32 as it is: no operator for it).'
    );
  });

  it('is not told where there was none', () => {
    expect(repairText(onnxCard({ repaired: false, tried: [tried] }), ENGLISH)).toBe('');
  });
});

describe('the speed', () => {
  it.each([
    [{}, 'Speed, one row: p50 0.018 ms against 0.7 ms (39 times as quick); p95 0.02 against 1 ms.'],
    [
      { rows: 10_000, onnx_p50: 7e-4 },
      'Speed, 10,000 rows: p50 0.7 ms against 0.7 ms (1.0 times as quick); p95 0.02 against 1 ms.'
    ],
    [
      { onnx_p50: 14e-4 },
      'Speed, one row: p50 1.4 ms against 0.7 ms (0.50 times as quick); p95 0.02 against 1 ms.'
    ],
    [{ onnx_p50: 0 }, 'Speed, one row: p50 0 ms against 0.7 ms (0.0 times as quick); p95 0.02 against 1 ms.']
  ])('%j', (change, text) => {
    expect(speedText({ ...LATENCY, ...change }, ENGLISH)).toBe(text);
  });

  it('has three digits', () => {
    expect([0.0000184567, 0.0123456, 1.5].map(milliseconds)).toEqual(['0.0185', '12.3', '1500']);
  });
});

describe('the smaller file', () => {
  const made = {
    kind: 'int8',
    file: 'shop.int8.onnx',
    size: 12_000,
    problem: '',
    measure: 'accuracy',
    score: 0.94,
    original_score: 0.95,
    parity: { ...PARITY, real: { ...NONE, checked: 3000, differing: 12 }, edge: { ...NONE, checked: 214 } },
    latency: [LATENCY]
  } as unknown as NonNullable<IOnnxCard['quantised']>;
  const told = (change: object) =>
    smallerTexts(onnxCard({ quantised: { ...made, ...change } }), ENGLISH).map(seen);

  it('is told with its size, what it costs, and its speed', () => {
    expect(told({})).toEqual([
      'int8: shop.int8.onnx, 12 KB of 41 KB; 12 of 3,000 rows and 0 of 214 edge rows answer otherwise.',
      'accuracy: 0.94 against the original’s 0.95.',
      'Speed, one row: p50 0.018 ms against 0.7 ms (39 times as quick); p95 0.02 against 1 ms.'
    ]);
  });

  it('is told with why it was not written', () => {
    expect(told({ problem: 'it answers otherwise too often', measure: '' })).toEqual([
      'int8 not written: it answers otherwise too often',
      ''
    ]);
  });

  it('is not told where nobody asked for one', () => {
    expect(smallerTexts(onnxCard({ quantised: null }), ENGLISH)).toEqual([]);
  });
});

it('says what was not compared, by reason, the rarest together', () => {
  const domain = Array.from({ length: 8 }, (_, n) => ({ reason: `reason ${n}`, rows: n + 1 }));
  const said = outsideTexts(onnxCard({ parity: { ...PARITY, domain } }), ENGLISH);
  expect(said).toEqual([
    '1 row: reason 0',
    '2 rows: reason 1',
    '3 rows: reason 2',
    '4 rows: reason 3',
    '5 rows: reason 4',
    '6 rows: reason 5',
    '15 rows for other reasons'
  ]);
  expect(outsideTexts(onnxCard(), ENGLISH)).toEqual([]);
});

it.each([
  ['shop.onnx', '', '%deploy shop.onnx --to local'],
  ['my models/shop.onnx', '', "%deploy 'my models/shop.onnx' --to local"],
  ["it's.onnx", '', `%deploy 'it'"'"'s.onnx' --to local`],
  ['', '0123456789abcdef', '%deploy 01234567 --to local'],
  ['', '', '']
])('of the file %j and the run %j is served by %j', (path, run_id, line) => {
  expect(deployLine(onnxCard({ path, run_id }))).toBe(line);
});

it('says the shape of an input, its free side as rows', () => {
  expect(shapeText(tensor('X', 'float32', [null, 3, 8, 8]), ENGLISH)).toBe('float32[rows, 3, 8, 8]');
});
