/** The card of an exported model: read, tried in the browser, reopened without kernel and without trust. */

import AxeBuilder from '@axe-core/playwright';
import type { Locator } from '@playwright/test';

import type { JupyterServer } from '../helpers/jupyterServer';
import { type MlopsPage, THEMES } from '../helpers/MlopsPage';
import { ONE_VISITOR, PICTURES, VISITORS, notebook } from '../helpers/notebook';
import { halfWhite } from '../helpers/picture';
import { expect, test } from '../helpers/story';

/** skl2onnx is loaded, and rows are compared. */
const LONG = { timeout: 120_000 };

async function exported(server: JupyterServer, lab: MlopsPage): Promise<Locator> {
  server.write('folder/story.ipynb', notebook(...VISITORS, ONE_VISITOR, '%export_onnx model -o shop.onnx'));
  await lab.open('folder/story.ipynb');
  await lab.runAllCells();
  await expect(lab.exported).toBeVisible(LONG);
  await lab.kernelIsIdle();
  return lab.exported;
}

/** Type the visitor that the kernel was asked about, and return what the browser says. */
async function answered(card: Locator): Promise<string> {
  await card.getByRole('button', { name: 'Try it here' }).click();
  const form = card.getByRole('form', { name: 'A row to try' });
  await form.getByLabel('age').fill('42', { timeout: 60_000 });
  await form.getByLabel('income').fill('3.25');
  await form.getByLabel('town').fill('Bern');
  await form.getByLabel('town').press('Enter');
  const cells = card.getByRole('table', { name: 'What the model answers' }).locator('td.mlops-Report-figure');
  await expect(cells).toHaveCount(3);
  return (await cells.allInnerTexts()).join(' ');
}

/** Whether a request is for onnxruntime. */
function isOfRuntime(asked: string): boolean {
  return asked.endsWith('.wasm');
}

test('a model is exported, and the browser says of a row what the kernel says', async ({ server, lab }) => {
  test.setTimeout(300_000);
  const card = await exported(server, lab);
  await expect(card).toContainText(/Same model: 100 rows \+ [\d,of ]+ edge rows checked, labels equal/);
  await expect(card).toContainText('shop.onnx');
  await card.getByText('Graph', { exact: true }).click();
  await expect(card.getByRole('img', { name: /^Graph of \d+ operators$/ })).toBeVisible();

  // What is not asked for is not loaded.
  const before = lab.asked.length;
  expect(lab.asked.filter(isOfRuntime)).toEqual([]);

  const told = /kernel: (.*)/.exec(await lab.cells.nth(3).innerText())?.[1];
  expect(await answered(card)).toBe(told);
  await expect(card).toContainText(/Answered in [\d.]+ ms, in this browser\./);
  // The runtime comes with its wasm, and neither before. How much a start loads is a figure of `explorer_ui`.
  expect(lab.asked.slice(before).filter(isOfRuntime)).toHaveLength(1);
  expect(lab.page.workers()).toHaveLength(1);

  // A slip is told where it is.
  const form = card.getByRole('form', { name: 'A row to try' });
  await form.getByLabel('income').fill('much');
  await form.getByRole('button', { name: 'Predict' }).click();
  await expect(card.getByRole('status')).toContainText('“much” is no number');
  await expect(form.getByLabel('income')).toBeFocused();
  await form.getByLabel('income').fill('');
  await form.getByRole('button', { name: 'Predict' }).click();
  await expect(card.getByRole('status')).toContainText('Answered in');
});

test('a network is tried on a picture from a file and on JSON, in a worker that ends with its card', async ({
  server,
  lab
}, testInfo) => {
  test.setTimeout(300_000);
  server.write('story.ipynb', notebook(...PICTURES));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.exported).toBeVisible(LONG);
  await lab.kernelIsIdle();
  const card = lab.exported;
  const [, told = ''] = /kernel: (.*)/.exec(await lab.cells.nth(1).innerText()) ?? [];
  const cells = card.getByRole('table', { name: 'What the model answers' }).locator('td.mlops-Report-figure');
  const said = async () => (await cells.allInnerTexts()).map(text => Number(text).toFixed(3)).join(' ');

  await card.getByRole('button', { name: 'Try it here' }).click();
  const form = card.getByRole('form', { name: 'A row to try' });
  await form.getByLabel('a picture from a file').setInputFiles(
    // Larger than the model's: it is made smaller. White on the left, black on the right.
    { name: 'half.png', mimeType: 'image/png', buffer: halfWhite(64) },
    { timeout: 60_000 }
  );
  await expect(form.getByRole('status')).toContainText('Resized to 8 × 8');
  await form.getByRole('button', { name: 'Predict' }).click();
  await expect.poll(said).toBe(told);
  await card.screenshot({ path: testInfo.outputPath('picture.png') });

  const rows = JSON.stringify(Array.from({ length: 8 }, () => [1, 1, 1, 1, 0, 0, 0, 0]));
  await form.getByLabel('as JSON').fill(rows.replace('1', '2'));
  await form.getByRole('button', { name: 'Predict' }).click();
  await expect.poll(said).not.toBe(told);
  await form.getByLabel('as JSON').fill(rows);
  await form.getByRole('button', { name: 'Predict' }).click();
  await expect.poll(said).toBe(told);

  expect(lab.page.workers()).toHaveLength(1);
  await lab.save();
  await lab.closeTab('story.ipynb');
  await expect.poll(() => lab.page.workers().length).toBe(0);
});

