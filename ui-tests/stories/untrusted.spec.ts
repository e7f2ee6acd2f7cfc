/** Rows B24 and B25: in a notebook that nobody trusts, a card is text: it fetches nothing and does nothing. */

import { counting, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>';
const MIME = 'application/vnd.jupyter-mlops.run+json';
const ID = 'f'.repeat(32);

/** A notebook from elsewhere, with outputs that it says are cards. */
function stranger(...cards: readonly unknown[]): string {
  const made = JSON.parse(notebook()) as { cells: unknown[] };
  made.cells = cards.map((card, index) => ({
    cell_type: 'code',
    execution_count: 1,
    id: `cell-${index}`,
    metadata: {},
    source: '1',
    outputs: [{ output_type: 'display_data', metadata: {}, data: { [MIME]: card, 'text/plain': 'as text' } }]
  }));
  return JSON.stringify(made);
}

test('B24: a card out of a stranger’s notebook is text, and asks the server nothing', async ({
  server,
  lab
}) => {
  const card = {
    version: 1,
    run_id: ID,
    name: EVIL,
    status: 'RUNNING',
    submitted_at: EVIL,
    pending: [EVIL],
    travels: [EVIL]
  };
  server.write('stranger.ipynb', stranger(card, { ...card, version: 2 }, { ...card, run_id: '../../etc' }));
  await lab.open('stranger.ipynb');

  await expect(lab.card(EVIL)).toContainText(EVIL);
  await expect(lab.card(EVIL)).toContainText('Trust this notebook');
  await expect(lab.card(EVIL).getByRole('button')).toHaveCount(0);
  await expect(lab.cells.nth(1)).toContainText('another version');
  await expect(lab.cells.nth(2)).toContainText('another version');
  expect(lab.asked.filter(request => request.includes(ID) || request.startsWith('WATCH'))).toEqual([]);
});

test('B25: what is too large or badly made to be a card is refused', async ({ server, lab }) => {
  const huge = {
    version: 1,
    run_id: ID,
    name: 'x'.repeat(3_000_000),
    status: 'RUNNING',
    submitted_at: '',
    pending: [],
    travels: []
  };
  server.write(
    'stranger.ipynb',
    stranger(huge, { version: 1, __proto__: null, run_id: ID, status: 'constructor' }, [], 'text')
  );
  await lab.open('stranger.ipynb');

  for (const index of [0, 1, 2, 3]) {
    await expect(lab.cells.nth(index)).toContainText('another version');
  }
});

test('B24: trusting the notebook brings the run back', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(counting('counter')));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('counter')).toContainText('Finished');
  await lab.save();
  // Another text in the first cell: the signature is not this notebook's.
  server.write(
    'copy.ipynb',
    server.read('story.ipynb').replace('%load_ext jupyter_mlops', '%load_ext jupyter_mlops # mine')
  );
  await lab.closeTab('story.ipynb');

  await lab.open('copy.ipynb');
  await expect(lab.card('counter')).toContainText('Trust this notebook');
  await lab.command('Trust Notebook');
  await lab.answer('Trust');

  await expect(lab.card('counter')).toContainText('Finished');
  await expect(lab.card('counter')).not.toContainText('Trust this notebook');
});
