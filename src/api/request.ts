/** One way to ask our server, and one way to be told "no". Every request goes through JupyterLab's own `fetch`. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { isRecord } from './guards';
import { IProblem } from './types';

/** Where our routes are, below the server's base URL. */
export const API_ROOT = 'jupyter-mlops/api';

/** A path, and what follows its question mark; keys that repeat have a list. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A refusal of our server, or no answer at all (`status` 0). The message says what to do. */
export class RequestError extends Error {
  /** What `status` answered, which field of the request it was about, and whether the words are the server's. */
  constructor(
    readonly status: number,
    message: string,
    readonly field = '',
    readonly isTold = false
  ) {
    super(message);
    this.name = 'RequestError';
  }
}

/** Return the address of a route. Each part of `path` is encoded once. */
export function apiUrl(
  settings: ServerConnection.ISettings,
  path: readonly string[],
  query: Query = {}
): string {
  const base = URLExt.join(settings.baseUrl, API_ROOT, ...path.map(encodeURIComponent));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== '') {
        search.append(key, String(item));
      }
    }
  }
  const text = search.toString();
  return text ? `${base}?${text}` : base;
}

/** Ask, and return the answer whatever it holds. Throws `RequestError` unless it is a good one. */
export async function request(
  settings: ServerConnection.ISettings,
  url: string,
  init: RequestInit = {}
): Promise<Response> {
  let response: Response;
  try {
    response = await ServerConnection.makeRequest(url, init, settings);
  } catch (error) {
    if (init.signal?.aborted) {
      throw error;
    }
    throw new RequestError(0, 'The Jupyter server does not answer.');
  }
  if (!response.ok) {
    const problem = await readProblem(response);
    const unsaid = `The Jupyter server answered ${response.status} ${response.statusText}.`;
    throw new RequestError(response.status, problem?.message ?? unsaid, problem?.field, problem !== null);
  }
  return response;
}

/** Ask for JSON. */
export async function requestJson<T>(
  settings: ServerConnection.ISettings,
  url: string,
  init: RequestInit = {}
): Promise<T> {
  const response = await request(settings, url, init);
  return (await response.json()) as T;
}

/** Return what to send with a method that changes something. */
export function sending(method: 'POST' | 'PATCH' | 'DELETE', body?: unknown): RequestInit {
  return body === undefined
    ? { method }
    : { method, body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
}

/** What the server says; null where it is no word of ours, for example a proxy's page. */
async function readProblem(response: Response): Promise<IProblem | null> {
  try {
    const body: unknown = await response.json();
    if (isRecord(body) && typeof body.message === 'string' && body.message) {
      return { message: body.message, field: typeof body.field === 'string' ? body.field : '' };
    }
  } catch {
    // A proxy's page, or nothing: the status line is all that there is to say.
  }
  return null;
}
