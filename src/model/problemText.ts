/** A refusal in the user's language, as far as its words are ours: what the server says is shown as it is. */

import { TranslationBundle } from '@jupyterlab/translation';

import { RequestError } from '../api/request';

/** See the module. */
export function problemText(problem: RequestError, trans: TranslationBundle): string {
  if (problem.isTold) {
    return problem.message;
  }
  return problem.status === 0
    ? trans.__('The Jupyter server does not answer.')
    : trans.__('The Jupyter server answered with status %1 and no reason.', problem.status);
}
