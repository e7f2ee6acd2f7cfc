/** Row F43: TensorBoard shows the curve of a run in its picture, and shows it again when its process was killed. */

import { execFileSync } from 'node:child_process';

import { notebook } from '../helpers/notebook';
import { curveIn, isStraightDown } from '../helpers/picture';
import { expect, test } from '../helpers/story';

const SLATE = [66, 80, 102] as const; // TensorBoard's first run.

const STRAIGHT = `%%train straight --returns none
import jupyter_mlops as mlops
for step in range(101):
    mlops.log(loss=1 - step / 100, step=step)`;

test('F43: the curve is in the picture, in a tab, after a kill, and in a cell', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(STRAIGHT, '%tensorboard straight'));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  const isDrawn = async () => {
    const picture = await lab.tensorBoardChart();
    return picture !== null && isStraightDown(curveIn(picture, SLATE), 100);
  };
  // In the cell, below the card.
  await expect.poll(isDrawn, { timeout: 60_000 }).toBe(true);

  await lab.card('straight').getByRole('button', { name: 'TensorBoard' }).click();
  await expect(lab.mainTab(/straight/)).toBeVisible();
  await expect.poll(isDrawn, { timeout: 60_000 }).toBe(true);

  killTensorBoards(server.pid);
  await lab.layoutIsSaved('jupyter-mlops-tensorboard');
  await lab.reload();
  await expect.poll(isDrawn, { timeout: 60_000 }).toBe(true);
});

/** Kill the server's TensorBoard processes, and no others. */
function killTensorBoards(server: number): void {
  const found = execFileSync('ps', ['--ppid', String(server), '-o', 'pid=,args=', '-ww'], {
    encoding: 'utf8'
  });
  const lines = found.split('\n').filter(line => line.includes('jupyter_mlops.tensorboard.child'));
  expect(lines).not.toEqual([]);
  lines.forEach(line => process.kill(parseInt(line, 10), 'SIGKILL'));
}
