/** Whichever of a terminal's 16 colours a run prints in, its log can be read: in the light theme and in the dark one. */

import { Locator } from '@playwright/test';

import { THEMES } from '../helpers/MlopsPage';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const CODES = Array.from({ length: 8 }, (_, colour) => [30 + colour, 90 + colour]).flat();
const EXACT = '38;5;208';
const COLOURS = `%%train colours
for code in "${[...CODES, EXACT].join(' ')}".split():
    print(f"\\x1b[{code}mcolour {code}\\x1b[0m")`;
/** A hair less than the 3 of WCAG for large text: a few of the colours that JupyterLab has are there. */
const LEAST = 2.9;

/** The contrast of a text with the log behind it, as WCAG reckons it. */
function contrast(text: Locator): Promise<number> {
  return text.evaluate(node => {
    const light = (colour: string) => {
      const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(part => {
        const share = Number(part) / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const ground = light(getComputedStyle(node.closest('[role=log]')!).backgroundColor);
    const shown = light(getComputedStyle(node).color);
    return (Math.max(ground, shown) + 0.05) / (Math.min(ground, shown) + 0.05);
  });
}

test('every colour of a log can be read, in each theme', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(COLOURS));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.card('colours')).toContainText('Finished', { timeout: 60_000 });
  await lab.card('colours').getByRole('button', { name: 'Log', exact: true }).click();

  for (const theme of THEMES) {
    await lab.theme(theme);
    for (const code of CODES) {
      const text = lab.log.getByText(`colour ${code}`, { exact: true });
      await expect.poll(() => contrast(text), { message: `${code}, ${theme}` }).toBeGreaterThan(LEAST);
    }
  }
  // Who asks for an exact colour is given that.
  const orange = lab.log.getByText(`colour ${EXACT}`);
  expect(await orange.evaluate(node => getComputedStyle(node).color)).toBe('rgb(255, 135, 0)');
});
