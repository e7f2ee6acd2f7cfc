/** Our magics in a notebook's kernel: a kernel that was restarted knows none of them. */

import { NotebookPanel } from '@jupyterlab/notebook';

const LOAD = '%load_ext jupyter_mlops';

/** Let the notebook's kernel know our magics before it does what it is sent next. False where there is no kernel. */
export function loadMagics({ sessionContext }: NotebookPanel): boolean {
  const kernel = sessionContext.session?.kernel;
  // Loading them twice is quiet, and silent code leaves no trace. Nobody waits: a kernel takes one after the other.
  const loading = kernel?.requestExecute({ code: LOAD, silent: true, store_history: false });
  loading?.done.catch(() => undefined); // The kernel has ended; what is sent next says so.
  return loading !== undefined;
}

/** Return code that uses our magics in a notebook that may have no kernel yet. */
export function withMagics(panel: NotebookPanel, code: string): string {
  return loadMagics(panel) ? code : `${LOAD}\n${code}`;
}
