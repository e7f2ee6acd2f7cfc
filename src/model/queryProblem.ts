/** What is wrong with a search, for a reader who sees the search right above. */

import { IRunColumns } from '../api/types';

const POSITION = /at position (\d+)/;

/** Return the server's message without the echo of the query, in which `>>>` marks the place. */
export function queryProblem(message: string, query: string): string {
  const at = Number(POSITION.exec(message)?.[1] ?? 0) - 1;
  const echo = ` ${query.slice(0, at)}>>>${query.slice(at)}`;
  return at >= 0 && message.endsWith(echo) ? message.slice(0, -echo.length) : message;
}

const KEY = /(?:^|[\s(])(?:(metric|param|tag)\.)?([^\s()=<>!~:"'≤≥≠]+)\s*[=<>!~≤≥≠]/g;
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[“„][^“”„]*[“”]/g;
const FIELDS: readonly string[] = ['state', 'name', 'experiment', 'id'];

/** Return the first key of a search that no run has; null where each is known, or the keys are not. */
export function unknownKey(query: string, known: IRunColumns): string | null {
  const kinds = { metric: known.metrics, param: known.params, tag: known.tags };
  const all = new Set(Object.values(kinds).flat());
  for (const [, kind, key = ''] of query.replace(QUOTED, '""').matchAll(KEY)) {
    const isKnown = kind
      ? kinds[kind as keyof typeof kinds].includes(key)
      : all.has(key) || FIELDS.includes(key);
    if (all.size && !isKnown) {
      return key;
    }
  }
  return null;
}

/** Return how a key is written here that is written as MLflow does, `metrics.acc`; null for any other. */
export function keyOfMlflow(key: string): string | null {
  const [, kind, name] = /^(metric|param|tag)s\.(.+)$/.exec(key) ?? [];
  return kind ? `${kind}.${name}` : null;
}
