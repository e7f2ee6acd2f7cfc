import { pictureOf, pixelValues, scalesOf } from '../../../../src/view/onnx/pictures';
import { tensor } from './onnxReports';

it.each([
  ['rows and columns', 'float32', [null, 28, 28], { height: 28, width: 28, channels: 1, isPlanar: true }],
  ["PyTorch's", 'float32', [null, 3, 32, 64], { height: 32, width: 64, channels: 3, isPlanar: true }],
  ["TensorFlow's", 'float32', [null, 32, 64, 3], { height: 32, width: 64, channels: 3, isPlanar: false }],
  ['grey', 'uint8', [1, 1, 8, 8], { height: 8, width: 8, channels: 1, isPlanar: true }],
  ['a table', 'float32', [null, 28], null],
  ['a sequence of vectors', 'float32', [null, 4, 16], null],
  ['a free size', 'float32', [null, 3, null, null], null],
  ['a batch of two', 'float32', [2, 28, 28], null],
  ['five colours', 'float32', [null, 5, 32, 32], null],
  ['texts', 'str', [null, 28, 28], null],
  ['too large', 'float32', [null, 3, 4096, 4096], null],
  ['films', 'float32', [null, 3, 16, 32, 32], null]
] as const)('knows the shape of a picture: %s', (_, type, shape, picture) => {
  expect(pictureOf(tensor('X', type, shape))).toEqual(picture);
});

/** Two pixels of a canvas: red, and a dark cyan. */
const RGBA = [255, 0, 0, 255, 0, 51, 51, 255];
const of = (channels: 1 | 3, isPlanar: boolean) => ({ width: 2, height: 1, channels, isPlanar });

it('orders colours as the model has them', () => {
  expect(pixelValues(of(3, true), RGBA, 'bytes')).toEqual([255, 0, 0, 51, 0, 51]);
  expect(pixelValues(of(3, false), RGBA, 'bytes')).toEqual([255, 0, 0, 0, 51, 51]);
});

it('makes brightness of colours for a grey model', () => {
  const [red, cyan] = pixelValues(of(1, true), RGBA, 'bytes');
  expect(red).toBeCloseTo(76.245);
  expect(cyan).toBeCloseTo(51 * (0.587 + 0.114));
});

it('says of a pixel what it is worth', () => {
  expect(pixelValues(of(3, false), RGBA, 'unit').slice(0, 2)).toEqual([1, 0]);
  expect(pixelValues(of(3, false), RGBA, 'signed').slice(0, 2)).toEqual([1, -1]);
  const [red, green] = pixelValues(of(3, false), RGBA, 'imagenet');
  expect(red).toBeCloseTo(2.2489);
  expect(green).toBeCloseTo(-2.0357);
});

it('offers only what makes sense for a model', () => {
  expect(scalesOf(of(3, true), 'float32')).toEqual(['unit', 'bytes', 'signed', 'imagenet']);
  expect(scalesOf(of(1, true), 'float64')).toEqual(['unit', 'bytes', 'signed']);
  expect(scalesOf(of(3, true), 'uint8')).toEqual(['bytes']);
});
