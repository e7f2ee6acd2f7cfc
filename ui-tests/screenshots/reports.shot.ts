/** Both reports, as their example notebooks make them: light, dark, and as narrow as a telephone. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Locator } from '@playwright/test';

import type { MlopsPage } from '../helpers/MlopsPage';
import { expect, test } from '../helpers/story';

const ROOT = resolve(__dirname, '../..');
const PICTURES = process.env.MLOPS_PICTURES ?? resolve(ROOT, 'docs/pictures');
const LONG = { timeout: 150_000 };

/** In CSS pixels: a report is one picture, as long as it is. */
const TALL = 2200;
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

    test(`reports, ${name}`, async ({ server, lab }) => {
      test.setTimeout(400_000);
      const take = async (view: string, what: Locator) => {
        await what.scrollIntoViewIfNeeded();
        await lab.page.mouse.move(4, 4);
        await what.screenshot({ path: resolve(PICTURES, `${view}-${name}.png`), animations: 'disabled' });
      };
      for (const [example, count] of [
        ['fairness', 4],
        ['explanations', 2]
      ] as const) {
        await lab.page.setViewportSize({ width: 1200, height: TALL });
        server.write(`${example}.ipynb`, readFileSync(resolve(ROOT, `examples/${example}.ipynb`), 'utf8'));
        await lab.open(`${example}.ipynb`);
        await lab.runAllCells();
        const report = reports(lab, example).nth(count - 1);
        await expect(report).toBeVisible(LONG);
        await lab.kernelIsIdle();
        await lab.hideSidebar();
        await take(example, report);
        await lab.page.setViewportSize({ width: NARROW, height: TALL });
        await take(`${example}-narrow`, report);
      }
    });
  });
}

function reports(lab: MlopsPage, example: string): Locator {
  return example === 'fairness' ? lab.fairness : lab.explanation;
}
