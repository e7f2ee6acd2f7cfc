/** A run is seen while it goes on: in its cell, in the sidebar, in the status bar. */

import { counting, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const TRAIN = `%%train baseline --returns model
from tqdm.auto import tqdm
import jupyter_mlops as mlops
import os, time
for epoch in tqdm(range(1, 21), desc="epoch"):
    mlops.log(loss=1 / epoch, step=epoch)
    print(f"epoch {epoch} of 20")
    while epoch == 7 and not os.path.exists("go"):
        time.sleep(0.01)
model = {"loss": 1 / epoch}`;

test('a run comes alive in its cell, in the sidebar and in the status bar', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(TRAIN, 'model["loss"]'));
  await lab.open('story.ipynb');
  await lab.showRuns();
  await expect(lab.explorer).toContainText('No runs yet');

  await lab.runAllCells();

  const card = lab.card('baseline');
  await expect(card).toContainText('Running');
  await expect(lab.lines('baseline')).toContainText('epoch 7 of 20');
  await expect(card).toContainText('loss0.1429');
  await expect(card.getByRole('progressbar')).toHaveAttribute('aria-valuenow', /.+/);
  await expect(card.getByRole('img', { name: 'Course of loss' })).toBeVisible();
  await expect(lab.row('baseline')).toContainText('Running');
  await expect(lab.statusItem).toHaveText('1 running');

  server.write('go', '');

  await expect(card).toContainText('Finished');
  await expect(card).toContainText('loss 0.05');
  await expect(card).toContainText('model returned');
  await expect(lab.row('baseline')).toContainText('Finished');
  await expect(lab.statusItem).toBeHidden();
  await expect(lab.cells.last()).toContainText('0.05');
});

test('a run that goes on is stopped from its card', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(TRAIN));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.lines('baseline')).toContainText('epoch 7 of 20');

  await lab.card('baseline').getByRole('button', { name: 'Stop' }).click();
  await lab.answer('Stop');

  await expect(lab.card('baseline')).toContainText('Stopped');
});

test('a cell is run as a tracked run by a button', async ({ server, lab }) => {
  server.write('story.ipynb', notebook('answer = 6 * 7', 'answer'));
  await lab.open('story.ipynb');

  await lab.cells.nth(1).click();
  await lab.cells.nth(1).getByRole('button', { name: 'Run as tracked run' }).click();

  await expect(lab.cells.nth(1).locator('.cm-line').first()).toContainText('%%train');
  await expect(lab.cells.nth(1).getByRole('region', { name: /^Run / })).toContainText('Finished');
});

test('a card keeps what can be done in sight, however long the name is and narrow the notebook', async ({
  server,
  lab
}) => {
  const long = 'a name that goes on and on as names from a search over parameters do';
  server.write('story.ipynb', notebook(`%%train "${long}" --returns model\nmodel = 1`, counting('short', 1)));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card(long)).toContainText('Finished', { timeout: 60_000 });
  // What a card offers depends on how its run stands: this one waits.
  await lab.hasLines('short', ['line 1']);
  await lab.hideSidebar();
  for (const width of [1280, 700, 520]) {
    await lab.page.setViewportSize({ width, height: 800 });
    for (const name of [long, 'short']) {
      const card = lab.card(name);
      const right = await card.evaluate(each => each.getBoundingClientRect().right);
      for (const button of await card.getByRole('button').all()) {
        const box = await button.boundingBox();
        expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(right);
      }
    }
  }
  server.write('go-1', '');
  await expect(lab.card('short')).toContainText('Finished');
});
