/** Who has gone on to other work is told that a long run has ended, and gets to it from there. */

import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const SHORT = `%%train short
x = 1`;
/** On a busy machine a run that does nothing takes seconds. */
const SECONDS = 10;
const LONG = `%%train long
import time
time.sleep(${SECONDS})
print("about to divide")
1 / 0`;

test.use({ serverOptions: { settings: { 'jupyter-mlops:run-notifications': { seconds: SECONDS } } } });

test('a run that took long tells that it has failed, and opens its log', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(SHORT, LONG));
  await lab.open('story.ipynb');
  await lab.runAllCells();

  const told = lab.page.locator('.Toastify__toast');
  await expect(told.filter({ hasText: 'Run long has failed after' })).toContainText('ZeroDivisionError');
  await expect(told.filter({ hasText: 'short' })).toHaveCount(0);

  await told.filter({ hasText: 'Run long' }).getByRole('button', { name: 'Log' }).click();
  await expect(lab.runView.getByRole('tabpanel')).toContainText('about to divide');
});
