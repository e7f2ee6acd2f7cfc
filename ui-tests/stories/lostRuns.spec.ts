/** Rows F22 and B39: a run that died with its machine, and cards of runs that there cannot be. */

import { comeBack, leaveCounting } from '../helpers/leaving';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const MIME = 'application/vnd.jupyter-mlops.run+json';
const NOBODY = 'f'.repeat(32);
const NO_IDS = ['../../etc/passwd', `${NOBODY}/..`, `${NOBODY.slice(1)}G`, 'a'.repeat(10_000), '%2e%2e'];

test('F22: what died with its container is said to be lost, and is run again', async ({
  server,
  lab,
  context
}) => {
  await leaveCounting(server, lab);

  await server.vanish();
  await server.start();
  const again = await comeBack(server, context);
  await again.open('story.ipynb');

  await expect(again.card('counter')).toContainText('Failed');
  await expect(again.card('counter')).toContainText('lost');
  await again.showRuns();
  await again.unfold('story.ipynb');
  await expect(again.row('counter')).toContainText('Failed');
  await again.row('counter').dblclick();
  await again.part('Log');
  await expect(again.log).toContainText('line 10');

  server.write('go-10', '');
  await again.mainTab('story.ipynb').click();
  await again.runAllCells();
  await expect(again.card('counter')).toContainText('Finished');
});

test('B39: a card of what is no run asks the server nothing, one of a run that is not here says so', async ({
  server,
  lab
}) => {
  const made = JSON.parse(notebook()) as { cells: unknown[] };
  made.cells = [NOBODY, ...NO_IDS].map((run_id, index) => ({
    cell_type: 'code',
    execution_count: 1,
    id: `cell-${index}`,
    metadata: {},
    source: '1',
    outputs: [
      {
        output_type: 'display_data',
        metadata: {},
        data: {
          [MIME]: { version: 1, run_id, name: 'nobody', status: 'RUNNING', submitted_at: '', pending: [] },
          'text/plain': 'as text'
        }
      }
    ]
  }));
  server.write('stranger.ipynb', JSON.stringify(made));
  await lab.open('stranger.ipynb');
  await lab.command('Trust Notebook');
  await lab.answer('Trust');

  await expect(lab.cells.first()).toContainText('This server knows no such run');
  for (let index = 1; index <= NO_IDS.length; index++) {
    await expect(lab.cells.nth(index)).toContainText('another version');
  }
  const ids = lab.asked.flatMap(
    asked => /runs\/([^/?]*)|WATCH .*"watch":"([^"]*)"/.exec(asked)?.slice(1) ?? []
  );
  expect([...new Set(ids.filter(Boolean))]).toEqual([NOBODY]);
});
