// What a user of the explorer waits for, measured inside the page: `node explorer.mjs '{"story": ..., "url": ...}'`.
// Prints one JSON object. Started by benchmarks/explorer_ui.py; Playwright is the one of ui-tests/.

import { createRequire } from 'node:module';

const require = createRequire(new URL('../../ui-tests/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const options = JSON.parse(process.argv[2]);

/** Functions of the page. Times are from asking until the frame with the answer was painted. */
const inPage = () => {
  // `until` ends in the frame whose picture has the answer; a task of its own comes after that was painted.
  const painted = () => new Promise(done => setTimeout(done, 0));
  const until = async isSo => {
    const end = performance.now() + 60_000;
    while (!isSo()) {
      if (performance.now() > end) {
        throw new Error(`It never came to be: ${isSo}`);
      }
      await new Promise(done => requestAnimationFrame(done));
    }
  };
  const list = () => [...document.querySelectorAll('.mlops-RunList')].find(each => each.offsetParent);
  const rows = () => [...(list()?.querySelectorAll('.mlops-RunRow') ?? [])];
  const inSight = () => {
    const box = list().getBoundingClientRect();
    return rows().filter(row => {
      const { top, bottom } = row.getBoundingClientRect();
      return bottom > box.top && top < box.bottom;
    });
  };
  const isFilled = () =>
    !!list() && inSight().length > 1 && inSight().every(row => !row.classList.contains('mlops-RunRow-waiting'));
  const timed = async (act, isDone) => {
    const begun = performance.now();
    act();
    await until(isDone);
    await painted();
    return performance.now() - begun;
  };
  const write = text => {
    const field = [...document.querySelectorAll('[aria-label="Search runs"]')].find(each => each.offsetParent);
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  };
  window.bench = { until, list, rows, inSight, isFilled, timed, write };
};

const stories = {
  /** First paint, jumps and searches in the table of all runs; what was loaded before anything was opened. */
  async list(page) {
    await page.waitForTimeout(2000); // JupyterLab's own start is over.
    const loaded = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(each => each.name.includes('/extensions/jupyter-mlops/'))
        .reduce((sum, each) => sum + each.decodedBodySize, 0)
    );
    const sidebar = await page.evaluate(async () => {
      const { commands } = window.jupyterapp;
      return bench.timed(() => void commands.execute('jupyter-mlops:show-runs'), bench.isFilled);
    });
    const paints = [];
    for (let turn = 0; turn < options.turns; turn++) {
      paints.push(
        await page.evaluate(async () => {
          const { commands, shell } = window.jupyterapp;
          document.activeElement?.blur();
          shell.collapseLeft();
          return bench.timed(() => void commands.execute('jupyter-mlops:open-run-table'), bench.isFilled);
        })
      );
      if (turn < options.turns - 1) {
        await page.evaluate(() => window.jupyterapp.shell.currentWidget.close());
        await page.waitForTimeout(300);
      }
    }
    const jumps = [];
    for (let turn = 0; turn < options.turns * 3; turn++) {
      const share = ((turn * 7919) % 100) / 100;
      jumps.push(
        await page.evaluate(async share => {
          const box = bench.list();
          const before = bench.rows()[0]?.getAttribute('aria-rowindex');
          const isDone = () => bench.rows()[0]?.getAttribute('aria-rowindex') !== before && bench.isFilled();
          return bench.timed(() => (box.scrollTop = share * (box.scrollHeight - box.clientHeight)), isDone);
        }, share + 0.005)
      );
      await page.waitForTimeout(100);
    }
    const searches = [];
    for (const [query, total] of options.searches) {
      searches.push(
        await page.evaluate(
          async ([query, total]) =>
            bench.timed(
              () => bench.write(query),
              () => Number(bench.list()?.getAttribute('aria-rowcount')) === total && bench.isFilled()
            ),
          [query, total]
        )
      );
      await page.waitForTimeout(300);
    }
    return { loaded, sidebar, paints, jumps, searches };
  },

  /** Milliseconds from a line's printing, whose time it tells, until it stands in the card. */
  async lines(page) {
    await page.waitForSelector('.mlops-LogLines', { timeout: 60_000 });
    const delays = await page.evaluate(async count => {
      const delays = new Map();
      const look = () => {
        const now = Date.now();
        for (const [, time] of document.querySelector('.mlops-LogLines').textContent.matchAll(/TICK (\d+)/g)) {
          delays.has(time) || delays.set(time, now - Number(time));
        }
      };
      look();
      delays.clear(); // What was there before anybody looked is not late.
      document.querySelector('.mlops-LogLines').textContent.match(/TICK (\d+)/g)?.forEach(each => delays.set(each.slice(5), null));
      new MutationObserver(look).observe(document.querySelector('.mlops-LogLines'), {
        childList: true,
        subtree: true,
        characterData: true
      });
      await bench.until(() => [...delays.values()].filter(each => each !== null).length >= count);
      return [...delays.values()].filter(each => each !== null);
    }, options.lines);
    return { delays };
  },

  /** The longest tasks of the page while a run floods, until its end is shown. */
  async flood(page) {
    await page.waitForSelector('.mlops-RunCard', { timeout: 60_000 });
    await page.waitForTimeout(3000); // The notebook is drawn; from now on the card is all that happens.
    await page.evaluate(() => {
      window.tasks = [];
      new PerformanceObserver(entries => tasks.push(...entries.getEntries().map(each => each.duration))).observe({
        type: 'longtask'
      });
    });
    console.error('ready');
    await page.waitForSelector('.mlops-RunCard.mlops-mod-finished', { timeout: options.floodMs });
    await page.waitForTimeout(1000);
    return { tasks: await page.evaluate(() => tasks), heap: await page.evaluate(() => performance.memory.usedJSHeapSize) };
  }
};

const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(inPage);
  await page.goto(options.url);
  await page.waitForSelector('.jp-LabShell', { timeout: 120_000 });
  console.log(JSON.stringify(await stories[options.story](page)));
} finally {
  await browser.close();
}
