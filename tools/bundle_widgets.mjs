/**
 * Write `jupyter_mlops/widgets/static/`: each report's ES module as one file, and their style sheet.
 *
 * JupyterLab has both in its labextension. Other front ends get the module from the package (anywidget), and a saved page
 * holds it. The bundler is the labextension's own.
 */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { rspack } from '@rspack/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** In bytes: a saved page and a widget carry them. docs/fairness.md states the same. */
const LIMITS = { 'fairness.js': 30_000, 'explanation.js': 38_000, 'reports.css': 12_000 };
const target = join(root, 'jupyter_mlops', 'widgets', 'static');

function bundled(name) {
  const compiler = rspack({
    mode: 'production',
    target: ['web', 'es2020'],
    context: root,
    entry: { [name]: `./lib/widgets/${name}/index.js` },
    output: { path: target, filename: '[name].js', module: true, library: { type: 'modern-module' } },
    performance: { hints: false }
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      const problem = error ?? (stats.hasErrors() ? new Error(stats.toString('errors-only')) : null);
      compiler.close(() => (problem ? reject(problem) : resolve()));
    });
  });
}

/** A saved page holds the style sheet: without comments, and without blanks that say nothing. */
function smaller(css) {
  return css
    .replace(/\/\*[^]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/;}/g, '}')
    .trim();
}

await mkdir(target, { recursive: true });
for (const name of ['fairness', 'explanation']) {
  await bundled(name);
}
const style = await readFile(join(root, 'style', 'reports.css'), 'utf8');
await writeFile(join(target, 'reports.css'), smaller(style));
for (const [name, limit] of Object.entries(LIMITS)) {
  const size = (await readFile(join(target, name))).length;
  process.stdout.write(`${join(target, name)}: ${size} bytes\n`);
  if (size > limit) {
    throw new Error(`${name} is larger than ${limit} bytes. Make it smaller, or say so in docs/fairness.md and here.`);
  }
}
