/** The endpoints that the server knows, in the order of their names. */

import { IEndpoint } from '../api/types';
import { WatchedList } from './watchedList';

/** What the model asks the server. */
export interface IEndpointsApi {
  list(): Promise<readonly IEndpoint[]>;
  stop(name: string): Promise<IEndpoint>;
  rollback(name: string): Promise<IEndpoint>;
}

/** See the module. */
export class EndpointsModel extends WatchedList<IEndpoint> {
  /** Ask nothing before somebody looks. */
  constructor(private readonly _api: IEndpointsApi) {
    super('jupyter-mlops:endpoints', () => _api.list());
  }

  /** The endpoint of a name; undefined where there is none. */
  find(name: string): IEndpoint | undefined {
    return this.items.find(each => each.name === name);
  }

  /** End one; throws `RequestError`. */
  async stop(name: string): Promise<void> {
    this._put(await this._api.stop(name));
  }

  /** Let one serve the version before; throws `RequestError`. */
  async rollback(name: string): Promise<void> {
    this._put(await this._api.rollback(name));
  }

  private _put(changed: IEndpoint): void {
    this.take(this.items.map(each => (each.name === changed.name ? changed : each)));
  }
}
