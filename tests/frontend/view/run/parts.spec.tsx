/** The parts of a run view that are read: code, data, environment, artifacts, model. */

import { Refusal, run, runId } from '../../fakes';
import { happened, type } from '../../render';
import { detail, entry } from '../../runStories';
import { RunStory } from './runStory';

const NASTY = '<img src=x onerror=alert(1)>';

describe('code', () => {
  const CELL = 'model = fit(X)\nmodel.score(X)\n';

  it('is shown in JupyterLab’s editor, with the cells that it depends on folded above', async () => {
    const story = await RunStory.open(
      detail(run(), { cell: CELL, upstream_cells: ['import x\n', 'X = x.load()'] }),
      { tab: 'code' }
    );
    expect([...story.scene.edited].sort()).toEqual(
      ['text/x-ipython: import x', 'text/x-ipython: X = x.load()', `text/x-ipython: ${CELL.trimEnd()}`].sort()
    );
    expect(story.view.node.querySelector('details')?.open).toBe(false);
    expect(story.view.text).toContain('2 cells above that it depends on');
    expect(story.view.all('textbox').map(box => box.getAttribute('aria-label'))).toEqual([
      'Cell 1 above',
      'Cell 2 above',
      'The cell'
    ]);
  });

  it('marks the line that has failed', async () => {
    const error = { type: 'E', message: '', line: '2', source: '', traceback: '' };
    const story = await RunStory.open(detail(run(), { cell: CELL, error }), { tab: 'code' });
    expect(story.scene.marked).toEqual([1]);
  });

  it.each(['', 'x', '-1', '99'])('marks no line where there is none: %j', async line => {
    const error = { type: 'E', message: '', line, source: '', traceback: '' };
    const story = await RunStory.open(detail(run(), { cell: CELL, error }), { tab: 'code' });
    expect(story.scene.marked).toEqual([]);
  });

  it('shows what was not committed', async () => {
    const story = await RunStory.open(
      detail(run(), { cell: CELL, git: { commit: 'a', patch: '--- a\n+++ b' } }),
      { tab: 'code' }
    );
    expect(story.scene.edited).toContain('text/x-diff: --- a\n+++ b');
  });

  it('lets go of its editors', async () => {
    const story = await RunStory.open(detail(run(), { cell: CELL }), { tab: 'code' });
    await story.show('overview');
    expect(story.scene.edited).toEqual([]);
  });
});

describe('data', () => {
  it('says what travelled, and what tells it from other data', async () => {
    const inputs = [
      { name: 'X', type: 'DataFrame', size: 2500, fingerprint: '0123456789abcdef99', shape: '5 x 2' }
    ];
    const story = await RunStory.open(
      detail(run(), { inputs, upstream_runs: { model: runId(2) }, untransferable: { db: NASTY } }),
      { tab: 'data' }
    );
    expect(story.view.text).toContain('XDataFrame5 x 22.5 KB0123456789abcdef');
    expect(story.table('Could not travel')).toEqual([['db', NASTY]]);
    expect(story.view.node.querySelector('img')).toBeNull();
    await story.click('button', '00000000');
    expect(story.scene.executed).toEqual([['jupyter-mlops:open-run', { runIds: [runId(2)] }]]);
  });
});

describe('environment', () => {
  const PACKAGES = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`package-${n}`, `1.${n}`]));

  it('says where it ran, with what, and from which random state', async () => {
    const story = await RunStory.open(
      detail(run(), { machine: { Host: 'vm' }, seeds: { numpy: 'abc' }, packages: { numpy: '2.3' } }),
      { tab: 'environment' }
    );
    expect([story.table('Machine'), story.table('Random state'), story.table('Packages')]).toEqual([
      [['Host', 'vm']],
      [['numpy', 'abc']],
      [['numpy', '2.3']]
    ]);
    expect(story.view.node.querySelector('input[type=search]')).toBeNull();
  });

  it('finds a package among many', async () => {
    const story = await RunStory.open(detail(run(), { packages: PACKAGES }), { tab: 'environment' });
    await type(story.view.node.querySelector('input[type=search]')!, ' AGE-29 ');
    expect(story.table('Packages')).toEqual([['package-29', '1.29']]);
  });
});

