/** Light and dark: axe finds nothing serious in any of our views. */

import AxeBuilder from '@axe-core/playwright';

import type { JupyterServer } from '../helpers/jupyterServer';
import { SEVERAL, notebook } from '../helpers/notebook';
import type { MlopsPage } from '../helpers/MlopsPage';
import { expect, test } from '../helpers/story';

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test.describe(theme, () => {
    test.use({ serverOptions: { settings: { '@jupyterlab/apputils-extension:themes': { theme } } } });

    test(`axe finds nothing serious in lists, cards and tabs: ${theme}`, async ({ server, lab }) => {
      await begin(server, lab, theme);
      const found = [...(await serious(lab, 'cards and sidebar'))];
      await lab.command('Open Table of Runs');
      await expect(lab.table).toBeVisible();
      found.push(...(await serious(lab, 'table')));
      await lab.row('rate-0.1').dblclick();
      for (const part of ['Overview', 'Log', 'Metrics', 'Code', 'Data', 'Environment']) {
        await lab.part(part);
        await expect(lab.runView.getByRole('tabpanel')).toBeVisible();
        found.push(...(await serious(lab, `run view: ${part}`)));
      }
      expect(found).toEqual([]);
    });

    test(`axe finds nothing serious in a comparison and a failed run: ${theme}`, async ({ server, lab }) => {
      await begin(server, lab, theme);
      const found: string[] = [];
      await lab.row('rate-0.3').click();
      await lab.row('broken').click({ modifiers: ['Control'] });
      await lab.selectionBar.getByRole('button', { name: 'Compare' }).click();
      for (const part of ['Facts', 'Curves', 'Parallel axes', 'Scatter']) {
        await lab.part(part);
        found.push(...(await serious(lab, `compare: ${part}`)));
      }
      await lab.row('broken').dblclick();
      await expect(lab.runView).toContainText('ZeroDivisionError');
      found.push(...(await serious(lab, 'run view of a failed run')));
      expect(found).toEqual([]);
    });
  });
}

/** Several runs, one of which has failed, in a theme. */
async function begin(server: JupyterServer, lab: MlopsPage, theme: string): Promise<void> {
  server.write('story.ipynb', notebook(...SEVERAL));
  await lab.open('story.ipynb');
  await expect(lab.page.locator('body')).toHaveAttribute('data-jp-theme-name', theme);
  await lab.runAllCells();
  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await expect(lab.row('broken')).toContainText('Failed');
}

/** What axe calls serious or critical in our own views, one line each. */
async function serious(lab: MlopsPage, where: string): Promise<readonly string[]> {
  const { violations } = await lab.ourViews(new AxeBuilder({ page: lab.page })).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(node => `${where}: ${id}: ${node.html.slice(0, 200)}`));
}