test('a run keeps its export: it is shown and tried where the file is gone', async ({ server, lab }) => {
  test.setTimeout(300_000);
  const [data = '', fit = ''] = VISITORS;
  const run = `%%train shop --returns model --export onnx:model\n${fit}`;
  const cells = [
    data,
    run,
    ONE_VISITOR,
    '%export_onnx model -o shop.onnx',
    'import os; os.remove("shop.onnx")'
  ];
  server.write('story.ipynb', notebook(...cells));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.exported).toBeVisible(LONG);
  await lab.kernelIsIdle();
  await expect(lab.card('shop')).toContainText('exported to ONNX');
  const told = /kernel: (.*)/.exec(await lab.cells.nth(3).innerText())?.[1];

  expect(await answered(lab.exported)).toBe(told);

  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await lab.row('shop').dblclick();
  await lab.part('Model');
  const card = lab.runView.getByRole('region', { name: 'Exported model' });
  await expect(card).toContainText('Same model:');
  expect(await answered(card)).toBe(told);
});

test('a hub’s strict policy lets it be tried: what JupyterLab itself needs is enough', async ({
  server,
  lab
}) => {
  test.setTimeout(300_000);
  // JupyterLab does not start without 'unsafe-eval', which lets WebAssembly be compiled too.
  const policy =
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'";
  const settings = { headers: { 'Content-Security-Policy': policy } };
  await server.stop();
  server.configure({ ServerApp: { tornado_settings: settings } });
  await server.start();

  await answered(await exported(server, lab));

  const response = await lab.page.request.get(server.url('lab'));
  expect(response.headers()['content-security-policy']).toBe(policy);
});

test('a file that changed since is not tried', async ({ server, lab }) => {
  const card = await exported(server, lab);
  server.write('folder/shop.onnx', 'another');

  await card.getByRole('button', { name: 'Try it here' }).click();

  await expect(card.getByRole('status')).toContainText('no longer the one that was compared');
  expect(lab.asked.filter(isOfRuntime)).toEqual([]);
});

test('mailed, without a kernel and without trust, the card is whole and asks for nothing', async ({
  server,
  lab
}) => {
  await exported(server, lab);
  await lab.save();
  await lab.closeTab('story.ipynb');
  const mailed = JSON.parse(server.read('folder/story.ipynb')) as {
    metadata: Record<string, unknown>;
    cells: { source: string }[];
  };
  mailed.metadata.kernelspec = { name: 'gone', display_name: 'Gone', language: 'gone' };
  delete mailed.metadata.language_info;
  // Another text in the first cell: the signature is not this notebook's.
  mailed.cells.forEach(cell => (cell.source = '# mailed'));
  server.write('mailed.ipynb', JSON.stringify(mailed));
  await lab.openWithoutKernel('mailed.ipynb');

  await expect(lab.exported).toContainText('Same model:');
  await expect(lab.exported.getByRole('button', { name: 'Try it here' })).toBeDisabled();
  await expect(lab.exported).toContainText('needs the notebook to be trusted');
  await lab.exported.getByText('Graph', { exact: true }).focus();
  await lab.page.keyboard.press('Enter');
  await lab.page.keyboard.press('Tab');
  await expect(lab.exported.getByRole('group', { name: /^Graph of/ })).toBeFocused();
  await lab.exported.getByText(/^Table: \d+ rows$/).click();
  await expect(lab.exported.getByRole('table', { name: 'Graph' })).toContainText('OneHotEncoder');
  await lab.page.setViewportSize({ width: 505, height: 900 });
  await expect
    .poll(() => lab.exported.evaluate(node => node.scrollWidth - node.clientWidth))
    .toBeLessThanOrEqual(0);
});

test('axe finds nothing serious in the card, light and dark', async ({ server, lab }) => {
  test.setTimeout(300_000);
  const card = await exported(server, lab);
  await answered(card);
  for (const part of await card.locator('summary').all()) {
    await part.click();
  }
  const found: string[] = [];
  for (const theme of THEMES) {
    await lab.theme(theme);
    const { violations } = await new AxeBuilder({ page: lab.page }).include('.mlops-OnnxCard').analyze();
    found.push(
      ...violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(node => `${theme}: ${id}: ${node.html.slice(0, 200)}`))
    );
  }
  expect(found).toEqual([]);
});
