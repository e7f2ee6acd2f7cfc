/** Curves of a run: those that have no room are counted, and a program that did not load is asked for again. */

import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const MANY = `%%train many --returns step
import jupyter_mlops as mlops
for step in range(3):
    mlops.log(**{f"metric-{number:03}": step * number for number in range(130)}, step=step)`;

test('curves that cannot be drawn say so, and are drawn when they can be', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(MANY));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('many')).toContainText('Finished');
  await lab.showRuns();
  await lab.row('many').dblclick();
  await lab.runView.waitFor();
  const programs = '**/extensions/jupyter-mlops/static/**';

  await lab.page.route(programs, route => route.abort());
  await lab.part('Metrics');

  await expect(lab.runView.getByRole('alert').first()).toContainText('could not be loaded');
  await expect(lab.runView.getByRole('status')).toContainText(/3\d more metrics are not drawn/);
  await lab.page.unroute(programs);
  await lab.runView.getByRole('button', { name: 'Try again' }).first().click();

  await expect(
    lab.runView.getByRole('img', { name: 'Course of metric-000' }).locator('canvas')
  ).toBeVisible();
  await expect(lab.runView.getByRole('alert')).toHaveCount(0);
});
