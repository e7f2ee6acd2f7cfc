/** What the server refuses is said in a corner, wherever the action began. */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { RequestError } from '../api/request';
import { problemText } from '../model/problemText';

/** For what goes by itself. Without it, JupyterLab puts a notification into its list and shows none. */
export const BRIEFLY = { autoClose: 5_000 } as const;

/** Do what may be refused; say so when it is, and return null. */
export async function orSayWhy<T>(act: () => Promise<T>, trans: TranslationBundle): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof RequestError)) {
      throw error;
    }
    Notification.error(problemText(error, trans), { autoClose: false });
    return null;
  }
}
