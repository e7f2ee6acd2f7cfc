/** Row B40: everything works below a prefix with a space in it, as a hub gives it. */

import { SEVERAL, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test.use({ serverOptions: { baseUrl: '/user/a%20b/' } });

test('B40: cards, the list, the run view and TensorBoard work below /user/a b/', async ({ server, lab }) => {
  server.write('wörk & söhne/story one.ipynb', notebook(...SEVERAL.slice(0, 3)));
  await lab.open('wörk & söhne/story one.ipynb');
  await lab.runAllCells();
  await expect(lab.card('rate-0.3')).toContainText('Finished');
  await lab.showRuns();
  await lab.unfold('story one.ipynb');
  // A run that begins pushes the others down.
  await expect(lab.row('rate-0.1')).toContainText('Finished');
  await expect(lab.row('rate-0.3')).toContainText('Finished');

  await lab.row('rate-0.3').dblclick();
  await expect(lab.runView).toContainText('rate-0.3');
  await lab.part('Metrics');
  await expect(lab.runView.locator('canvas').first()).toBeVisible();

  await lab.card('rate-0.3').or(lab.row('rate-0.3')).first().click({ button: 'right' });
  await lab.contextMenu('Open in TensorBoard');
  await expect(lab.tensorBoard.getByText('loss').first()).toBeVisible({ timeout: 60_000 });
});
