/** Rows F10, F15 and F16: the tab is closed, the kernel restarted, a second tab opened; the run goes on, and is seen. */

import { counting, linesUpTo, notebook } from '../helpers/notebook';
import { MlopsPage } from '../helpers/MlopsPage';
import { expect, test } from '../helpers/story';

test.beforeEach(async ({ server, lab }) => {
  server.write('story.ipynb', notebook(counting('counter', 10, 20)));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await lab.hasLines('counter', linesUpTo(10));
});

test('F15: a tab that is closed and opened again shows the run where it is', async ({
  server,
  lab,
  context
}) => {
  await lab.save();
  await lab.page.close();
  server.write('go-10', '');
  const again = new MlopsPage(await context.newPage(), server);

  await again.open('story.ipynb');

  await expect(again.card('counter')).toContainText('Running');
  await again.hasLines('counter', linesUpTo(20));
  server.write('go-20', '');
  await expect(again.card('counter')).toContainText('Finished');
  await again.openLines('counter');
  await again.hasLines('counter', linesUpTo());
  expect(again.errors).toEqual([]);
});

test('F10: a kernel that is restarted leaves the run alone', async ({ server, lab }) => {
  await lab.restartKernel();

  server.write('go-10', '');
  await lab.hasLines('counter', linesUpTo(20));
  server.write('go-20', '');

  await expect(lab.card('counter')).toContainText('Finished');
  await lab.openLines('counter');
  await lab.hasLines('counter', linesUpTo());
});

test('F16: two tabs show the same, each over one connection', async ({ server, lab, context }) => {
  await lab.save();
  const second = new MlopsPage(await context.newPage(), server);
  await second.open('story.ipynb');
  await second.hasLines('counter', linesUpTo(10));

  server.write('go-10', '');
  await Promise.all([lab, second].map(tab => tab.hasLines('counter', linesUpTo(20))));
  server.write('go-20', '');
  await Promise.all([lab, second].map(tab => expect(tab.card('counter')).toContainText('Finished')));

  expect([lab.connections.length, second.connections.length]).toEqual([1, 1]);
});
