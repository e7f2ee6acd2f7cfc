import { PageConfig } from '@jupyterlab/coreutils';

import { pathBelow } from '../../../../src/view/run/overviewTab';
import { Refusal, run } from '../../fakes';
import { happened } from '../../render';
import { detail, entry } from '../../runStories';
import { RunStory } from './runStory';

const NASTY = '"><img src=x onerror=alert(1)>';
const INPUT = {
  name: 'X',
  type: 'pandas.DataFrame',
  size: 106_000,
  fingerprint: '5795714ab2f6be53aa',
  shape: '426 x 30'
};

it('says what ran, with what, how it went and what came out', async () => {
  const story = await RunStory.open(
    detail(
      run(1, {
        name: 'baseline',
        params: { C: '1.0' },
        metrics: { acc: 0.958_041_9, 'system/cpu': 5 },
        tags: { stage: 'candidate', 'mlflow.user': 'ada', 'mlops.x': 'y' },
        returned: ['model', 'history']
      }),
      { inputs: [INPUT], peak_rss_bytes: 36_000_000 }
    ),
    { folders: { '': [entry('models'), entry('a.png', 5, 'image'), entry('b.csv', 5, 'table')] } }
  );
  expect(story.view.text).toContain('baselineFinished01:00');
  expect(story.view.text).toContain('Returned modelhistory');
  expect(story.table('Parameters')).toEqual([['C', '1.0']]);
  expect(story.table('Metrics')).toEqual([['acc', '0.958']]);
  expect(story.table('Tags')).toEqual([['stage', 'candidate']]);
  expect(story.table('Result')).toEqual([
    ['Model', 'What goes in and comes out'],
    ['Artifacts', 'models, a.png, b.csv']
  ]);
  expect(story.table('Run')).toEqual(
    expect.arrayContaining([
      ['Experiment', 'digits'],
      ['User', 'ada'],
      ['Duration', '01:00'],
      ['Peak memory', '36 MB']
    ])
  );
  expect(story.view.text).toContain('pandas.DataFrame426 x 30106 KB5795714ab2f6be53');
});

it('shows the whole figure on hover', async () => {
  const story = await RunStory.open(detail(run(1, { metrics: { acc: 0.958_041_9 } })));
  expect(story.view.node.querySelector('[title="0.9580419"]')?.textContent).toBe('0.958');
});

it('leads to the whole of what it shows a part of', async () => {
  const inputs = Array.from({ length: 20 }, (_, n) => ({ ...INPUT, name: `x${n}` }));
  const story = await RunStory.open(detail(run(), { inputs }), {
    folders: { '': [entry('models'), entry('a.txt', 1, 'text')] }
  });
  await story.click('button', 'All 20 inputs');
  expect(story.model.tab).toBe('data');
  await story.show('overview');
  await story.click('button', 'models, a.txt');
  expect(story.model.tab).toBe('artifacts');
  await story.show('overview');
  await story.click('button', 'What goes in and comes out');
  expect(story.model.tab).toBe('model');
});

it('says how a run has failed, once, with the line of the cell and the traceback', async () => {
  const error = {
    type: 'ValueError',
    message: 'no',
    line: '4',
    source: '  fit(x)',
    traceback: '\x1b[31mline 4\x1b[0m'
  };
  const story = await RunStory.open(
    detail(run(1, { status: 'FAILED', detail: 'ValueError: no' }), { cell: 'a\nb\nc\nfit(x)', error })
  );
  const box = story.view.one('alert');
  expect(box.textContent).toContain('ValueError: no');
  expect(box.textContent).toContain('fit(x)');
  expect(box.querySelector('.ansi-red-fg')?.textContent).toBe('line 4');
  expect(story.view.text.match(/ValueError: no/g)).toHaveLength(1);
  await story.click('button', 'Line 4 of the cell');
  expect(story.model.tab).toBe('code');
});

it('makes no alarm of a run that somebody has stopped', async () => {
  const error = { type: 'KeyboardInterrupt', message: '', line: '5', source: 'sleep(1)', traceback: '' };
  const story = await RunStory.open(
    detail(run(1, { status: 'KILLED', detail: 'KeyboardInterrupt:' }), { error })
  );
  expect(story.view.all('alert')).toEqual([]);
  expect(story.view.one('note').textContent).toContain('Stopped here');
  expect(story.view.text).not.toContain('KeyboardInterrupt');
});

it('shows text as text, wherever it comes from (B24)', async () => {
  const story = await RunStory.open(
    detail(
      run(1, {
        name: NASTY,
        experiment: NASTY,
        notebook: `/x/${NASTY}.ipynb`,
        user: NASTY,
        detail: NASTY,
        params: { [NASTY]: NASTY },
        metrics: { [NASTY]: 1 },
        tags: { [NASTY]: NASTY },
        returned: [NASTY]
      }),
      {
        error: { type: NASTY, message: NASTY, line: '1', source: NASTY, traceback: NASTY },
        git: { commit: NASTY, branch: NASTY }
      }
    )
  );
  expect(story.view.node.querySelector('img,script,svg[onload]')).toBeNull();
  expect(story.view.text.split(NASTY).length).toBeGreaterThan(10);
});

