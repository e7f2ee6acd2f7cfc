/** A list much longer than the screen: its end is reached, a search leaves a short one, and all of both is seen. */

import { execFileSync } from 'node:child_process';

import { PYTHON } from '../helpers/jupyterServer';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** As many runs as make a list of ten screens. */
const SCRIPT = `
from pathlib import Path
from mlflow import MlflowClient
from jupyter_mlops.home import Home

client = MlflowClient(f"sqlite:///{Home.create(Path('.mlops')).path / 'mlflow.db'}")
experiment = client.create_experiment("theirs")
for number in range(300):
    run = client.create_run(experiment, run_name=f"run {number:03}", start_time=1_700_000_000_000 + number * 1000)
    client.set_terminated(run.info.run_id)
`;

test.beforeEach(({ server }) => {
  server.write('story.ipynb', notebook());
  server.write('script.py', SCRIPT);
  execFileSync(PYTHON, ['script.py'], { cwd: server.root, stdio: 'ignore' });
});

test('the end of a long list is seen, what a search leaves of it, and all of it again', async ({ lab }) => {
  await lab.open('story.ipynb');
  await lab.command('Open Table of Runs');
  const row = (name: string) => lab.table.getByRole('row').filter({ hasText: name });
  await expect(row('run 299')).toBeInViewport();

  await lab.table.press('End');
  await expect(row('run 000')).toBeInViewport();
  await expect(row('run 299')).toHaveCount(0);

  // From the far end of three hundred lines to eleven.
  const search = lab.page.locator('#jp-main-dock-panel').getByLabel('Search runs');
  await search.fill('name~"run 12" or name~"run 007"');
  await expect(row('run 007')).toBeInViewport();
  await expect(row('run 129')).toBeInViewport();

  await search.fill('');
  await expect(row('run 299')).toBeInViewport();
  await lab.table.press('End');
  await expect(row('run 000')).toBeInViewport();
});
