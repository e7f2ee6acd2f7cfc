import { FieldError, firstText, tableFeed, tableInput } from '../../../../src/view/onnx/feeds';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { seen } from '../../widgets/reader';
import { tensor } from './onnxReports';

const MIXED = [
  tensor('age', 'int64', [null, 1], { columns: ['age'] }),
  tensor('income', 'float64', [null, 1], { columns: ['income'] }),
  tensor('town', 'str', [null, 1], { columns: ['town'] }),
  tensor('member', 'bool', [null, 1])
];

function fed(inputs: readonly ReturnType<typeof tensor>[], ...texts: readonly (readonly string[])[]) {
  return inputs.map((input, at) => tableFeed(tableInput(input)!, texts[at] ?? [], ENGLISH));
}

it('gives each input a row of its type', () => {
  expect(fed(MIXED, ['42'], ['3.25'], [' Bern'], ['true'])).toEqual([
    { name: 'age', tensor: { type: 'int64', data: BigInt64Array.of(42n), dims: [1, 1] } },
    { name: 'income', tensor: { type: 'float64', data: Float64Array.of(3.25), dims: [1, 1] } },
    { name: 'town', tensor: { type: 'string', data: [' Bern'], dims: [1, 1] } },
    { name: 'member', tensor: { type: 'bool', data: Uint8Array.of(1), dims: [1, 1] } }
  ]);
});

it('gives texts in a list as a list, and columns of one tensor side by side', () => {
  expect(fed([tensor('text', 'str', [null])], ['a letter'])[0]!.tensor).toEqual({
    type: 'string',
    data: ['a letter'],
    dims: [1]
  });
  expect(fed([tensor('X', 'float32', [null, 3])], ['1', '', 'NaN'])[0]!.tensor).toEqual({
    type: 'float32',
    data: Float32Array.of(1, NaN, NaN),
    dims: [1, 3]
  });
  expect(fed([tensor('X', 'int32', [null, 2])], ['-1', '+2'])[0]!.tensor.data).toEqual(Int32Array.of(-1, 2));
});

it.each([
  ['1e3', 1000],
  ['-.5', -0.5],
  ['Infinity', Infinity]
])('reads %s as %d', (text, value) => {
  expect(fed([tensor('X', 'float64', [null, 1])], [text])[0]!.tensor.data).toEqual(Float64Array.of(value));
});

it('keeps a whole number that JavaScript has no number for', () => {
  expect(fed([tensor('X', 'int64', [null, 1])], ['9007199254740993'])[0]!.tensor.data).toEqual(
    BigInt64Array.of(9007199254740993n)
  );
});

it.each([
  ['float32', 'much', 'X 1: “much” is no number. Leave it empty for a missing one.'],
  ['float32', '0x10', 'X 1: “0x10” is no number. Leave it empty for a missing one.'],
  ['int64', '1.5', 'X 1: “1.5” is no whole number.'],
  ['int64', '', 'X 1: “” is no whole number.']
])('of %s refuses %p, and says where', (type, text, message) => {
  let told: unknown;
  try {
    fed([tensor('X', type, [null, 2])], ['0', text]);
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(FieldError);
  const { message: said, column } = told as FieldError;
  expect([seen(said), column]).toEqual([message, 1]);
});

it('calls columns as the data does, else by their numbers', () => {
  const labels = (...inputs: readonly ReturnType<typeof tensor>[]) =>
    inputs
      .map(input => tableInput(input)!)
      .map(({ columns }) => columns.map(({ label, kind }) => [label, kind]));
  expect(labels(...MIXED)).toEqual([
    [['age', 'whole']],
    [['income', 'number']],
    [['town', 'text']],
    [['member', 'flag']]
  ]);
  expect(labels(tensor('X', 'float32', [null, 2]))).toEqual([
    [
      ['X 0', 'number'],
      ['X 1', 'number']
    ]
  ]);
});

it.each([
  ['a picture', tensor('image', 'float32', [null, 28, 28])],
  ['a sequence of any length', tensor('tokens', 'int64', [null, null])],
  ['a batch that is not free', tensor('X', 'float32', [1, 4])],
  ['a type of which there are no fields', tensor('X', 'float16', [null, 4])],
  ['nothing', tensor('X', 'float32', [null, 0])]
])('is not for %s', (_, input) => {
  expect(tableInput(input)).toBeNull();
});

it('begins with zeros and empty texts', () => {
  expect((['number', 'whole', 'text', 'flag'] as const).map(firstText)).toEqual(['0', '0', '', '']);
});
