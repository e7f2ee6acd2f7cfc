// How long 20 curves of 10,000 points take from numbers to the painted frame: `node curves.mjs '{"chromium": ...}'`.
// Ours is the module of the run view, compiled into lib/; vega and plotly are those of ui-tests/. Prints one JSON object.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../ui-tests/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const options = JSON.parse(process.argv[2]);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = `<!doctype html><meta charset="utf-8"><style>body { font: 12px sans-serif; margin: 0 }</style>
<link rel="stylesheet" href="/node_modules/uplot/dist/uPlot.min.css">
<script src="/ui-tests/node_modules/vega/build/vega.min.js"></script>
<script src="/ui-tests/node_modules/plotly.js-dist-min/plotly.min.js"></script>`;
const TYPES = { js: 'text/javascript', css: 'text/css' };

/** Answer from the repository's files; what TypeScript has compiled names modules without their ending. */
async function answer(route) {
  const { pathname } = new URL(route.request().url());
  if (pathname === '/') {
    return route.fulfill({ contentType: 'text/html', body: PAGE });
  }
  const path = [pathname, `${pathname}.js`].map(each => ROOT + each).find(each => /\.\w+$/.test(each) && existsSync(each));
  if (!path) {
    return route.fulfill({ status: 404 });
  }
  return route.fulfill({ contentType: TYPES[path.split('.').pop()], body: readFileSync(path) });
}

/** In the page: draw the same points by each tool, in turns, each time into an empty box. */
async function measure({ series, points, turns }) {
  const { plotOptions, plotData } = await import('/lib/view/run/curvePlot.js');
  const { default: Plot } = await import('/node_modules/uplot/dist/uPlot.esm.js');
  const width = 900;
  const height = 220;
  let seed = 1;
  const random = () => ((seed = (seed * 16807) % 2147483647) / 2147483647) - 0.5;
  const curves = Array.from({ length: series }, (_, n) => {
    let y = 0;
    const ys = Array.from({ length: points }, () => (y += random()));
    return { runId: String(n), key: 'loss', xs: ys.map((_y, x) => x), ys, total: points };
  });
  // As the server sends the curves of runs that were thinned each for itself: no step is shared.
  const sent = curves.map((curve, n) => ({
    ...curve,
    xs: curve.xs.slice(0, 1000).map(x => x * series + n),
    ys: curve.ys.slice(0, 1000)
  }));
  const runs = curves.map((curve, place) => ({ runId: curve.runId, name: curve.runId, place }));
  const look = { axis: 'step', isLog: false, smoothing: 0 };
  const ours = drawn => box => {
    const plot = { curves: drawn, runs, look, group: 'x', onPoint: () => {}, onZoom: () => {} };
    const chart = new Plot(plotOptions(plot, box, Plot), plotData(plot), box);
    return () => chart.destroy();
  };
  const tools = {
    ours: ours(curves),
    sent: ours(sent),
    vega: async box => {
      const rows = curves.flatMap(curve => curve.xs.map((x, at) => ({ x, y: curve.ys[at], run: curve.runId })));
      const scale = (name, field, range) => ({
        name,
        type: 'linear',
        zero: false,
        range,
        domain: { data: 'rows', field }
      });
      const spec = {
        width,
        height,
        data: [{ name: 'rows', values: rows }],
        scales: [
          scale('x', 'x', 'width'),
          scale('y', 'y', 'height'),
          { name: 'colour', type: 'ordinal', range: 'category', domain: { data: 'rows', field: 'run' } }
        ],
        axes: [
          { orient: 'bottom', scale: 'x' },
          { orient: 'left', scale: 'y' }
        ],
        marks: [
          {
            type: 'group',
            from: { facet: { name: 'one', data: 'rows', groupby: 'run' } },
            marks: [
              {
                type: 'line',
                from: { data: 'one' },
                encode: {
                  enter: {
                    x: { scale: 'x', field: 'x' },
                    y: { scale: 'y', field: 'y' },
                    stroke: { scale: 'colour', field: 'run' }
                  }
                }
              }
            ]
          }
        ]
      };
      const view = new window.vega.View(window.vega.parse(spec), { renderer: 'canvas', container: box });
      await view.runAsync();
      return () => view.finalize();
    },
    plotly: async box => {
      const lines = curves.map(curve => ({ x: curve.xs, y: curve.ys, type: 'scatter', mode: 'lines', line: { width: 1.5 } }));
      await window.Plotly.newPlot(box, lines, { width, height, showlegend: false }, { staticPlot: false });
      return () => window.Plotly.purge(box);
    }
  };
  const times = Object.fromEntries(Object.keys(tools).map(name => [name, []]));
  const inked = {};
  for (let turn = 0; turn <= turns; turn++) {
    for (const [name, draw] of Object.entries(tools)) {
      const box = document.createElement('div');
      box.style.width = `${width}px`;
      document.body.append(box);
      await new Promise(done => setTimeout(done, 50));
      const begun = performance.now();
      const end = await draw(box);
      // A task of its own after the next frame: by then it is painted.
      await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
      const time = performance.now() - begun;
      if (turn > 0) {
        times[name].push(time); // The first turn compiles.
      }
      const canvas = box.querySelector('canvas');
      inked[name] = canvas
        ? canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((v, at) => at % 4 === 3 && v).length
        : box.querySelectorAll('path.js-line').length;
      end();
      box.remove();
    }
  }
  return { times, inked };
}

const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
const problems = [];
page.on('pageerror', error => problems.push(String(error)));
await page.route('**/*', answer);
await page.goto('http://bench.localhost/');
const seen = await page.evaluate(measure, options);
await browser.close();
if (problems.length) {
  throw new Error(problems.join('\n'));
}
console.log(JSON.stringify(seen));
