/** Inputs beyond tables: what one row of a tensor looks like as JSON, and as a picture. */

import { parseExactly } from '../../api/endpoints';
import { IOnnxTensor } from '../../api/types';
import { IWords, isolated } from '../../widgets/report/words';
import { FieldError, Kind, kindOf, typed } from './feeds';
import { IPicture, pictureOf } from './pictures';
import { IFeed } from './session';

/** More values are not written out as zeros to begin with. */
const MOST_ZEROS = 1_024;

/** More values nobody pastes into a page. */
const MOST_VALUES = 1_000_000;

/** An input that takes a tensor. */
export interface ITensorInput {
  readonly tensor: IOnnxTensor;
  readonly kind: Kind;
  /** Lengths of the axes of one row; null where they are free. */
  readonly dims: readonly (number | null)[];
  /** How a picture becomes one; null where it is none. */
  readonly picture: IPicture | null;
}

/** Return an input as a tensor; null where nothing can be typed for its type. */
export function tensorInput(tensor: IOnnxTensor): ITensorInput | null {
  const kind = kindOf(tensor.type);
  return kind ? { tensor, kind, dims: rowDims(tensor), picture: pictureOf(tensor) } : null;
}

/** The row that a form begins with: zeros and empty texts, or nothing where that is too long to be read. */
export function firstRow({ dims, kind }: ITensorInput): string {
  const count = dims.reduce<number>((product, length) => product * (length ?? 1), 1);
  const nothing = kind === 'text' ? '""' : kind === 'flag' ? 'false' : '0';
  const row = ([length, ...rest]: readonly (number | null)[]): string =>
    length === undefined
      ? nothing
      : `[${Array.from({ length: length ?? 1 }, () => row(rest)).join(rest.length ? ',\n' : ', ')}]`;
  return count > MOST_ZEROS ? '' : row(dims);
}

/** Return what the model takes, of a row as JSON. Throws `FieldError` for what is none. */
export function tensorFeed(input: ITensorInput, text: string, words: IWords): IFeed {
  const { tensor, dims } = input;
  const label = isolated(tensor.name);
  let row: unknown;
  try {
    row = parseExactly(text);
  } catch (error) {
    throw new FieldError(words.__('%1: this is no JSON (%2).', label, String(error)));
  }
  const values: unknown[] = [];
  const lengths: number[] = [];
  const walk = (value: unknown, axis: number, path: string): void => {
    if (axis === dims.length) {
      const known = scalar(input.kind, value);
      if (known === null || values.length >= MOST_VALUES) {
        throw new FieldError(complaint(input, value, path, words));
      }
      values.push(known);
      return;
    }
    const wanted = lengths[axis] ?? dims[axis] ?? null;
    if (!Array.isArray(value) || (wanted !== null && value.length !== wanted)) {
      throw new FieldError(lengthComplaint(label, value, wanted, path, words));
    }
    lengths[axis] = value.length;
    value.forEach((each, at) => walk(each, axis + 1, `${path}[${at}]`));
  };
  walk(row, 0, '');
  const shape = hasBatch(tensor) ? [1, ...lengths] : lengths;
  return { name: tensor.name, tensor: { ...typed(tensor.type, values), dims: shape } };
}

/** Return what the model takes, of values that stand in order already. */
export function pixelFeed({ tensor, dims, kind }: ITensorInput, pixels: readonly number[]): IFeed {
  const values = kind === 'whole' ? pixels.map(value => BigInt(Math.round(value))) : pixels;
  const lengths = dims.map(length => length ?? 1);
  const shape = hasBatch(tensor) ? [1, ...lengths] : lengths;
  return { name: tensor.name, tensor: { ...typed(tensor.type, values), dims: shape } };
}

/** What one row looks like, in words: `28 × 28`. */
export function dimsText({ dims }: ITensorInput, words: IWords): string {
  return dims.length ? dims.map(length => length ?? words.__('any')).join(' × ') : words.__('one value');
}

function hasBatch({ shape }: IOnnxTensor): boolean {
  return shape.length > 0 && shape[0] === null;
}

function rowDims(tensor: IOnnxTensor): readonly (number | null)[] {
  return hasBatch(tensor) ? tensor.shape.slice(1) : tensor.shape;
}

/** Null for what is no value of the kind. A missing number is one that is not a number. */
function scalar(kind: Kind, value: unknown): number | string | bigint | boolean | null {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : null;
    case 'flag':
      return typeof value === 'boolean' ? value : null;
    case 'whole':
      // One with more digits than a number has here comes as a text.
      return Number.isInteger(value) || (typeof value === 'string' && /^-?\d{16,19}$/.test(value))
        ? BigInt.asIntN(64, BigInt(value as number | string))
        : null;
    case 'number':
      return value === null ? NaN : typeof value === 'number' ? value : null;
  }
}

function complaint({ kind, tensor }: ITensorInput, value: unknown, path: string, words: IWords): string {
  const [label, text] = [isolated(`${tensor.name}${path}`), JSON.stringify(value)];
  switch (kind) {
    case 'text':
      return words.__('%1: %2 is no text in quotes.', label, text);
    case 'flag':
      return words.__('%1: %2 is neither true nor false.', label, text);
    case 'whole':
      return words.__('%1: %2 is no whole number.', label, text);
    case 'number':
      return words.__('%1: %2 is no number. Write null for a missing one.', label, text);
  }
}

function lengthComplaint(
  label: string,
  value: unknown,
  wanted: number | null,
  path: string,
  words: IWords
): string {
  const place = path || words.__('the outside');
  if (!Array.isArray(value)) {
    return words.__('%1: a list is wanted at %2.', label, place);
  }
  return words.__(
    '%1: %2 values are wanted at %3, and there are %4.',
    label,
    wanted ?? 0,
    place,
    value.length
  );
}