describe('artifacts', () => {
  const ROOT = [
    entry('plots'),
    entry('a.txt', 5, 'text'),
    entry('b.csv', 20, 'table'),
    entry('c.json', 9, 'json'),
    entry('x.html', 9)
  ];
  const FOLDERS = { '': ROOT, plots: [entry('plots/p.png', 4, 'image')] };

  const open = (
    files: Readonly<Record<string, Response | Refusal>> = {},
    folders = FOLDERS as Record<string, typeof ROOT>
  ) => RunStory.open(detail(), { tab: 'artifacts', folders, files });

  it('are browsed folder by folder', async () => {
    const story = await open();
    expect(story.table('Files')).toEqual([
      ['plots', ''],
      ['a.txt', '5 B'],
      ['b.csv', '20 B'],
      ['c.json', '9 B'],
      ['x.html', '9 B']
    ]);
    await story.click('button', 'plots');
    expect(story.table('Files')).toEqual([['p.png', '4 B']]);
    await story.click('button', 'Artifacts');
    expect(story.table('Files')).toHaveLength(5);
  });

  it('are counted where a folder has more than is listed', async () => {
    const story = await RunStory.open(detail(), { tab: 'artifacts', folders: FOLDERS, leftOut: 18_000 });
    expect(story.view.node.textContent).toContain('18000 more are not listed.');
    expect((await open()).view.node.textContent).not.toContain('not listed');
  });

  it('have names that turn no writing around', async () => {
    const story = await open({}, { '': [entry('\u202egnp.exe', 1), entry('👩\u200d🔬.txt', 1)] });
    expect(story.table('Files').map(([name]) => name)).toEqual(['\ufffdgnp.exe', '👩\u200d🔬.txt']);
    await story.click('button', '\ufffdgnp.exe');
    expect(story.view.one('region', '\ufffdgnp.exe').textContent).toContain('\ufffdgnp.exe');
  });

  it('are text as text', async () => {
    const story = await open({ 'a.txt': new Response(NASTY) });
    await story.click('button', 'a.txt');
    expect(story.view.one('region', 'a.txt').querySelector('pre')?.textContent).toBe(NASTY);
    expect(story.view.node.querySelector('pre img')).toBeNull();
  });

  it('say that they are empty', async () => {
    const story = await open({ 'a.txt': new Response('') }, { '': [entry('a.txt', 0, 'text')] });
    await story.click('button', 'a.txt');
    expect(story.view.one('region', 'a.txt').textContent).toContain('The file is empty.');
  });

  it('are tables as tables', async () => {
    const story = await open({ 'b.csv': new Response(`a,b\n1,${NASTY}\n`) });
    await story.click('button', 'b.csv');
    expect(story.table('b.csv')).toEqual([
      ['a', 'b'],
      ['1', NASTY]
    ]);
  });

  it('are JSON with its parts below each other, and as it is when it is none', async () => {
    const story = await open({ 'c.json': new Response('{"a":[1]}') });
    await story.click('button', 'c.json');
    expect(story.view.node.querySelector('pre')?.textContent).toBe('{\n  "a": [\n    1\n  ]\n}');
    const other = await open({ 'c.json': new Response('{no') });
    await other.click('button', 'c.json');
    expect(other.view.node.querySelector('pre')?.textContent).toBe('{no');
  });

  it('are pictures from an address of this page, which is given back', async () => {
    const made: string[] = [];
    const revoked: string[] = [];
    Object.assign(URL, {
      createObjectURL: () => made.push('blob:x') && 'blob:x',
      revokeObjectURL: (url: string) => url && revoked.push(url)
    });
    const story = await RunStory.open(detail(), {
      tab: 'artifacts',
      folders: { '': [entry('p.png', 4, 'image'), entry('a.txt', 1, 'text')] },
      files: {
        'p.png': new Response('png', { headers: { 'Content-Type': 'image/png' } }),
        'a.txt': new Response('x')
      }
    });
    await story.click('button', 'p.png');
    expect(story.view.node.querySelector('img')?.getAttribute('src')).toBe('blob:x');
    await story.click('button', 'a.txt');
    expect([made, revoked]).toEqual([['blob:x'], ['blob:x']]);
  });

  it('are no pictures when the server says that they are something else (B25)', async () => {
    const story = await open({
      'plots/p.png': new Response('<svg/>', { headers: { 'Content-Type': 'image/svg+xml' } })
    });
    await story.click('button', 'plots');
    await story.click('button', 'p.png');
    expect(story.view.node.querySelector('img')).toBeNull();
    expect(story.view.text).toContain('Files of this kind are not shown here.');
  });

  it('are not even asked for when they are of a kind that is not shown', async () => {
    const story = await open();
    await story.click('button', 'x.html');
    expect(story.view.text).toContain('Files of this kind are not shown here.');
    expect(story.manager.server.asked.filter(({ path }) => path.endsWith('/content'))).toEqual([]);
    const link = story.view.node.querySelector('a')!;
    expect([link.textContent, link.hasAttribute('download')]).toEqual(['Download', true]);
  });

  it('are not fetched when they are too large', async () => {
    const story = await open({}, { '': [entry('big.txt', 6_000_000, 'text')] });
    await story.click('button', 'big.txt');
    expect(story.view.text).toContain('Too large to be shown here.');
  });

  it('are cut where nobody reads on, and that is said', async () => {
    const story = await open({ 'a.txt': new Response('x'.repeat(300_000)) });
    await story.click('button', 'a.txt');
    expect(story.view.node.querySelector('pre')?.textContent).toHaveLength(200_000);
    expect(story.view.text).toContain('The rest is left out here');
  });

  it('that cannot be read say why', async () => {
    const story = await open({ 'a.txt': new Refusal(503, { message: 'The disk does not answer.' }) });
    await story.click('button', 'a.txt');
    expect(story.view.one('region', 'a.txt').textContent).toContain('The disk does not answer.');
  });
});

