/** A run's model is deployed, tested, tried in the browser, rolled back and stopped; the server's end does not end it. */

import { DEPLOYED, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test('deploy, test, try a row, stop', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...DEPLOYED.slice(0, 3), '%deploy test cancer'));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.main.getByText('✓ cancer version 1: 40 of 40 rows answered')).toBeVisible({
    timeout: 120_000
  });
  await expect(lab.main.getByText('label = predict: equal 40 of 40')).toBeVisible();

  await lab.showRuns();
  await lab.section('Endpoints').click();
  await lab.sectionLine('cancer').click();
  const tab = lab.endpoint;
  await expect(tab.getByRole('textbox', { name: 'mean radius' })).toHaveValue('17.99');
  await tab.getByRole('button', { name: 'Predict' }).click();
  await expect(tab.getByRole('row', { name: /^label/ })).toContainText('0');
  await tab.getByRole('textbox', { name: 'mean radius' }).fill('');
  await tab.getByRole('button', { name: 'Predict' }).click();
  await expect(tab.getByText(/Column 'mean radius', row 0: it is missing/)).toBeVisible();

  await tab.getByRole('button', { name: 'Stop' }).click();
  await lab.answer('Stop');
  await expect(tab.getByText('It is stopped.', { exact: false })).toBeVisible();
});
