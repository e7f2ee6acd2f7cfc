/** Runs that a script of another tool logs with MLflow alone: their rows draw the course of what counts, as ours do. */

import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { Locator } from '@playwright/test';

import { PYTHON } from '../helpers/jupyterServer';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** Two runs: one that ends after a single point, and one of ten steps that waits for a file and goes on for twenty. */
const SCRIPT = `
import os, time
from pathlib import Path
from mlflow import MlflowClient
from jupyter_mlops.home import Home

client = MlflowClient(f"sqlite:///{Home.create(Path('.mlops')).path / 'mlflow.db'}")
experiment = client.create_experiment("theirs")
single = client.create_run(experiment, run_name="single").info.run_id
client.log_metric(single, "acc", 0.5)
client.set_terminated(single)
run = client.create_run(experiment, run_name="their run").info.run_id

def log(steps):
    for step in steps:
        client.log_metric(run, "acc", 0.01 * step, step=step)
        client.log_metric(run, "loss", 1 / (step + 1), step=step)

log(range(10))
Path("begun").touch()
while not os.path.exists("go"):
    time.sleep(0.01)
log(range(10, 30))
client.set_terminated(run)
`;

interface IPoint {
  readonly x: number;
  readonly y: number;
}

/** The points of the line that a row draws, from left to right; none where there is no line. y grows downwards. */
async function drawn(row: Locator): Promise<readonly IPoint[]> {
  const paths = await row.locator('.mlops-Sparkline path').all();
  const text = paths[0] ? ((await paths[0].getAttribute('d')) ?? '') : '';
  return [...text.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

/** Whether a line goes steadily up or down, from edge to edge of its box. */
function course(points: readonly IPoint[]): string {
  const steps = points.slice(1).map((point, index) => point.y - points[index]!.y);
  const isWide = points.length > 1 && points[points.length - 1]!.x - points[0]!.x > 40;
  const way = steps.every(step => step < 0)
    ? 'up'
    : steps.every(step => step <= 0 || step > 0.04)
      ? 'down'
      : 'both';
  return `${points.length} ${way} ${isWide ? 'wide' : 'narrow'}`;
}

let script: ChildProcess;

test.beforeEach(async ({ server }) => {
  server.write('script.py', SCRIPT);
  server.write('story.ipynb', notebook('%runs main -loss --experiment theirs'));
  script = spawn(PYTHON, ['script.py'], { cwd: server.root, stdio: 'ignore' });
  await expect.poll(() => existsSync(join(server.root, 'begun')), { timeout: 60_000 }).toBe(true);
});

test.afterEach(() => script.kill('SIGKILL'));

test('a plain MLflow script’s run draws its trend, goes on drawing it, and draws what counts', async ({
  server,
  lab
}) => {
  await lab.open('story.ipynb');
  await lab.showRuns();
  await lab.command('Open Table of Runs');
  const row = lab.table.getByRole('row').filter({ hasText: 'their run' });
  await expect.poll(async () => course(await drawn(row))).toBe('10 up wide');
  await expect(row.getByRole('img', { name: 'Course of acc' })).toBeVisible();
  expect(await drawn(lab.table.getByRole('row').filter({ hasText: 'single' }))).toEqual([]);

  server.write('go', '');
  await once(script, 'exit');
  await expect.poll(async () => course(await drawn(row))).toBe('30 up wide');
  await expect(row).toContainText('Finished');

  await lab.tab('story.ipynb').click();
  await lab.runAllCells();
  await lab.layoutIsSaved('notebook');
  await lab.command('Open Table of Runs');
  await expect(row.getByRole('img', { name: 'Course of loss' })).toBeVisible();
  await expect.poll(async () => course(await drawn(row))).toBe('30 down wide');

  // Who comes back finds it drawn: the server keeps what it has read.
  await lab.layoutIsSaved('jupyter-mlops-run-table');
  await lab.reload();
  await expect.poll(async () => course(await drawn(row))).toBe('30 down wide');
});
