/**
 * The models that a run has logged, as MLflow describes them in `MLmodel`: flavor, size, and what goes in and comes out.
 *
 * Reads the YAML that MLflow writes - keys by indentation, JSON in quotes - and no more of YAML than that: what is
 * written otherwise is not shown, and the file itself is among the artifacts.
 */

import { request } from '../api/request';
import { RunApi } from '../api/runs';
import { IArtifactEntry } from '../api/types';

const MOST_MODELS = 20;
const MOST_COLUMNS = 1000;
const LARGEST_BYTES = 5_000_000;
const DESCRIPTION = 'MLmodel';
/** Where MLflow 3 keeps models, and what MLflow 2 calls a model's folder unless it is told otherwise. */
const FOLDERS = /^models?$/;
/** What every model is besides: a function of Python. */
const GENERIC = 'python_function';

/** A column or tensor that goes in or comes out, or a parameter of predicting. */
export interface IModelField {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
}

/** A model, as its description says. */
export interface IModelDescription {
  /** The model's folder among the artifacts. */
  readonly path: string;
  readonly flavor: string;
  /** The flavor's own words: version of the library, file, format. */
  readonly facts: Readonly<Record<string, string>>;
  readonly size: number | null;
  /** When it was logged, UTC. */
  readonly createdAt: string;
  /** null: it was logged without. */
  readonly inputs: readonly IModelField[] | null;
  readonly outputs: readonly IModelField[] | null;
  readonly params: readonly IModelField[] | null;
}

/** Return whether there may be models among these artifacts. */
export function mayHaveModels(root: readonly IArtifactEntry[]): boolean {
  return root.some(entry => entry.is_folder && FOLDERS.test(entry.path));
}

/** Return the models among a run's artifacts. */
export async function findModels(
  api: RunApi,
  runId: string,
  root: readonly IArtifactEntry[],
  signal: AbortSignal
): Promise<readonly IModelDescription[]> {
  const folders = root.filter(entry => entry.is_folder && FOLDERS.test(entry.path));
  const pages = await Promise.all(folders.map(folder => api.artifacts(runId, folder.path)));
  const below = pages
    .flatMap(page => page.entries)
    .filter(entry => entry.is_folder)
    .slice(0, MOST_MODELS);
  const deeper = await Promise.all(below.map(folder => api.artifacts(runId, folder.path)));
  const files = [...pages, ...deeper]
    .flatMap(page => page.entries)
    .filter(entry => entry.path.endsWith(`/${DESCRIPTION}`) && entry.size <= LARGEST_BYTES);
  return Promise.all(
    files.slice(0, MOST_MODELS).map(async file => {
      const answer = await request(api.settings, api.artifactUrl(runId, file.path), { signal });
      return readModel(file.path.slice(0, -DESCRIPTION.length - 1), await answer.text());
    })
  );
}

/** Read a description. */
export function readModel(path: string, text: string): IModelDescription {
  const whole = readBlock(text, 0);
  const flavors = readBlock(whole.get('flavors') ?? '', 2);
  const flavor = [...flavors.keys()].find(name => name !== GENERIC) ?? [...flavors.keys()][0] ?? '';
  const facts = [...readBlock(flavors.get(flavor) ?? '', 4)]
    .map(([key, value]) => [key, scalar(value)] as const)
    .filter(([key, value]) => key !== 'code' && value && !value.includes('\n'));
  const signature = readBlock(whole.get('signature') ?? '', 2);
  const size = Number(scalar(whole.get('model_size_bytes') ?? ''));
  return {
    path,
    flavor,
    facts: Object.fromEntries(facts),
    size: size > 0 ? size : null,
    createdAt: `${scalar(whole.get('utc_time_created') ?? '').replace(' ', 'T')}Z`.replace(/^Z$/, ''),
    inputs: readFields(signature.get('inputs')),
    outputs: readFields(signature.get('outputs')),
    params: readFields(signature.get('params'))
  };
}

/** Return the keys that stand `indent` deep, each with the text up to the next of them. */
function readBlock(text: string, indent: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const key = new RegExp(`^ {${indent}}([\\w.-]+):(?: (.*))?$`);
  let last = '';
  for (const line of text.split(/\r?\n/)) {
    const match = key.exec(line);
    if (match) {
      last = match[1] ?? '';
      found.set(last, match[2] ?? '');
    } else if (last) {
      found.set(last, `${found.get(last)}\n${line}`);
    }
  }
  return found;
}

/** A value as text: folded lines become one, quotes and null go. */
function scalar(value: string): string {
  const text = value.trim();
  if (/^'[\s\S]*'$/.test(text)) {
    return text.slice(1, -1).replace(/\n\s*/g, ' ').replace(/''/g, "'");
  }
  if (/^"[\s\S]*"$/.test(text)) {
    // A line that ends in a backslash goes on at once; the escapes of JSON are among those of YAML.
    const folded = text.replace(/\\\n\s*(?:\\(?= ))?/g, '').replace(/\n\s*/g, ' ');
    return String(parsed(folded) ?? '');
  }
  return text === 'null' ? '' : text;
}

/** Read a part of a signature. */
function readFields(value: string | undefined): readonly IModelField[] | null {
  const list = parsed(scalar(value ?? ''));
  return Array.isArray(list) ? list.slice(0, MOST_COLUMNS).map(readField) : null;
}

function readField(field: unknown): IModelField {
  const { name, type, required, 'tensor-spec': tensor, default: preset } = asRecord(field);
  const { dtype, shape } = asRecord(tensor);
  const given = tensor ? `${String(dtype)} ${JSON.stringify(shape ?? [])}` : typeText(type);
  return {
    name: typeof name === 'string' || typeof name === 'number' ? String(name) : '',
    type: preset === undefined ? given : `${given} = ${JSON.stringify(preset)}`,
    isRequired: required !== false && preset === undefined
  };
}

function typeText(type: unknown): string {
  return typeof type === 'string' ? type : JSON.stringify(type ?? null);
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
