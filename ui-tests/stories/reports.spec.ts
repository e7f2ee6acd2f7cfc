/** Reports outlive their kernel: mailed and reopened, exported, saved as a page. While it lives, it answers what-if. */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';

import type { JupyterServer } from '../helpers/jupyterServer';
import { PYTHON } from '../helpers/jupyterServer';
import { type MlopsPage, THEMES } from '../helpers/MlopsPage';
import { LOANS, notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** Fairlearn is loaded, and resamples. */
const LONG = { timeout: 120_000 };

const MODEL = `from sklearn.linear_model import LogisticRegression
rows = Xte[["income", "wealth", "age"]]
model = LogisticRegression().fit(Xtr[rows.columns], ytr)`;

/** Both reports of one model, without a run: a notebook and two files. */
const CELLS = [
  LOANS,
  MODEL,
  '%fairness model -X Xte -y yte -s sex,region --boot 20 --save fairness.html',
  '%explain model -X rows -y yte --rows 0,1 --save explanation.html'
];

/** An explanation as JupyterLab draws it, and as other front ends do. */
const TWICE = [
  LOANS,
  MODEL,
  '%explain model -X rows -y yte --rows 0,1 -o report',
  `from jupyter_mlops.widgets import report_widget
report_widget(report, model, rows, yte)`
];

async function withReports(server: JupyterServer, lab: MlopsPage): Promise<void> {
  server.write('story.ipynb', notebook(...CELLS));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.fairness).toBeVisible(LONG);
  await expect(lab.explanation).toBeVisible(LONG);
}

test('a mailed notebook shows its reports alive: no kernel, no trust, no widget state', async ({
  server,
  lab
}) => {
  await withReports(server, lab);
  await lab.save();
  await lab.closeTab('story.ipynb');
  const mailed = JSON.parse(server.read('story.ipynb')) as {
    metadata: Record<string, unknown>;
    cells: object[];
  };
  expect(mailed.metadata.widgets).toBeUndefined();
  mailed.metadata.kernelspec = { name: 'gone', display_name: 'Gone', language: 'gone' };
  delete mailed.metadata.language_info;
  server.write('mailed.ipynb', JSON.stringify(mailed));
  await lab.openWithoutKernel('mailed.ipynb');

  const fairness = lab.fairness;
  await expect(fairness.getByRole('table', { name: 'selection rate by group' }).getByRole('row')).toHaveCount(
    5
  );
  await fairness.getByRole('combobox', { name: 'Metric' }).selectOption('accuracy');
  await fairness.getByRole('combobox', { name: 'by', exact: true }).selectOption('region');
  await expect(fairness.getByRole('table', { name: 'accuracy by group' }).getByRole('row')).toHaveCount(3);
  await expect(fairness.getByRole('button', { name: 'Mitigate' })).toBeDisabled();
  await expect(fairness).toContainText('Mitigating needs the notebook, trusted and with its kernel.');

  const explanation = lab.explanation;
  await lab.rowOf(explanation.getByRole('grid', { name: 'Importance of features' }), 'age').click();
  await expect(explanation.getByRole('heading', { name: 'age' })).toBeVisible();
  await explanation.getByRole('combobox', { name: 'Row', exact: true }).selectOption('row 1');
  await expect(explanation).toContainText('Row 1.');
  await expect(explanation.getByLabel('income', { exact: true })).toBeDisabled();
  await expect(explanation).toContainText('What-if needs the notebook, trusted and with its kernel');
});

test('the kernel answers what if, in its report and in a widget, and they say so when it is gone', async ({
  server,
  lab
}) => {
  server.write('story.ipynb', notebook(...TWICE));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.explanation).toHaveCount(2, LONG);
  for (const explanation of await lab.explanation.all()) {
    const answers = explanation.getByRole('table', { name: 'What the model answers' });
    const income = explanation.getByLabel('income', { exact: true });
    await expect(income).toBeEnabled();
    const before = await answers.getByRole('row').last().textContent();
    expect(before).not.toContain('→');

    await income.fill('0');
    await expect(answers).toContainText(/0\.\d+ → 0\.\d+ \(-0\.\d+\)/);
    await expect
      .poll(() => lab.said(explanation))
      .toMatch(/The answer for 1 goes from 0\.\d+ to 0\.\d+\. Hollow: the row as it is\./);
    await explanation.getByRole('button', { name: 'Back to the row as it is' }).click();
    await expect(answers.getByRole('row').last()).toHaveText(before ?? '');
  }

  await lab.restartKernel();
  const [report, widget] = [lab.explanation.first(), lab.explanation.last()];
  await report.getByLabel('income', { exact: true }).fill('1');
  await expect(report).toContainText(/Run (the|its) cell again/);
  expect(await lab.said(report)).not.toContain('→ 0');
  await expect(widget).toContainText('Where it was restarted, run the cell again.');
  await expect(widget.getByLabel('income', { exact: true })).toBeDisabled();
});

