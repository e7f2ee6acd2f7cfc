/** Rows F24 and F31: where a store cannot be read, the list says so, and what runs goes on. */

import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SEVERAL, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test('F31: a store that is damaged is told of, and runs still start and end', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...SEVERAL.slice(0, 2)));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('rate-0.3')).toContainText('Finished');
  await lab.showRuns();
  // A keeper that still writes would write over the damage.
  const runs = join(server.root, '.mlops/runs');
  const isShipped = () =>
    readdirSync(runs).every(id => server.read(`.mlops/runs/${id}/tracking.json`).includes('"done":true'));
  await expect.poll(isShipped, { timeout: 60_000 }).toBe(true);

  // Who has the store open goes on with what he has read of it: damage is met by whoever opens it.
  await server.stop();
  for (const rest of ['-wal', '-shm']) {
    rmSync(join(server.root, `.mlops/mlflow.db${rest}`), { force: true });
  }
  writeFileSync(join(server.root, '.mlops/mlflow.db'), 'this is no database, and never was one'.repeat(300));
  await server.start();
  await lab.open('story.ipynb');
  await lab.showRuns();

  const told = lab.explorer.getByRole('status').filter({ hasText: /mlflow\.db|database|store/ });
  await expect(told).toBeVisible({ timeout: 60_000 });
  await lab.runAllCells();
  await expect(lab.card('rate-0.3')).toContainText('Finished');
});
