/** The TensorBoards that the server supervises, in the order in which they were opened. */

import { ITensorBoardInstance } from '../api/types';
import { WatchedList } from './watchedList';

/** What the model asks the server. */
export interface ITensorBoardsApi {
  tensorBoards(): Promise<readonly ITensorBoardInstance[]>;
  stopTensorBoard(instanceId: string): Promise<void>;
}

/** See the module. */
export class TensorBoardsModel extends WatchedList<ITensorBoardInstance> {
  /** Ask nothing before somebody looks. */
  constructor(private readonly _api: ITensorBoardsApi) {
    super('jupyter-mlops:tensorboards', () => _api.tensorBoards());
  }

  /** The one of an id; undefined where there is none. */
  find(instanceId: unknown): ITensorBoardInstance | undefined {
    return this.items.find(each => each.instance_id === instanceId);
  }

  /** End one, for everybody who looks at it; throws `RequestError`. */
  async stop(instanceId: string): Promise<void> {
    await this._api.stopTensorBoard(instanceId);
    this.take(this.items.filter(each => each.instance_id !== instanceId));
  }
}
