/** Reads a report, or says in words why it cannot be shown. */

import { make } from './dom';
import { Reader, Size, UnreadableError } from './reading';
import { IWords } from './words';
import { IReportHost } from './host';

/** A report, or the reason that there is none. */
export type Read<T> =
  { readonly report: T; readonly problem: '' } | { readonly report: null; readonly problem: string };

/**
 * Read what a notebook holds.
 *
 * @param data - anything
 * @param newest - the version that the reader knows; older ones it reads as well
 */
export function readReport<T>(data: unknown, newest: number, reader: Reader<T>, host: IReportHost): Read<T> {
  const { words, largest } = host;
  const version =
    typeof data === 'object' && data !== null ? (data as { version?: unknown }).version : undefined;
  if (typeof version === 'number' && version > newest) {
    const problem = words.__(
      'This report was made by a newer jupyter-mlops (version %1; this one reads up to %2). Update it to see the report.',
      version,
      newest
    );
    return { report: null, problem };
  }
  const size = new Size(largest);
  try {
    if (typeof version !== 'number') {
      throw new UnreadableError('version');
    }
    return { report: reader(data, size), problem: '' };
  } catch (error) {
    if (!(error instanceof UnreadableError)) {
      throw error;
    }
    return { report: null, problem: reason(error.message, size, words) };
  }
}

/** Show why there is no report. */
export function refusal(problem: string): HTMLElement {
  return make('p', { class: 'mlops-Report-problem', role: 'status' }, problem);
}

function reason(path: string, size: Size, words: IWords): string {
  return size.isOver
    ? words.__('This report is larger than a notebook can show. Its file is whole.')
    : words.__('This report cannot be shown: “%1” is not what it should be. Make it again.', path);
}
