/** How a picture becomes a tensor: its size, the order of its axes, and what a pixel is worth. */

import { IOnnxTensor } from '../../api/types';

const SMALLEST = 8;
const LARGEST = 2_048;
const TYPES = ['float32', 'float64', 'uint8', 'int32', 'int64'];

/** Brightness as televisions have it. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** What networks that were trained on ImageNet take away, and divide by. */
const [MEAN, SPREAD] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225]
] as const;

/** What a model takes of a picture. */
export interface IPicture {
  readonly width: number;
  readonly height: number;
  /** 1 is grey, 3 is red, green, blue. */
  readonly channels: 1 | 3;
  /** Whether all pixels of a colour stand together, as PyTorch has them. */
  readonly isPlanar: boolean;
}

/** What a pixel is worth. */
export type Scale = 'unit' | 'bytes' | 'signed' | 'imagenet';

/** Return how a tensor is a picture; null where its shape is none. */
export function pictureOf({ shape, type }: IOnnxTensor): IPicture | null {
  const [batch, ...dims] = shape;
  if (!TYPES.includes(type) || (batch !== null && batch !== 1)) {
    return null;
  }
  const [a, b, c] = dims;
  if (dims.length === 2 && isSide(a) && isSide(b)) {
    return { height: a, width: b, channels: 1, isPlanar: true };
  }
  if (dims.length === 3 && isColours(a) && isSide(b) && isSide(c)) {
    return { height: b, width: c, channels: a, isPlanar: true };
  }
  if (dims.length === 3 && isSide(a) && isSide(b) && isColours(c)) {
    return { height: a, width: b, channels: c, isPlanar: false };
  }
  return null;
}

/** What a pixel can be worth for this model; the first is the likeliest. */
export function scalesOf({ channels }: IPicture, type: string): readonly Scale[] {
  const scales: readonly Scale[] = type.startsWith('float')
    ? ['unit', 'bytes', 'signed', 'imagenet']
    : ['bytes'];
  return scales.filter(scale => scale !== 'imagenet' || channels === 3);
}

/** Return the values of a picture's tensor in order, of pixels as a canvas has them: red, green, blue, opacity. */
export function pixelValues(picture: IPicture, rgba: ArrayLike<number>, scale: Scale): readonly number[] {
  const { width, height, channels, isPlanar } = picture;
  const count = width * height;
  const valueAt = (pixel: number, channel: number): number => {
    const at = (offset: number) => rgba[pixel * 4 + offset] ?? 0;
    const byte = channels === 1 ? LUMA[0] * at(0) + LUMA[1] * at(1) + LUMA[2] * at(2) : at(channel);
    return scaled(byte, channel, scale);
  };
  return Array.from({ length: count * channels }, (_, index) =>
    isPlanar
      ? valueAt(index % count, Math.floor(index / count))
      : valueAt(Math.floor(index / channels), index % channels)
  );
}

/** Draw a file into a canvas of the model's size, on white; rejected for what is no picture. */
export async function drawPicture(file: Blob, canvas: HTMLCanvasElement): Promise<ArrayLike<number>> {
  const bitmap = await createImageBitmap(file);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new Error('The browser has no canvas left.');
  }
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height).data;
}

function scaled(byte: number, channel: number, scale: Scale): number {
  switch (scale) {
    case 'unit':
      return byte / 255;
    case 'bytes':
      return byte;
    case 'signed':
      return byte / 127.5 - 1;
    case 'imagenet':
      return (byte / 255 - (MEAN[channel] ?? 0)) / (SPREAD[channel] ?? 1);
  }
}

function isSide(length: number | null | undefined): length is number {
  return typeof length === 'number' && length >= SMALLEST && length <= LARGEST;
}

function isColours(length: number | null | undefined): length is 1 | 3 {
  return length === 1 || length === 3;
}
