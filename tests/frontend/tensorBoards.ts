/** TensorBoards for stories. */

import { ITensorBoardInstance } from '../../src/api/types';
import { runId } from './fakes';

/** One that runs, unless a story says otherwise. */
export function board(id = 'a1', change: Partial<ITensorBoardInstance> = {}): ITensorBoardInstance {
  return {
    instance_id: id,
    url: `jupyter-mlops/tensorboard/${id}/`,
    run_ids: [runId(1), runId(2)],
    logdir: '',
    flags: {},
    label: `board ${id}`,
    state: 'ready',
    problem: '',
    memory_bytes: 98_000_000,
    ...change
  };
}
