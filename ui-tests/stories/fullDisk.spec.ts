/** Row F24: the disk of the store is full. The run goes on, the list says so, and all is well when there is room again. */

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { PYTHON } from '../helpers/jupyterServer';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const LOGGING = `%%train logging --returns count
import jupyter_mlops as mlops, os, time
for count in range(20_000):
    mlops.log(loss=1 / (count + 1), step=count)
print("logged")`;

/** A home whose store lies on another disk. */
const STORE_ELSEWHERE = `
import sys
from pathlib import Path
from jupyter_mlops.home import Home
from jupyter_mlops.tracking._local_store import prepare_store
home, disk = Home.create(Path(sys.argv[1])), Path(sys.argv[2])
prepare_store(disk / "mlflow.db", owned=True)
(home.path / "mlflow.db").symlink_to(disk / "mlflow.db")
`;

test.skip(process.getuid?.() !== 0, 'It mounts a small disk, which only root may.');

test('F24: a full disk below the store is told of, and heals without a restart', async ({ server, lab }) => {
  // The keeper tries a full disk again ever more rarely.
  test.setTimeout(300_000);
  const disk = join(server.folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m,mode=0700', 'tmpfs', disk]);
  try {
    const home = join(server.root, '.mlops');
    execFileSync(PYTHON, ['-c', STORE_ELSEWHERE, home, disk]);
    fill(join(disk, 'filler'));
    server.write('story.ipynb', notebook(LOGGING));
    await lab.open('story.ipynb');

    await lab.runAllCells();

    await expect(lab.card('logging')).toContainText('Finished');
    await lab.showRuns();
    await expect(lab.explorer.getByRole('status').filter({ hasText: /full/ })).toBeVisible({
      timeout: 60_000
    });

    execFileSync('mount', ['-o', 'remount,size=64m', disk]);

    const isShipped = () =>
      readdirSync(join(home, 'runs')).every(id =>
        server.read(`.mlops/runs/${id}/tracking.json`).includes('"done":true')
      );
    await expect.poll(isShipped, { timeout: 90_000 }).toBe(true);
    await expect(lab.explorer.getByRole('status').filter({ hasText: /full/ })).toHaveCount(0);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
});

/** Leave no room on the disk of a file. */
function fill(file: string): void {
  try {
    for (;;) {
      writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
    }
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
  }
}
