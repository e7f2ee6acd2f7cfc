/** Endpoints: what the server says of them, and asking one itself through the server. */

import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

import { apiUrl, request, requestJson, sending } from './request';
import { IEndpoint, IEndpointLog } from './types';

/** What an endpoint said of a row, and how long that took from here. */
export interface IEndpointAnswer {
  readonly predictions: readonly unknown[];
  readonly outputs: Readonly<Record<string, readonly unknown[]>>;
  readonly milliseconds: number;
}

/** Routes about endpoints. Each method throws `RequestError`. */
export class EndpointApi {
  /** Ask the server that `settings` names. */
  constructor(readonly settings: ServerConnection.ISettings) {}

  /** All of them. */
  list(): Promise<readonly IEndpoint[]> {
    return requestJson(this.settings, apiUrl(this.settings, ['endpoints']));
  }

  /** End one; return how it stands then. */
  stop(name: string): Promise<IEndpoint> {
    return this._post(name, 'stop');
  }

  /** Serve the version before; return how it stands then. */
  rollback(name: string): Promise<IEndpoint> {
    return this._post(name, 'rollback');
  }

  /** The last lines that one has logged. */
  async log(name: string): Promise<string> {
    const url = apiUrl(this.settings, ['endpoints', name, 'log']);
    return (await requestJson<IEndpointLog>(this.settings, url)).text;
  }

  /** Where rows are sent. */
  addressOf(endpoint: IEndpoint): string {
    return URLExt.join(this.settings.baseUrl, endpoint.url, 'invocations');
  }

  /** Send rows, as JSON that is written already: a whole number may have more digits than a number here. */
  async ask(endpoint: IEndpoint, body: string): Promise<IEndpointAnswer> {
    const began = performance.now();
    const response = await request(this.settings, this.addressOf(endpoint), {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json' }
    });
    const answer = parseExactly(await response.text()) as Partial<IEndpointAnswer>;
    return {
      predictions: answer.predictions ?? [],
      outputs: answer.outputs ?? {},
      milliseconds: performance.now() - began
    };
  }

  private _post(name: string, what: string): Promise<IEndpoint> {
    return requestJson(this.settings, apiUrl(this.settings, ['endpoints', name, what]), sending('POST', {}));
  }
}

/** A text, which is left as it is; or a whole number with more digits than a number has here. */
const STRING_OR_LONG = /"(?:\\.|[^"\\])*"|(?<![\d.eE+-])(-?\d{16,})(?=\s*[,\]}])/g;

/** Parse JSON; whole numbers that would be rounded become texts. */
export function parseExactly(text: string): unknown {
  return JSON.parse(text.replace(STRING_OR_LONG, (all, long?: string) => (long ? `"${long}"` : all)));
}
