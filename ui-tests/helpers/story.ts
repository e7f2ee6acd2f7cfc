/** What each story is given: a server of its own, and a browser that looks at it. */

import { test as base, expect } from '@playwright/test';

import { IServerOptions, JupyterServer } from './jupyterServer';
import { MlopsPage } from './MlopsPage';

interface IStory {
  /** How the server is started. */
  readonly serverOptions: IServerOptions;
  /** The server; it runs. */
  readonly server: JupyterServer;
  /** JupyterLab in a browser; nothing is open yet. */
  readonly lab: MlopsPage;
}

export const test = base.extend<IStory>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions }, use, info) => {
    const server = new JupyterServer(serverOptions);
    await server.start();
    await use(server);
    if (info.status !== info.expectedStatus) {
      await info.attach('server.log', { body: server.log, contentType: 'text/plain' });
    }
    await server.dispose();
  },
  lab: async ({ page, server }, use) => {
    const lab = new MlopsPage(page, server);
    await use(lab);
    expect(lab.errors).toEqual([]);
    expect(lab.dialogs).toEqual([]);
    expect(lab.strangers).toEqual([]);
  }
});

export { expect };
