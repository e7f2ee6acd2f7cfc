/** From what a reader types to what a model takes: one row, a field for each column. */

import { IOnnxTensor } from '../../api/types';
import { IWords, isolated } from '../../widgets/report/words';
import { IFeed } from './session';

/** What kind of thing is typed. */
export type Kind = 'number' | 'whole' | 'text' | 'flag';

/** One place of a row. */
export interface IColumn {
  readonly label: string;
  readonly kind: Kind;
}

/** An input that takes a table, and its columns. */
export interface ITableInput {
  readonly tensor: IOnnxTensor;
  readonly columns: readonly IColumn[];
}

/** A text that is no value, and whose it is. */
export class FieldError extends Error {
  /** Say which column it is about. */
  constructor(
    message: string,
    readonly column = 0
  ) {
    super(message);
  }
}

const KINDS: Readonly<Record<string, Kind>> = {
  float32: 'number',
  float64: 'number',
  int64: 'whole',
  int32: 'whole',
  uint8: 'whole',
  bool: 'flag',
  str: 'text'
};

/** What is typed for a type of ONNX; undefined where nothing can be. */
export function kindOf(type: string): Kind | undefined {
  return Object.prototype.hasOwnProperty.call(KINDS, type) ? KINDS[type] : undefined;
}

/** Return an input as columns of a table; null where it takes something else, such as a picture. */
export function tableInput(tensor: IOnnxTensor): ITableInput | null {
  const [rows, width = 1, ...more] = tensor.shape;
  const kind = kindOf(tensor.type);
  if (!kind || rows !== null || width === null || width < 1 || more.length) {
    return null;
  }
  const label = (at: number) => tensor.columns[at] ?? (width > 1 ? `${tensor.name} ${at}` : tensor.name);
  return { tensor, columns: Array.from({ length: width }, (_, at) => ({ label: label(at), kind })) };
}

/** What a field holds before anybody types. */
export function firstText(kind: Kind): string {
  return kind === 'number' || kind === 'whole' ? '0' : '';
}

/** Return what the model takes. Throws `FieldError` for a text that is no value. */
export function tableFeed({ tensor, columns }: ITableInput, texts: readonly string[], words: IWords): IFeed {
  const row = columns.map((column, at) => {
    const text = texts[at] ?? '';
    const value = valueOf(column.kind, text);
    if (value === null) {
      throw new FieldError(complaint(column, text, words), at);
    }
    return value;
  });
  const dims = tensor.shape.length === 1 ? [1] : [1, row.length];
  return { name: tensor.name, tensor: { ...typed(tensor.type, row), dims } };
}

/** Null for a text that is no value of the kind. A missing number is one that is not a number. */
function valueOf(kind: Kind, text: string): number | string | bigint | boolean | null {
  const bare = text.trim();
  switch (kind) {
    case 'text':
      return text;
    case 'flag':
      return bare === 'true';
    case 'whole':
      return /^[+-]?\d{1,19}$/.test(bare) ? BigInt.asIntN(64, BigInt(bare.replace(/^\+/, ''))) : null;
    case 'number': {
      if (bare === '' || /^nan$/i.test(bare)) {
        return NaN;
      }
      const value = Number(bare);
      return Number.isNaN(value) || /^0[xob]/i.test(bare) ? null : value;
    }
  }
}

function complaint({ label, kind }: IColumn, text: string, words: IWords): string {
  return kind === 'whole'
    ? words.__('%1: “%2” is no whole number.', isolated(label), text)
    : words.__('%1: “%2” is no number. Leave it empty for a missing one.', isolated(label), text);
}

/** Return values of one type as onnxruntime takes them. */
export function typed(type: string, row: readonly unknown[]): Pick<IFeed['tensor'], 'type' | 'data'> {
  switch (type) {
    case 'float32':
      return { type, data: Float32Array.from(row as number[]) };
    case 'float64':
      return { type, data: Float64Array.from(row as number[]) };
    case 'int64':
      return { type, data: BigInt64Array.from(row as bigint[]) };
    case 'int32':
      return { type, data: Int32Array.from(row as bigint[], Number) };
    case 'bool':
    case 'uint8':
      return { type, data: Uint8Array.from(row as (boolean | bigint)[], Number) };
    default:
      return { type: 'string', data: row as string[] };
  }
}
