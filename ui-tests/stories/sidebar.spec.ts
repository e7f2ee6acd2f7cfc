/** The sections below the list of runs: TensorBoards and endpoints, by the mouse, the keyboard and the palette. */

import AxeBuilder from '@axe-core/playwright';

import type { MlopsPage } from '../helpers/MlopsPage';
import { DEPLOYED, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const LOGGED = `%%train straight --returns none
import jupyter_mlops as mlops
for step in range(11):
    mlops.log(loss=1 - step / 10, step=step)`;

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test.describe(theme, () => {
    test.use({ serverOptions: { settings: { '@jupyterlab/apputils-extension:themes': { theme } } } });

    test(`a TensorBoard is listed, opened and stopped: ${theme}`, async ({ server, lab }, testInfo) => {
      const { keyboard } = lab.page;
      const picture = async (name: string) => {
        await lab.page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
      };
      server.write('story.ipynb', notebook(LOGGED));
      await lab.open('story.ipynb');
      await lab.showRuns();
      await lab.section('TensorBoard').click();
      await expect(lab.explorer).toContainText('No TensorBoard runs.');
      await picture('none');
      await lab.runAllCells();
      await expect(lab.card('straight')).toContainText('Finished');
      // As wide as the sidebar opens there is room for the course beside name, time and figure.
      await expect(lab.list.getByRole('img', { name: 'Course of loss' })).toBeVisible();

      await lab.card('straight').getByRole('button', { name: 'TensorBoard' }).click();
      const line = lab.sectionLine('straight');
      await expect(line).toContainText(/Running.*straight.*\d+ MB/, { timeout: 60_000 });
      await expect(lab.section('TensorBoard')).toContainText('1');
      await picture('one');
      expect(await graveIn(lab)).toEqual([]);

      // Closing its tab leaves it: others may look. The list opens it again.
      await lab.closeTab('straight');
      await expect(lab.mainTab('straight')).toHaveCount(0);
      await line.focus();
      await keyboard.press('Enter');
      await expect(lab.mainTab('straight')).toHaveAttribute('aria-selected', 'true');
      await expect(line).not.toBeFocused();

      // It is stopped by the keyboard, after a question, and its tab goes.
      await line.focus();
      await keyboard.press('Shift+F10');
      await lab.downTo('Stop TensorBoard…');
      await picture('menu');
      await keyboard.press('Escape');
      await expect(line).toBeFocused();
      await keyboard.press('Delete');
      await picture('question');
      await lab.answer('Stop');
      await expect(lab.explorer).toContainText('No TensorBoard runs.');
      await expect(lab.mainTab('straight')).toBeHidden();
      await lab.page.setViewportSize({ width: 400, height: 700 });
      await picture('narrow');
    });

    test(`an endpoint is tested, rolled back and stopped from its line: ${theme}`, async ({
      server,
      lab
    }, testInfo) => {
      const { keyboard } = lab.page;
      const picture = async (name: string) => {
        await lab.page.screenshot({ path: testInfo.outputPath(`${name}.png`) });
      };
      server.write('story.ipynb', notebook(...DEPLOYED));
      await lab.open('story.ipynb');
      await lab.runAllCells();
      await lab.showRuns();
      await lab.section('Endpoints').click();
      const line = lab.sectionLine('cancer');
      await expect(line).toContainText('v2', { timeout: 120_000 });

      await line.focus();
      await keyboard.press('Shift+F10');
      await lab.downTo('Test Endpoint');
      await picture('menu');
      await keyboard.press('Enter');
      await expect(lab.page.getByText(/cancer, version 2, answers one row with [01], in/)).toBeVisible();
      await expect(line).toBeFocused();

      await lab.explorer.getByRole('button', { name: 'Actions of cancer' }).click();
      await lab.contextMenu('Roll Back Endpoint…');
      await picture('question');
      await lab.answer('Roll back');
      await expect(line).toContainText('v1');

      await lab.command('Show Log of Endpoint');
      await expect(lab.endpoint.locator('pre')).toContainText('version', { timeout: 30_000 });
      await picture('tab');
      expect(await graveIn(lab)).toEqual([]);

      await line.focus();
      await keyboard.press('Delete');
      await lab.answer('Stop');
      await expect(line).toContainText('Stopped');
      await expect(lab.endpoint).toContainText('It is stopped.');
      await lab.hideSidebar();
      await lab.page.setViewportSize({ width: 400, height: 900 });
      await picture('narrow');
    });
  });
}

/** What axe finds to be serious in our views. */
async function graveIn(lab: MlopsPage): Promise<readonly string[]> {
  const { violations } = await lab.ourViews(new AxeBuilder({ page: lab.page })).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join()}`);
}
