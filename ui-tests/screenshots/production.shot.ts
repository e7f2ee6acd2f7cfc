/** From a run to production: registered models in the sidebar, and an endpoint that has answered; light and dark. */

import { resolve } from 'node:path';

import { DEPLOYED, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const PICTURES = process.env.MLOPS_PICTURES ?? resolve(__dirname, '../../docs/pictures');
const LONG = { timeout: 150_000 };

/** As narrow as a telephone. */
const NARROW = { width: 400, height: 720 };

const CELLS = [
  ...DEPLOYED,
  '%models register cancer tumours -a champion -d "five columns, as measured"',
  '%models register stricter tumours -a challenger',
  '%models'
];

for (const [name, theme] of [
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark']
] as const) {
  test.describe(name, () => {
    test.use({ serverOptions: { settings: { '@jupyterlab/apputils-extension:themes': { theme } } } });

    test(`models and an endpoint, ${name}`, async ({ server, lab }) => {
      const take = async (view: string) => {
        const path = resolve(PICTURES, `${view}-${name}.png`);
        // No caret, no tooltip, no hover.
        await lab.page.mouse.move(700, 4);
        await lab.page.screenshot({ path, animations: 'disabled' });
      };
      server.write('production.ipynb', notebook(...CELLS));
      await lab.open('production.ipynb');
      await lab.runAllCells();
      await lab.showRuns();
      await lab.unfold('production.ipynb');
      await lab.section('Models').click();
      await expect(lab.modelLine('tumours')).toContainText('challenger', LONG);
      await lab.kernelIsIdle();
      await lab.models.focus();
      await lab.page.keyboard.press('ArrowRight');
      await expect(lab.modelLine('Version 2')).toBeVisible();
      await lab.cells.last().scrollIntoViewIfNeeded();
      await take('models');

      await lab.section('Models').click();
      await lab.section('Endpoints').click();
      await lab.sectionLine('cancer').click();
      await lab.endpoint.getByRole('button', { name: 'Predict' }).click();
      await expect(lab.endpoint.getByRole('table', { name: 'The answer' })).toBeVisible();
      await expect(lab.endpoint).not.toContainText('not asked yet');
      await take('endpoint');

      await lab.hideSidebar();
      await lab.page.setViewportSize(NARROW);
      await take('endpoint-narrow');
    });
  });
}
