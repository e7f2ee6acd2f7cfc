/** What the server refuses is said in a corner, wherever the action began. */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { RequestError } from '../api/request';
import { problemText } from '../model/problemText';

/** For what goes by itself. Without it, JupyterLab puts a notification into its list and shows none. */
export const BRIEFLY = { autoClose: 5_000 } as const;

/** Requests at a time: a browser has six connections to a server, and notebooks need some while a store is slow. */
const AT_ONCE = 3;

/** Do what may be refused; say so when it is, and return null. */
export async function orSayWhy<T>(act: () => Promise<T>, trans: TranslationBundle): Promise<T | null> {
  try {
    return await act();
  } catch (error) {
    sayWhy(error, trans);
    return null;
  }
}

/** Do for each run what may be refused, and return the answers in order; say once for how many it was, and why. */
export async function eachOrSayWhy<T, R>(
  runs: readonly T[],
  act: (run: T) => Promise<R>,
  trans: TranslationBundle
): Promise<readonly R[]> {
  const answers = new Map<number, R>();
  const refusals: unknown[] = [];
  const waiting = runs.entries();
  const take = async () => {
    for (const [place, run] of waiting) {
      await act(run).then(
        answer => void answers.set(place, answer),
        (error: unknown) => void refusals.push(error)
      );
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, take));
  if (refusals.length) {
    sayWhy(refusals[0], trans, why =>
      runs.length > 1 ? trans.__('%1 of %2 runs: %3', refusals.length, runs.length, why) : why
    );
  }
  return [...answers.keys()].sort((a, b) => a - b).map(place => answers.get(place) as R);
}

function sayWhy(
  error: unknown,
  trans: TranslationBundle,
  sentence: (why: string) => string = why => why
): void {
  if (!(error instanceof RequestError)) {
    throw error;
  }
  Notification.error(sentence(problemText(error, trans)), { autoClose: false });
}