describe('model', () => {
  const ROOT = [entry('models')];
  const FOLDERS = {
    '': ROOT,
    models: [entry('models/m-1')],
    'models/m-1': [entry('models/m-1/MLmodel', 100)]
  };
  const TEXT = `flavors:\n  sklearn:\n    sklearn_version: 1.9.1\nmodel_size_bytes: 40213\nsignature:\n  inputs: '[{"type": "double", "name": "${NASTY}"}]'\n  outputs: '[{"type": "long", "name": "y", "required": false}]'\n`;

  it('says what it is, what goes in and what comes out', async () => {
    const story = await RunStory.open(detail(), {
      tab: 'model',
      folders: FOLDERS,
      files: { 'models/m-1/MLmodel': new Response(TEXT) }
    });
    expect(story.table('Model')).toEqual([
      ['Size', '40 KB'],
      ['sklearn_version', '1.9.1'],
      ['Files', 'models/m-1']
    ]);
    expect(story.table('Goes in')).toEqual([
      ['Name', 'Type', 'Required'],
      [NASTY, 'double', 'yes']
    ]);
    expect(story.table('Comes out')).toEqual([
      ['Name', 'Type', 'Required'],
      ['y', 'long', 'no']
    ]);
    expect(story.view.node.querySelector('img')).toBeNull();
    await story.click('button', 'models/m-1');
    expect(story.model.tab).toBe('artifacts');
  });

  it('without a signature says how to have one', async () => {
    const files = { 'models/m-1/MLmodel': new Response('flavors:\n  pytorch:\n    data: x\n') };
    const story = await RunStory.open(detail(), { tab: 'model', folders: FOLDERS, files });
    expect(story.view.text).toContain('Logged without a signature.');
  });

  it('that says nothing is among the files', async () => {
    const story = await RunStory.open(detail(), { tab: 'model', folders: { '': ROOT, models: [] } });
    expect(story.view.one('status').textContent).toContain('look at the files among the artifacts');
  });

  it('that cannot be read says why', async () => {
    const files = { 'models/m-1/MLmodel': new Refusal(503, { message: 'The disk does not answer.' }) };
    const story = await RunStory.open(detail(), { tab: 'model', folders: FOLDERS, files });
    expect(story.view.one('alert').textContent).toBe('The disk does not answer.');
  });
});

it('follows the run where it stands', async () => {
  const story = await RunStory.open(detail(run(1, { status: 'RUNNING', metrics: {} })));
  expect(story.tabs).toEqual(['Overview', 'Log']);
  story.detail = detail(run(1, { metrics: {} }), { cell: 'x' });
  await happened(() => story.feed.tell(run(1, { metrics: {}, log_bytes: 3 })));
  await story.settle();
  expect(story.tabs).toEqual(['Overview', 'Log', 'Code']);
});
