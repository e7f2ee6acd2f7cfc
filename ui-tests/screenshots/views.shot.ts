/** Every view, light and dark, in a session with the example notebook and a run that goes on. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { Locator } from '@playwright/test';

import { expect, test } from '../helpers/story';

const ROOT = resolve(__dirname, '../..');
const LIVE = `%%train digits --returns history
import jupyter_mlops as mlops
import math, os, time
epochs, history = 20, []
for epoch in range(epochs):
    loss = 0.9 * math.exp(-epoch / 6) + 0.02 * math.sin(epoch * 1.7)
    history.append(loss)
    mlops.log(loss=loss, acc=1 - loss / 3, step=epoch)
    print(f"Epoch {epoch + 1}/{epochs} - loss: {loss:.4f} - acc: {1 - loss / 3:.4f}")
    time.sleep(0.2)
    while epoch == 12 and not os.path.exists("go"):
        time.sleep(0.05)`;

/** The example notebook, with one cell more. */
function exampleWith(source: string): string {
  const example = JSON.parse(readFileSync(resolve(ROOT, 'examples/explorer.ipynb'), 'utf8')) as {
    cells: object[];
  };
  const more = { cell_type: 'code', execution_count: null, id: 'live', metadata: {}, outputs: [], source };
  return JSON.stringify({ ...example, cells: [...example.cells, more] });
}

for (const [name, theme] of [
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark']
] as const) {
  test.describe(name, () => {
    test.use({ serverOptions: { settings: { '@jupyterlab/apputils-extension:themes': { theme } } } });

    test(`every view, ${name}`, async ({ server, lab }) => {
      const take = async (view: string, what: Locator | null = null) => {
        const path = resolve(ROOT, `docs/pictures/${view}-${name}.png`);
        // No caret, no tooltip, no hover.
        await lab.page.mouse.move(700, 4);
        await (what ?? lab.page).screenshot({ path, animations: 'disabled' });
      };
      server.write('explorer.ipynb', exampleWith(LIVE));

      await lab.open();
      await lab.showRuns();
      await take('empty', lab.explorer);

      await lab.open('explorer.ipynb');
      await lab.runAllCells();
      await expect(lab.card('fast')).toContainText('Finished', { timeout: 60_000 });
      await expect(lab.tensorBoard.locator('line-chart').first()).toBeVisible({ timeout: 60_000 });
      await expect(lab.lines('digits')).toContainText('Epoch 13/20', { timeout: 60_000 });
      await lab.showRuns();
      await lab.card('digits').scrollIntoViewIfNeeded();
      await lab.unfold('explorer.ipynb');
      await take('card');

      await lab.command('Open Table of Runs');
      await expect(lab.table).toBeVisible();
      await take('table', lab.main);
      await lab.closeTab('Runs');

      await lab.row('steady').dblclick();
      for (const part of ['Overview', 'Log', 'Metrics', 'Code', 'Data', 'Environment'] as const) {
        await lab.part(part);
        await expect(lab.runView.getByRole('tabpanel')).not.toBeEmpty();
        await lab.page.waitForLoadState('networkidle');
        await take(`run-${part.toLowerCase()}`, lab.main);
      }

      await lab.row('slow').click();
      await lab.row('steady').click({ modifiers: ['Control'] });
      await lab.row('fast').click({ modifiers: ['Control'] });
      await lab.selectionBar.getByRole('button', { name: 'Compare' }).click();
      await expect(lab.comparison.locator('canvas').first()).toBeVisible();
      await take('compare');

      await lab.selectionBar.getByRole('button', { name: 'TensorBoard' }).click();
      await expect(lab.tensorBoard.locator('line-chart').first()).toBeVisible({ timeout: 60_000 });
      await lab.page.waitForLoadState('networkidle');
      await take('tensorboard');
      server.write('go', '');
    });
  });
}