it('goes on while the run does', async () => {
  const story = await RunStory.open(detail(run(1, { status: 'RUNNING', ended_at: '', duration_s: null })));
  const progress = { label: 'epoch', done: 7, total: 20 };
  await happened(() =>
    story.feed.tell(
      run(1, {
        status: 'RUNNING',
        ended_at: '',
        duration_s: null,
        metrics: { loss: 0.25 },
        progress,
        returned: ['m']
      })
    )
  );
  expect(story.view.one('progressbar', 'epoch').getAttribute('aria-valuenow')).toBe('7');
  expect(story.table('Metrics')).toEqual([['loss', '0.25']]);
  expect(story.view.text).toContain('Returns m');
});

it('says which version of the code ran, and whether it was committed', async () => {
  const git = { commit: '0123456789abcdef', branch: 'main', dirty: 'yes', patch: '--- a' };
  const story = await RunStory.open(detail(run(), { git }));
  expect(story.table('Version')).toEqual([
    ['Commit', '0123456789ab'],
    ['Branch', 'main'],
    ['Working tree', 'Uncommitted changes']
  ]);
  await story.click('button', 'Uncommitted changes');
  expect(story.model.tab).toBe('code');
});

it('says how much of a run is neither shown nor searched', async () => {
  const whole = await RunStory.open(detail());
  expect(whole.view.node.textContent).not.toContain('beyond the first 1,000');
  const story = await RunStory.open(detail(run(1, { left_out: 4_001 })));
  expect(story.view.node.textContent).toContain('4001 parameters, metrics and tags beyond the first 1,000');
  expect(story.view.node.textContent).toContain('%runs in a notebook searches all.');
});

it('says that a run is another tool’s, archived, kept', async () => {
  const story = await RunStory.open(detail(run(1, { source: 'mlflow', archived: true, kept: true })));
  expect(story.table('Run')).toEqual(
    expect.arrayContaining([['Made by', 'another tool, in the same store']])
  );
  expect(story.view.text).toContain('archivedkept');
});

describe('the notebook', () => {
  it.each([
    ['/home/ada', '/home/ada/work/a.ipynb', 'work/a.ipynb'],
    ['/home/ada/', '/home/ada/a.ipynb', 'a.ipynb'],
    ['/home/ada', '/home/adam/a.ipynb', null],
    ['/home/ada', 'work/a.ipynb', 'work/a.ipynb'],
    ['/', '/srv/a.ipynb', 'srv/a.ipynb']
  ])('below %s is %s: %s', (root, path, local) => {
    expect(pathBelow(root, path)).toBe(local);
  });

  it('opens where this server has it', async () => {
    PageConfig.setOption('serverRoot', '/home/ada');
    const story = await RunStory.open(detail(run(1, { notebook: '/home/ada/work/a.ipynb' })));
    await story.click('button', 'work/a.ipynb');
    expect(story.scene.executed).toEqual([['docmanager:open', { path: 'work/a.ipynb' }]]);
  });

  it('is a text where it has not', async () => {
    PageConfig.setOption('serverRoot', '/home/ada');
    const story = await RunStory.open(detail(run(1, { notebook: '/elsewhere/a.ipynb' })));
    expect(story.view.all('button', '/elsewhere/a.ipynb')).toEqual([]);
    expect(story.view.text).toContain('/elsewhere/a.ipynb');
  });
});

describe('before and without a run', () => {
  it('says that a run is gone, and asks again', async () => {
    const story = await RunStory.open(new Refusal(404, { message: 'There is no such run.' }));
    expect(story.view.one('alert').textContent).toContain('This server knows no such run');
    story.detail = detail();
    await story.click('button', 'Try again');
    expect(story.view.text).toContain('run 1');
  });

  it('says what is wrong with the server', async () => {
    const story = await RunStory.open(new Refusal(503, { message: 'The catalog is being built.' }));
    expect(story.view.one('alert').textContent).toContain('The catalog is being built.');
  });

  it('keeps the run in sight when it is deleted or the server is lost (F13)', async () => {
    const story = await RunStory.open(detail(run(1, { status: 'RUNNING' })));
    story.manager.connection = 'lost';
    await happened(() => story.manager.connectionChanged.emit('lost'));
    expect(story.view.text).toContain('The Jupyter server does not answer; the run goes on.');
    story.manager.server.answers(() => new Refusal(404, { message: 'There is no such run.' }));
    await happened(() => story.feed.gone.emit());
    await story.settle();
    expect(story.view.text).toContain('This server knows the run no longer');
    expect(story.view.text).toContain('run 1');
  });
});
