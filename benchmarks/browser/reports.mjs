// How soon a fairness report shows another metric or grouping: `node reports.mjs '{"page": ..., "turns": ...}'`.
// Prints one JSON object. Started by benchmarks/reports_ui.py; Playwright is the one of ui-tests/.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../../ui-tests/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const options = JSON.parse(process.argv[2]);

/** Choose in turn what a select offers; return the times from the choice to the painted frame. Runs in the page. */
const inPage = async ({ turns }) => {
  const selects = () => [...document.querySelectorAll('.mlops-Report select')];
  const choose = async (place, value) => {
    const list = selects()[place];
    list.value = value;
    const before = document.querySelector('.mlops-Report').innerHTML;
    const begun = performance.now();
    list.dispatchEvent(new Event('change', { bubbles: true }));
    await new Promise(done => requestAnimationFrame(done));
    // A task of its own comes after the frame was painted.
    await new Promise(done => setTimeout(done, 0));
    const took = performance.now() - begun;
    if (document.querySelector('.mlops-Report').innerHTML === before) {
      throw new Error('Nothing has changed');
    }
    await new Promise(done => setTimeout(done, 50));
    return took;
  };
  const offered = place => [...selects()[place].options].map(each => each.value);
  const groupings = offered(1);
  const whole = groupings[groupings.length - 1];
  if (selects()[1].value !== whole) {
    await choose(1, whole);
  }
  const metric = [];
  const grouping = [];
  for (let turn = 0; turn < turns; turn++) {
    const metrics = offered(0).filter(each => each !== selects()[0].value);
    metric.push(await choose(0, metrics[turn % metrics.length]));
  }
  for (let turn = 0; turn < turns; turn++) {
    await choose(1, groupings[turn % (groupings.length - 1)]);
    grouping.push(await choose(1, whole));
  }
  return { metric, grouping };
};

const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await page.goto(options.page);
  await page.waitForSelector('.mlops-Report select');
  process.stdout.write(JSON.stringify(await page.evaluate(inPage, { turns: options.turns })));
} finally {
  await browser.close();
}