test('nbconvert’s page and the saved pages open offline and ask nobody', async ({ server, lab, context }) => {
  await withReports(server, lab);
  await lab.save();
  server.write('empty.ipynb', notebook());
  const convert = ['-m', 'nbconvert', '--to', 'html', 'story.ipynb', 'empty.ipynb'];
  execFileSync(PYTHON, convert, { cwd: server.root, stdio: 'pipe' });
  await lab.page.close(); // Without its server JupyterLab throws, after a while.
  await context.setOffline(true);

  // What nbconvert's own template asks for, it asks for in an empty notebook too.
  const empty = await opened(context, server, 'empty.html');
  const exported = await opened(context, server, 'story.html');
  expect(exported.asked).toEqual(empty.asked);
  await expect(exported.page.getByRole('table', { name: 'Gaps between groups' })).toContainText(
    'selection rate'
  );
  await expect(exported.page.getByRole('table', { name: 'Importance of features' })).toContainText('income');
  await expect.poll(() => exported.page.locator('.mlops-View svg circle').count()).toBeGreaterThan(3);

  const fairness = await opened(context, server, 'fairness.html');
  await fairness.page.getByRole('combobox', { name: 'by', exact: true }).selectOption('sex');
  await expect(fairness.page.getByRole('table', { name: /by group$/ }).getByRole('row')).toHaveCount(3);
  await expect(fairness.page.getByRole('button', { name: 'Mitigate' })).toBeDisabled();
  const explanation = await opened(context, server, 'explanation.html');
  await explanation.page.getByRole('combobox', { name: 'Row', exact: true }).selectOption('row 1');
  await expect(explanation.page.getByText('Row 1.').first()).toBeVisible();
  for (const { page, asked, errors } of [fairness, explanation]) {
    expect([asked, errors]).toEqual([[], []]);
    expect(await serious(page)).toEqual([]);
    await page.setViewportSize({ width: 400, height: 800 });
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
      .toBeLessThanOrEqual(400);
  }
});

test('reports are read by the keyboard alone', async ({ server, lab }) => {
  await withReports(server, lab);
  const { keyboard } = lab.page;
  await lab.fairness.getByRole('combobox', { name: 'Metric' }).focus();
  await keyboard.press('ArrowUp');
  await expect(lab.fairness.getByRole('table', { name: 'accuracy by group' })).toBeVisible();
  await keyboard.press('Tab');
  await expect(lab.fairness.getByRole('combobox', { name: 'by', exact: true })).toBeFocused();
  // A key of a report is no shortcut of the notebook: "d d" would delete the cell.
  const count = await lab.cells.count();
  await keyboard.press('d');
  await keyboard.press('d');
  await expect(lab.cells).toHaveCount(count);

  const grid = lab.explanation.getByRole('grid', { name: 'Importance of features' });
  await grid.focus();
  for (const key of ['ArrowDown', 'Enter']) {
    await keyboard.press(key);
  }
  const second = await grid.getByRole('row').nth(2).getByRole('rowheader').innerText();
  await expect(lab.explanation.getByRole('heading', { name: second })).toBeVisible();
  await expect(lab.explanation.getByRole('status').last()).toContainText(`Along`);
});

test('axe finds nothing serious in reports, light and dark', async ({ server, lab }) => {
  await withReports(server, lab);
  for (const table of await lab.page.getByText(/^Table: \d+ rows?$/).all()) {
    await table.click();
  }
  for (const theme of THEMES) {
    await lab.theme(theme);
    expect(await serious(lab.page), theme).toEqual([]);
  }
});

/** A page of a file, with what it asked of others and what went wrong in it. */
async function opened(context: BrowserContext, server: JupyterServer, name: string) {
  const page = await context.newPage();
  const [asked, errors]: [string[], string[]] = [[], []];
  page.on('request', request => /^(file|blob|data):/.test(request.url()) || asked.push(request.url()));
  page.on('pageerror', error => errors.push(error.message));
  page.on('console', message => message.type() === 'error' && errors.push(message.text()));
  await page.goto(pathToFileURL(join(server.root, name)).href, { waitUntil: 'domcontentloaded' });
  return { page, asked, errors };
}

/** What axe calls serious or critical in reports, one line each. */
async function serious(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).include('.mlops-Report').analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 200)}`));
}
