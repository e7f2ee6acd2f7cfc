/** Rows F13, F14 and F17: the server ends, is killed, or the network is cut during a run; not a byte is missing or repeated. */

import { LeakyProxy } from '../helpers/leakyProxy';
import { comeBack, leaveCounting, startCounting } from '../helpers/leaving';
import { linesUpTo } from '../helpers/notebook';
import { MlopsPage } from '../helpers/MlopsPage';
import { expect, test } from '../helpers/story';

const TEXT = linesUpTo()
  .map(line => `${line}\n`)
  .join('');

test('F14: a server that is killed and started again streams on where it was', async ({ server, lab }) => {
  await startCounting(server, lab, 10, 20);

  await server.kill();
  server.write('go-10', '');

  await expect(lab.card('counter')).toContainText('the run goes on. Connecting again');
  await server.start();
  await lab.hasLines('counter', linesUpTo(20));
  await expect(lab.card('counter')).not.toContainText('Connecting again');
  server.write('go-20', '');
  await expect(lab.card('counter')).toContainText('Finished');
  expect(lab.connections.length).toBeGreaterThan(1);
  await expect.poll(() => lab.streamed).toBe(TEXT);
});

test('F13: a server that is ended and started again lists the run, live', async ({
  server,
  lab,
  context
}) => {
  await leaveCounting(server, lab);

  await server.stop();
  await server.start();
  const again = await comeBack(server, context);
  await again.open();
  await again.showRuns();

  await again.unfold('story.ipynb');
  await expect(again.row('counter')).toContainText('Running');
  server.write('go-10', '');
  await expect(again.row('counter')).toContainText('Finished');
});

test('F17: a network that is cut is mended by itself', async ({ server, page }) => {
  const proxy = new LeakyProxy(server.port);
  await proxy.open();
  const lab = new MlopsPage(page, server, proxy.port);
  await startCounting(server, lab, 10, 20);

  proxy.cut();
  server.write('go-10', '');
  await expect(lab.card('counter')).toContainText('Connecting again');
  proxy.mend();

  await lab.hasLines('counter', linesUpTo(20));
  server.write('go-20', '');
  await expect(lab.card('counter')).toContainText('Finished');
  await expect.poll(() => lab.streamed).toBe(TEXT);
  proxy.dispose();
});
