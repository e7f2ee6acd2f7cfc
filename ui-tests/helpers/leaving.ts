/** A run that is left alone: its page is closed while it waits, and somebody comes back later. */

import type { BrowserContext } from '@playwright/test';

import type { JupyterServer } from './jupyterServer';
import { MlopsPage } from './MlopsPage';
import { counting, linesUpTo, notebook } from './notebook';

/** Start the run `counter`, which waits at the lines in `gates`, and see it get to the first of them. */
export async function startCounting(
  server: JupyterServer,
  lab: MlopsPage,
  ...gates: readonly number[]
): Promise<void> {
  server.write('story.ipynb', notebook(counting('counter', ...gates)));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await lab.hasLines('counter', linesUpTo(gates[0]));
}

/** Start the run `counter`, which waits after its tenth line; save the notebook and close its page. */
export async function leaveCounting(server: JupyterServer, lab: MlopsPage): Promise<void> {
  await startCounting(server, lab, 10);
  await lab.save();
  await lab.page.close();
}

/** Another page; nothing is open in it yet. */
export async function comeBack(server: JupyterServer, context: BrowserContext): Promise<MlopsPage> {
  return new MlopsPage(await context.newPage(), server);
}
