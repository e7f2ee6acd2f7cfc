import { FieldError } from '../../../../src/view/onnx/feeds';
import { dimsText, firstRow, pixelFeed, tensorFeed, tensorInput } from '../../../../src/view/onnx/tensors';
import { ENGLISH } from '../../../../src/widgets/report/words';
import { seen } from '../../widgets/reader';
import { tensor } from './onnxReports';

const input = (type: string, shape: readonly (number | null)[]) => tensorInput(tensor('X', type, shape))!;
const fed = (type: string, shape: readonly (number | null)[], text: string) =>
  tensorFeed(input(type, shape), text, ENGLISH).tensor;

it.each([
  [
    'a list of lists',
    'float32',
    [null, 2, 2],
    '[[1, 2], [3, null]]',
    Float32Array.of(1, 2, 3, NaN),
    [1, 2, 2]
  ],
  ['a free length', 'int64', [null, null], '[7, 8, 9]', BigInt64Array.of(7n, 8n, 9n), [1, 3]],
  ['a free length of nothing', 'int64', [null, null], '[]', BigInt64Array.of(), [1, 0]],
  ['a batch that is not free', 'float64', [1, 2], '[[1, 2]]', Float64Array.of(1, 2), [1, 2]],
  ['one value', 'int32', [], '5', Int32Array.of(5), []],
  ['texts', 'str', [null, 2, 1], '[["a"], ["1"]]', ['a', '1'], [1, 2, 1]],
  ['yes and no', 'bool', [null, 1, 2], '[[true, false]]', Uint8Array.of(1, 0), [1, 1, 2]],
  ['bytes', 'uint8', [null, 2, 1], '[[255], [0]]', Uint8Array.of(255, 0), [1, 2, 1]],
  [
    'more digits than a number has',
    'int64',
    [null, 1, 1],
    '[[9007199254740993]]',
    BigInt64Array.of(9007199254740993n),
    [1, 1, 1]
  ]
] as const)('reads %s', (_, type, shape, text, data, dims) => {
  expect(fed(type, shape, text)).toEqual({ type: type === 'str' ? 'string' : type, data, dims });
});

it.each([
  ['float32', [null, 2, 2], '[[1, 2]', /^X: this is no JSON \(SyntaxError/],
  ['float32', [null, 2, 2], '[1, 2]', /^X: a list is wanted at \[0\]\.$/],
  ['float32', [null, 2, 2], '7', /^X: a list is wanted at the outside\.$/],
  ['float32', [null, 2, 2], '[[1, 2], [3]]', /^X: 2 values are wanted at \[1\], and there are 1\.$/],
  ['float32', [null, null, null], '[[1, 2], [3]]', /^X: 2 values are wanted at \[1\], and there are 1\.$/],
  ['float32', [null, 1, 2], '[[1, "2"]]', /^X\[0\]\[1\]: "2" is no number\. Write null for a missing one\.$/],
  ['int64', [null, 1, 1], '[[1.5]]', /^X\[0\]\[0\]: 1\.5 is no whole number\.$/],
  ['int64', [null, 1, 1], '[["12"]]', /^X\[0\]\[0\]: "12" is no whole number\.$/],
  ['str', [null, 1, 1], '[[1]]', /^X\[0\]\[0\]: 1 is no text in quotes\.$/],
  ['bool', [null, 1, 1], '[[0]]', /^X\[0\]\[0\]: 0 is neither true nor false\.$/]
] as const)('of %s %p refuses %s, and says where', (type, shape, text, message) => {
  let told: unknown;
  try {
    fed(type, shape, text);
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(FieldError);
  expect(seen((told as FieldError).message)).toMatch(message);
});

it('begins with zeros in the shape of a row, or with nothing where they would be too many', () => {
  expect(firstRow(input('float32', [null, 2, 3]))).toBe('[[0, 0, 0],\n[0, 0, 0]]');
  expect(firstRow(input('str', [null, null]))).toBe('[""]');
  expect(firstRow(input('bool', []))).toBe('false');
  expect(firstRow(input('float32', [null, 3, 224, 224]))).toBe('');
});

it('begins with what it takes itself', () => {
  const shape = [null, 2, null, 3];
  expect(fed('int64', shape, firstRow(input('int64', shape))).dims).toEqual([1, 2, 1, 3]);
});

it('says what a row looks like', () => {
  expect(dimsText(input('float32', [null, 28, null]), ENGLISH)).toBe('28 × any');
  expect(dimsText(input('float32', [null]), ENGLISH)).toBe('one value');
});

it('has nothing to be typed for types that JavaScript has not', () => {
  expect(
    ['float16', 'complex64', 'toString'].map(type => tensorInput(tensor('X', type, [null, 2, 2])))
  ).toEqual([null, null, null]);
});

it('gives pixels as they stand, whole where the model takes whole numbers', () => {
  const pixels = Array.from({ length: 64 }, (_, at) => at + 0.4);
  expect(pixelFeed(input('uint8', [null, 8, 8]), pixels)).toEqual({
    name: 'X',
    tensor: { type: 'uint8', data: Uint8Array.from(pixels), dims: [1, 8, 8] }
  });
  expect(pixelFeed(input('float32', [1, 1, 8, 8]), pixels).tensor).toEqual({
    type: 'float32',
    data: Float32Array.from(pixels),
    dims: [1, 1, 8, 8]
  });
});
