/** Rows B4-B7, B13, B26, B37 and B38: text of any kind, in every field that is seen, is text. */

import { notebook } from '../helpers/notebook';
import { expect, test } from '../helpers/story';

const HTML = '"><img src=x onerror=window.__xss=1><script>window.__xss=2</script><svg onload=window.__xss=3>';
const SHORT = '<img src=x onerror=window.__xss=4>';
const BEACON = 'http://127.0.0.1:1/';
const NOTE = `<img src=${BEACON}a.png> ![x](${BEACON}b.png) [a](javascript:window.__xss=5)

<a data-commandlinker-command="filebrowser:delete" href="#">linker</a> <style>*{display:none}</style>

<form action=${BEACON}><button formaction=${BEACON}>send</button><input name=x></form>

[good](https://jupyter.org)

<iframe srcdoc="<script>parent.__xss=6</script>"></iframe> ${HTML}`;

const CELL = `%%train -t stage=x -p api_token=hunter2 --returns model
import mlflow, sys, os, pathlib
import jupyter_mlops as mlops
html, short = ${JSON.stringify(HTML)}, ${JSON.stringify(SHORT)}
mlflow.log_param("html", html)
mlflow.set_tag("html", html)
mlops.log(**{"__proto__": 1.0, "constructor": 2.0, "toString": float("nan"), "m/x y": float("inf")})
folder = pathlib.Path("made")
folder.mkdir(exist_ok=True)
(folder / f"{short.replace('/', '')}.html").write_text(html)
(folder / "picture.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" onload="window.__xss=7"/>')
(folder / "table.csv").write_text(f"a,b\\n{html.replace(',', '')},=1+1\\n")
(folder / "data.json").write_text('{"a": "</script>' + short + '"}')
mlflow.log_artifacts("made", "made")
print(html)
print("\\x1b]8;;javascript:window.__xss=8\\x07hidden link\\x1b]8;;\\x07 \\x1b]52;c;aGk=\\x07\\x1b]0;title\\x07nul\\0nul")
print('https://jupyter.org/a"onmouseover="window.__xss=9 javascript:window.__xss=10 \\x1b[31mred\\x1b[0m </script>')
sys.stdout.buffer.write(bytes(range(256)) + b"\\n"); sys.stdout.flush()
raise ValueError(html)
model = None`;

test('B4, B6, B7, B13, B26, B37, B38: text of any kind is text, wherever it is seen', async ({
  server,
  lab
}) => {
  server.write(`${SHORT.replaceAll('/', '')}.ipynb`, notebook(CELL));
  await lab.open(`${SHORT}.ipynb`);
  await lab.runAllCells();
  await lab.showRuns();
  await lab.unfold(`${SHORT}.ipynb`);
  await expect(lab.list).toContainText('Failed');
  const { runs } = await server.ask<{ runs: readonly { run_id: string }[] }>('jupyter-mlops/api/runs');
  await server.ask(`jupyter-mlops/api/runs/${runs[0]?.run_id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: HTML, note: NOTE, tags: { note: SHORT } })
  });
  await expect(lab.row(HTML)).toBeVisible();

  await test.step('B4: names, tags, parameters, errors and notebooks are text in the card, the list and the run view', async () => {
    await expect(lab.card(HTML)).toContainText(HTML);
    await expect(lab.card(HTML)).toContainText('ValueError');
    await lab.row(HTML).dblclick();

    await expect(lab.runView.getByRole('heading', { level: 1 })).toHaveText(HTML);
    await expect(lab.runView.getByRole('table', { name: 'Parameters' })).toContainText(HTML);
    await expect(lab.runView.getByRole('table', { name: 'Tags' })).toContainText(SHORT);
    await expect(lab.runView).toContainText('ValueError');
    // B38: what looks like a secret is masked.
    await expect(lab.runView).not.toContainText('hunter2');
    // B6, B7: any key, and values that JSON has no word for.
    for (const text of ['__proto__', 'constructor', 'toString', 'NaN', 'm/x y']) {
      await expect(lab.runView.getByRole('table', { name: 'Metrics' })).toContainText(text);
    }
    for (const part of ['Metrics', 'Code', 'Environment']) {
      await lab.part(part);
      await expect(lab.runView.getByRole('tabpanel')).not.toBeEmpty();
    }
  });

  await test.step('B26: a note is Markdown without anything that acts', async () => {
    await lab.part('Overview');
    const note = lab.runView;

    await expect(note.getByRole('link', { name: 'good' })).toHaveAttribute('rel', /noopener/);
    await expect(note.getByText('linker')).toBeVisible();
    await note.getByText('linker').click();
    await expect(lab.page.locator('.jp-Dialog')).toHaveCount(0);
    await expect(
      note.locator(
        '[data-commandlinker-command], iframe, style, [action], [formaction], [href^="javascript:"], [onerror]'
      )
    ).toHaveCount(0);
  });

  await test.step('B37: of a log, colours and http links are understood, nothing else', async () => {
    await lab.part('Log');

    await expect(lab.log).toContainText(HTML);
    await expect(lab.log).toContainText('hidden link');
    const links = () =>
      lab.log
        .getByRole('link')
        .evaluateAll(found =>
          found.map(each => [each.getAttribute('href'), each.getAttribute('rel')].join(' '))
        );
    // Once where it is printed, once where the traceback shows the line.
    await expect
      .poll(async () => new Set(await links()))
      .toEqual(new Set(['https://jupyter.org/a noopener noreferrer']));
    await expect(lab.log.getByText('red', { exact: true })).toHaveClass(/ansi-red/);
    // B38 of the faults' list: bytes that are no UTF-8 are shown as such.
    await expect(lab.log).toContainText('\ufffd');
  });

  await test.step('B13: of artifacts only pictures, text and tables are shown, and never run', async () => {
    await lab.part('Artifacts');
    await lab.runView.getByRole('button', { name: 'made' }).click();
    await expect(lab.runView.getByRole('button', { name: 'table.csv' })).toBeVisible();

    await lab.runView.getByRole('button', { name: 'table.csv' }).click();
    await expect(lab.runView.getByRole('table', { name: 'made/table.csv' })).toContainText('=1+1');
    await lab.runView.getByRole('button', { name: 'data.json' }).click();
    await expect(lab.runView.getByRole('region', { name: 'made/data.json' })).toContainText('</script>');
    for (const name of ['picture.svg', /html$/]) {
      await lab.runView.getByRole('button', { name }).click();
      await expect(lab.runView.getByRole('region', { name })).toContainText('not shown here');
    }
    await expect(lab.runView.locator('iframe, object, embed, svg[onload]')).toHaveCount(0);
  });

  expect(await lab.page.evaluate(() => Reflect.get(window, '__xss') as unknown)).toBeUndefined();
  expect(lab.beacons).toEqual([]);
});
