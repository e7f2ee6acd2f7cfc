/** What a network or a text model looks at: in the notebook, and in the explorer's tab of the run that made the model. */

import type { Locator } from '@playwright/test';

import type { MlopsPage } from '../helpers/MlopsPage';
import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

/** A framework is loaded, and a run starts. */
const LONG = { timeout: 120_000 };

/** Pictures of 8 x 8 pixels with a bright corner: a network that was set by hand sees the upper left one. */
const IMAGES = [
  `import numpy as np, torch
made = np.random.default_rng(0)
pictures = made.random((6, 1, 8, 8)).astype("float32") * 0.2
pictures[::2, 0, :3, :3] += 0.8
corner = torch.nn.Linear(64, 1)
with torch.no_grad():
    corner.bias.zero_()
    corner.weight.zero_()
    corner.weight.view(8, 8)[:3, :3] = 1.0`,
  `%%train seer --returns seer
seer = torch.nn.Sequential(torch.nn.Flatten(), corner)`,
  '%explain seer -X pictures --rows 0,1'
];

const TEXTS = [
  `from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
texts = ["the <b>wonderful</b> cast", "the awful plot", "the wonderful plot 🎬", "the awful cast"] * 10
liked = [1, 0, 1, 0] * 10`,
  `%%train reader --returns reader
reader = make_pipeline(CountVectorizer(), LogisticRegression()).fit(texts, liked)`,
  '%explain reader -X texts -y liked --rows 0,1'
];

test('a network shows where it looks, in its cell and in the tab of its run', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...IMAGES));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.explanation).toBeVisible(LONG);
  await looksAtTheCorner(lab.explanation);

  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await lab.row('seer').dblclick();
  await lab.part('Explanation');
  const kept = lab.runView.getByRole('region', { name: 'Explanation' });
  await looksAtTheCorner(kept);
  await expect(kept).toContainText('Contains data');
});

test('a text model shows its words, in its cell and in the tab of its run', async ({ server, lab }) => {
  server.write('story.ipynb', notebook(...TEXTS));
  await lab.open('story.ipynb');
  await lab.runAllCells();
  await expect(lab.explanation).toBeVisible(LONG);
  await readsTheWord(lab, lab.explanation);

  await lab.showRuns();
  await lab.unfold('story.ipynb');
  await lab.row('reader').dblclick();
  await lab.part('Explanation');
  await readsTheWord(lab, lab.runView.getByRole('region', { name: 'Explanation' }));
});

/** The bright corner raises the answer, and the rest is left alone; the picture itself is there too. */
async function looksAtTheCorner(report: Locator): Promise<void> {
  await report.getByRole('combobox', { name: 'Row', exact: true }).selectOption('row 0');
  const picture = report.getByRole('img', { name: 'Row 0', exact: true });
  await expect(picture).toBeVisible();
  // A picture has no width before it is decoded.
  await expect(picture).toHaveJSProperty('naturalWidth', 8);
  await expect(report.getByRole('img', { name: /^Row 0, shaded by what each part adds/ })).toBeVisible();
  await report
    .getByText(/^Table: \d+ rows?$/)
    .last()
    .click();
  const rows = report.getByRole('table').last().locator('tbody tr');
  await expect(rows).toHaveCount(8);
  const added = await Promise.all([0, 7].map(row => rows.nth(row).locator('td').allInnerTexts()));
  const [first = [], last = []] = added.map(texts => texts.map(text => parseFloat(text)));
  expect(Math.min(...first.slice(0, 3))).toBeGreaterThan(0.2);
  expect([...first.slice(3), ...last].every(figure => figure === 0)).toBe(true);
}

/** The word that decides is named first, and what looks like markup is text. */
async function readsTheWord(lab: MlopsPage, report: Locator): Promise<void> {
  await report.getByRole('combobox', { name: 'Row', exact: true }).selectOption('row 0');
  await expect(report).toContainText('the <b>wonderful</b> cast');
  await expect.poll(() => lab.said(report)).toMatch(/“wonderful” raises the probability of 1 most/);
  await report.getByRole('combobox', { name: 'Row', exact: true }).selectOption('row 1');
  await expect.poll(() => lab.said(report)).toMatch(/“awful” lowers it most/);
}
