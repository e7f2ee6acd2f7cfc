/** Reports and the card of an export, as their example notebooks make them: light, dark, and as narrow as a telephone. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Locator } from '@playwright/test';

import type { MlopsPage } from '../helpers/MlopsPage';
import { expect, test } from '../helpers/story';

const ROOT = resolve(__dirname, '../..');
const PICTURES = process.env.MLOPS_PICTURES ?? resolve(ROOT, 'docs/pictures');
const LONG = { timeout: 150_000 };

/** In CSS pixels: a report is one picture, as long as it is. */
const TALL = 2600;
/** Of the page around it. */
const EDGE = 8;
/** A cell's output is 400 pixels wide then. */
const NARROW = 505;

for (const [name, theme] of [
  ['light', 'JupyterLab Light'],
  ['dark', 'JupyterLab Dark']
] as const) {
  test.describe(name, () => {
    test.use({
      serverOptions: { settings: { '@jupyterlab/apputils-extension:themes': { theme } } },
      viewport: { width: 1200, height: TALL }
    });

    for (const example of ['fairness', 'explanations', 'onnx'] as const) {
      test(`${example}, ${name}`, async ({ server, lab }) => {
        const report = reportOf(lab, example);
        const take = async (view: string) => {
          await report.scrollIntoViewIfNeeded();
          await lab.page.mouse.move(4, 4);
          const { x, y, width, height } = (await report.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
          const clip = { x: x - EDGE, y, width: width + 2 * EDGE, height: height + EDGE };
          const path = resolve(PICTURES, `${view}-${name}.png`);
          await lab.page.screenshot({ path, clip, animations: 'disabled' });
        };
        server.write('story.ipynb', readFileSync(resolve(ROOT, `examples/${example}.ipynb`), 'utf8'));
        await lab.open('story.ipynb');
        await lab.runAllCells();
        await expect(report).toBeVisible(LONG);
        await lab.kernelIsIdle();
        await lab.hideSidebar();
        if (example === 'onnx') {
          await tried(report);
        }
        await take(example);
        await lab.page.setViewportSize({ width: NARROW, height: TALL });
        await take(`${example}-narrow`);
      });
    }
  });
}

/** The report of an example that shows most: before and after a mitigation, the second model, the exported file. */
function reportOf(lab: MlopsPage, example: 'fairness' | 'explanations' | 'onnx'): Locator {
  switch (example) {
    case 'fairness':
      return lab.fairness.filter({ hasText: 'Hollow: mitigated.' });
    case 'explanations':
      return lab.explanation.nth(1);
    case 'onnx':
      return lab.exported.first();
  }
}

/** With the graph open, and an answer to a row of zeros. */
async function tried(card: Locator): Promise<void> {
  await card.getByText('Graph', { exact: true }).click();
  await card.getByRole('button', { name: 'Try it here' }).click();
  await card.getByRole('button', { name: 'Predict' }).click(LONG);
  await expect(card.getByRole('table', { name: 'What the model answers' })).toBeVisible();
}
