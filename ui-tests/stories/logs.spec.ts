/** Rows F36-F39: logs of any size and kind leave the tab quick and its document small. */

import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const MOST_NODES = 3_000;

test('F37: a hundred thousand updates of a progress bar are one line', async ({ server, lab }) => {
  const cell = `%%train bar --returns none
for count in range(100_000):
    print(f"\\rstep {count}", end="")
print("\\nafterwards")`;
  server.write('story.ipynb', notebook(cell));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('bar')).toContainText('Finished');

  await lab.card('bar').getByRole('button', { name: 'Log' }).click();

  await expect(lab.log).toContainText('step 99999\nafterwards', { useInnerText: true });
  expect(await lab.runView.locator('*').count()).toBeLessThan(MOST_NODES);
});

test('F37: bars of several lines are those lines, in the card and in the log, live and read again', async ({
  server,
  lab
}) => {
  const cell = `%%train bars --returns none
import os, time
from tqdm import tqdm
print("before")
for epoch in tqdm(range(3), desc="epoch", position=0, mininterval=0):
    for batch in tqdm(range(200), desc="batch", position=1, leave=False, mininterval=0):
        while epoch == 1 and batch == 100 and not os.path.exists("go-on"):
            time.sleep(0.01)
print("\\nafterwards")`;
  server.write('story.ipynb', notebook(cell));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await lab.card('bars').getByRole('button', { name: 'Log' }).click();

  await expect(lab.log).toContainText(/^before\nepoch: {2}33%.*\nbatch: {2}50%.*$/, { useInnerText: true });
  server.write('go-on', '');
  const end = /^before\nepoch: 100%.*\n\s*afterwards$/;
  await expect(lab.log).toContainText(end, { useInnerText: true });
  await lab.layoutIsSaved('jupyter-mlops-run');
  await lab.reload();
  await expect(lab.log).toContainText(end, { useInnerText: true });
});

test('F36, F38, F39: a flood, a line without an end and torn characters', async ({ server, lab }) => {
  const cell = `%%train flood --returns none
import os, time
line = ("0123456789" * 9 + "\\n").encode()
for _ in range(2_000):
    os.write(1, line * 500)
os.write(1, b"x" * 20_000_000 + b"\\n")
smile = "\\U0001f600".encode()
os.write(1, smile[:2]); time.sleep(0.2); os.write(1, smile[2:] + b" whole\\n")
print("the end")`;
  server.write('story.ipynb', notebook(cell));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('flood')).toContainText('Finished', { timeout: 60_000 });
  await lab.openLines('flood');
  await expect(lab.lines('flood')).toContainText('\u{1f600} whole');
  expect(await lab.card('flood').locator('*').count()).toBeLessThan(MOST_NODES);

  await lab.card('flood').getByRole('button', { name: 'Log' }).click();
  await expect(lab.log).toContainText('the end');
  await lab.log.press('Control+Home');
  await expect(lab.log).toContainText('0123456789');
  expect(await lab.runView.locator('*').count()).toBeLessThan(MOST_NODES);
});
