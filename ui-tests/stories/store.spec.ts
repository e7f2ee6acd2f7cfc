/** Rows F24 and F31: where a store cannot be read, the list says so, and what runs goes on. */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SEVERAL, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

test('F31: a store that is damaged is told of, and runs still start and end', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...SEVERAL.slice(0, 2)));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('rate-0.3')).toContainText('Finished');
  await lab.showRuns();
  await expect.poll(() => server.read('.mlops/mlflow.db').length, { timeout: 60_000 }).toBeGreaterThan(0);

  for (const rest of ['-wal', '-shm']) {
    rmSync(join(server.root, `.mlops/mlflow.db${rest}`), { force: true });
  }
  writeFileSync(join(server.root, '.mlops/mlflow.db'), 'this is no database, and never was one'.repeat(300));

  await expect(lab.explorer.getByRole('status').filter({ hasText: /mlflow\.db|database|store/ })).toBeVisible(
    {
      timeout: 60_000
    }
  );
  await lab.runAllCells();
  await expect(lab.card('rate-0.3')).toContainText('Finished');
});
