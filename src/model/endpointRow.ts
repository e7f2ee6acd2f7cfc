/** A row that is typed in for an endpoint: its fields, and the JSON that is sent. */

import { IEndpoint, IEndpointVersion } from '../api/types';

/** How a column is typed in. */
export type FieldKind = 'text' | 'flag' | 'whole' | 'number';

/** A column of the model. */
export interface IField {
  readonly name: string;
  readonly kind: FieldKind;
  /** What stands in it at first. */
  readonly first: string;
}

/** More fields than these nobody fills in: then the row is typed in as JSON. */
export const MOST_FIELDS = 60;

const WHOLE = /^-?(0|[1-9]\d*)$/;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** What was typed is not of the column's type. */
export class FieldError extends Error {
  /** Name the column. */
  constructor(readonly field: IField) {
    super(field.name);
  }
}

/** The fields of an endpoint's row; none where its columns have no names, or are too many. */
export function fieldsOf(endpoint: IEndpoint): readonly IField[] {
  const { inputs, example } = endpoint;
  const fields = inputs.flatMap(input =>
    input.columns.map(name => {
      const kind = kindOf(input.type);
      const value = example[name];
      return { name, kind, first: value === undefined ? nothing(kind) : value === null ? '' : String(value) };
    })
  );
  return inputs.every(input => input.columns.length) && fields.length <= MOST_FIELDS ? fields : [];
}

/** The request for a row, from what stands in its fields; throws `FieldError`. */
export function bodyOf(fields: readonly IField[], texts: readonly string[]): string {
  const cells = fields.map(
    (field, at) => `${JSON.stringify(field.name)}: ${literal(field, texts[at] ?? '')}`
  );
  return `{"dataframe_records": [{${cells.join(', ')}}]}`;
}

/** A request to begin with, for an endpoint whose row has no fields. */
export function firstBody(endpoint: IEndpoint): string {
  const { inputs, example } = endpoint;
  if (inputs.every(input => input.columns.length)) {
    const zeros = inputs.flatMap(input => input.columns.map(name => [name, empty(input.type)]));
    const row = Object.keys(example).length ? example : Object.fromEntries(zeros);
    return JSON.stringify({ dataframe_records: [row] }, null, 1);
  }
  const row = (shape: readonly (number | null)[], type: string): unknown =>
    shape.length ? Array.from({ length: shape[0] ?? 1 }, () => row(shape.slice(1), type)) : empty(type);
  const [first] = inputs;
  if (inputs.length === 1 && first) {
    return JSON.stringify({ instances: row([1, ...first.shape.slice(1)], first.type) });
  }
  const named = inputs.map(input => [input.name, row([1, ...input.shape.slice(1)], input.type)]);
  return JSON.stringify({ inputs: Object.fromEntries(named) });
}

/** The request that an endpoint's form begins with. */
export function requestToBegin(endpoint: IEndpoint): string {
  const fields = fieldsOf(endpoint);
  return fields.length
    ? bodyOf(
        fields,
        fields.map(field => field.first)
      )
    : firstBody(endpoint);
}

/** The version that a rollback lets answer; undefined where there is none. */
export function versionBefore(endpoint: IEndpoint): IEndpointVersion | undefined {
  return [...endpoint.versions].reverse().find(version => version.number < endpoint.current);
}

/** A command for a terminal that asks the same. */
export function curlOf(address: string, body: string): string {
  const quoted = (text: string) => `'${text.replace(/'/g, `'\\''`)}'`;
  return [
    `curl -X POST ${quoted(address)}`,
    '-H "Authorization: token $JUPYTER_TOKEN"',
    "-H 'Content-Type: application/json'",
    `-d ${quoted(body)}`
  ].join(' \\\n  ');
}

function kindOf(type: string): FieldKind {
  if (type === 'str') {
    return 'text';
  }
  return type === 'bool' ? 'flag' : type.startsWith('float') ? 'number' : 'whole';
}

function nothing(kind: FieldKind): string {
  return kind === 'text' ? '' : kind === 'flag' ? 'false' : '0';
}

function empty(type: string): unknown {
  return type === 'str' ? '' : type === 'bool' ? false : 0;
}

function literal(field: IField, text: string): string {
  const { kind } = field;
  const word = text.trim();
  if (kind === 'text') {
    return JSON.stringify(text);
  }
  if (kind === 'flag') {
    return word === 'true' ? 'true' : 'false';
  }
  if (kind === 'number' && word === '') {
    return 'null'; // A missing number; the endpoint says whether the model takes one.
  }
  if (!(kind === 'whole' ? WHOLE : NUMBER).test(word)) {
    throw new FieldError(field);
  }
  return word;
}
