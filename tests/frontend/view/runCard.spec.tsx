import { RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import React from 'react';

import { CARD_MIME, ICardSnapshot } from '../../../src/api/guards';
import { CommandIDs } from '../../../src/commands';
import { CardModel } from '../../../src/model/card';
import { IKernels } from '../../../src/model/kernels';
import { RunCard } from '../../../src/view/runCard';
import { runMenuItems } from '../../../src/view/runMenu';
import { RunCardRenderer } from '../../../src/view/runCardRenderer';
import { FakeFeed, FakeManager, Refusal, run, runId, settle } from '../fakes';
import { IDrawn, draw, happened } from '../render';

const trans = nullTranslator.load('jupyter_mlops');
const NASTY = '<img src=x onerror=alert(1)>';
const SNAPSHOT: ICardSnapshot = {
  run_id: runId(1),
  name: 'baseline',
  status: 'SCHEDULED',
  submitted_at: '',
  pending: [],
  travels: []
};
const LIVE = run(1, {
  name: 'baseline',
  status: 'RUNNING',
  ended_at: '',
  metrics: { loss: 0.231, acc: 0.914, 'system/cpu': 12 },
  spark: [1, 0.5, 0.231],
  progress: { label: 'epoch', done: 7, total: 20 },
  returned: ['model', 'history']
});

class Story {
  readonly manager = new FakeManager();
  readonly executed: unknown[] = [];
  readonly commands = new CommandRegistry();
  readonly model: CardModel;
  readonly card: IDrawn;

  constructor(isTrusted = true, snapshot = SNAPSHOT) {
    for (const id of Object.values(CommandIDs)) {
      this.commands.addCommand(id, { execute: args => this.executed.push([id, args]) });
    }
    this.model = new CardModel(snapshot, isTrusted ? this.manager : null);
    this.card = draw(<RunCard model={this.model} commands={this.commands} trans={trans} />);
  }

  get feed(): FakeFeed {
    return this.manager.feeds[0]!;
  }
}

it('shows state, progress, metrics and the names that come back while the run goes on', async () => {
  const { card, feed } = new Story();
  await happened(() => feed.tell(LIVE));
  expect(card.one('region', 'Run baseline').textContent).toContain('Running');
  const bar = card.one('progressbar', 'epoch');
  expect([bar.getAttribute('aria-valuenow'), bar.getAttribute('aria-valuetext')]).toEqual(['7', '7 of 20']);
  expect(card.text).toContain('loss0.231');
  expect(card.text).toContain('acc0.914');
  expect(card.text).not.toContain('system/cpu');
  expect(card.text).toContain('returns model, history');
  expect(card.all('img', 'Course of loss')).toHaveLength(1);
});

it('tells a screen reader when the run starts and how it ends, and nothing of runs that have ended before', async () => {
  const told = (story: Story) =>
    story.card
      .all('status')
      .map(each => each.textContent)
      .join('');
  const live = new Story();
  expect(told(live)).toBe('');
  await happened(() => live.feed.tell(LIVE));
  expect(told(live)).toBe('Run baseline: Running');
  await happened(() => live.feed.tell({ ...LIVE, progress: { label: 'epoch', done: 8, total: 20 } }));
  expect(told(live)).toBe('Run baseline: Running');
  await happened(() => live.feed.tell({ ...LIVE, status: 'FAILED', detail: 'ZeroDivisionError' }));
  expect(told(live)).toBe('Run baseline: Failed');

  const ended = new Story();
  await happened(() => ended.feed.tell({ ...LIVE, status: 'FINISHED' }));
  expect(told(ended)).toBe('');
});

it('says how long it still takes, once the bar has moved for a while', async () => {
  const { card, feed } = new Story();
  const started_at = new Date(Date.now() - 30_000).toISOString();
  await happened(() => feed.tell({ ...LIVE, started_at, progress: { label: '', done: 5, total: 20 } }));
  expect(card.text).toMatch(/eta 01:(30|29)/);
});

it('misses nothing that was told before it listened', async () => {
  const { manager, model, feed } = new Story();
  const late = function Late(): null {
    React.useLayoutEffect(() => feed.tell(run(1, { name: 'late' })), []);
    return null;
  };
  const card = draw(
    <>
      <RunCard model={model} commands={new CommandRegistry()} trans={trans} />
      {React.createElement(late)}
    </>
  );
  expect(card.text).toContain('late');
  expect(manager.watched).toEqual([runId(1)]);
});

it('does not say the count twice', async () => {
  const { card, feed } = new Story();
  await happened(() => feed.tell({ ...LIVE, progress: { label: 'Epoch 7/20', done: 7, total: 20 } }));
  expect(card.text.match(/7\/20/g)).toHaveLength(1);
});

it('shows the last lines as they are printed, in colour', async () => {
  const { card, feed } = new Story();
  await happened(() => feed.tell(LIVE));
  await happened(async () => {
    feed.print('\x1b[31mEpoch 7/20\x1b[0m done\n');
    await new Promise(resolve => setTimeout(resolve, 80));
  });
  const log = card.one('log');
  expect(log.textContent).toBe('Epoch 7/20 done\n');
  expect(log.querySelector('.ansi-red-fg')?.textContent).toBe('Epoch 7/20');
});

it('says what became of the export', async () => {
  const { card, feed } = new Story();
  const told = async (tags: Readonly<Record<string, string>>) => {
    await happened(() => feed.tell(run(1, { tags })));
    return card.text;
  };
  expect(await told({})).not.toContain('export');
  expect(await told({ 'mlops.onnx': 'model.onnx 1' })).toContain('exported to ONNX');
  expect(await told({ 'mlops.onnx.refused': 'Not written: 3 of 40 rows differ.' })).toContain(
    'not exported: Not written: 3 of 40 rows differ.'
  );
  expect(await told({ 'mlops.onnx.refused': 'Not written.', 'mlops.onnx': 'a.onnx 1' })).not.toContain('Not');
});

it('is one line once the run has finished, and opens on request', async () => {
  const { card, feed } = new Story();
  await happened(() => feed.tell(run(1, { name: 'baseline', returned: ['model'] })));
  expect(card.text).toContain('Finished');
  expect(card.text).toContain('acc 0.9');
  expect(card.text).toContain('model returned');
  expect(card.all('log')).toHaveLength(0);
  const toggle = card.one('button', 'Last lines');
  expect(toggle.getAttribute('aria-expanded')).toBe('false');
  await happened(() => toggle.click());
  expect(card.all('log')).toHaveLength(1);
});

it('says why the run has failed, and where, and offers to run it again', async () => {
  const { card, feed, manager, executed } = new Story();
  const error = { type: 'ValueError', message: 'no', line: '2', source: '  fit(X)' };
  manager.server.answers(({ path }) => (path.endsWith('/displays') ? { displays: [] } : { error }));
  await happened(async () => {
    feed.tell(run(1, { status: 'FAILED', detail: 'ValueError: no', metrics: {} }));
    feed.tell(run(1, { status: 'FAILED', detail: 'ValueError: no', metrics: {} }));
    await settle();
  });
  expect(card.text).toContain('Failed');
  expect(card.text).toContain('ValueError: noline 2 of the cell fit(X)');
  expect(manager.server.asked.map(each => each.path)).toEqual([
    `runs/${runId(1)}`,
    `runs/${runId(1)}/displays`
  ]);
  expect(card.all('button').map(each => each.getAttribute('aria-label') ?? each.textContent)).toEqual([
    'Last lines',
    'Run again',
    'Open log',
    'Open ↗',
    'More'
  ]);
  await happened(() => card.one('button', 'Run again').click());
  expect(executed).toEqual([[CommandIDs.rerunRun, { runIds: [runId(1)] }]]);
});

it.each([
  ['RUNNING', 'The Jupyter server does not answer; the run goes on. Connecting again…'],
  ['FINISHED', 'The Jupyter server does not answer. Connecting again…']
] as const)('says of a run that is %s, when the server is lost: %s', async (status, text) => {
  const { card, feed, manager } = new Story();
  await happened(() => feed.tell({ ...LIVE, status }));
  manager.connection = 'lost';
  await happened(() => manager.connectionChanged.emit('lost'));
  expect(card.all('status').map(each => each.textContent)).toContain(text);
});

it('says what it knows of a failure when the server does not answer', async () => {
  const { card, feed, manager } = new Story();
  manager.server.answers(() => new Refusal(503, { message: 'away' }));
  await happened(async () => {
    feed.tell(run(1, { status: 'FAILED', detail: 'ValueError: no' }));
    await settle();
  });
  expect(card.text).toContain('ValueError: no');
  expect(card.text).not.toContain('of the cell');
});

it('does what its buttons say, with its own run', async () => {
  const { card, feed, executed } = new Story();
  await happened(() => feed.tell(LIVE));
  for (const name of ['Stop', 'Log', 'Metrics', 'TensorBoard', 'Open ↗']) {
    await happened(() => card.one('button', name).click());
  }
  const runIds = [runId(1)];
  expect(executed).toEqual([
    [CommandIDs.stopRun, { runIds }],
    [CommandIDs.openRunLog, { runIds }],
    [CommandIDs.openRun, { runIds, tab: 'metrics' }],
    [CommandIDs.openTensorBoard, { runIds }],
    [CommandIDs.openRun, { runIds }]
  ]);
  await happened(() => feed.tell(run(1)));
  expect(card.all('button', 'Stop')).toHaveLength(0);
});

it('keeps what can be done together where the line is too short for it', async () => {
  const { card, feed } = new Story();
  await happened(() => feed.tell(run(1, { status: 'FINISHED' })));
  const [shown, actions] = [card.one('group', 'Show'), card.one('group', 'Actions')];
  expect([shown.nextElementSibling, shown.parentElement?.children.length]).toEqual([actions, 2]);
});

it('has a menu with what else can be done', async () => {
  const { card, commands, feed, executed } = new Story();
  await happened(() => feed.tell(run(1, { returned: ['model'] })));
  await happened(() => card.one('button', 'More').click());
  const items = [...document.querySelectorAll<HTMLElement>('.lm-Menu-item[data-type="command"]')];
  expect(items.map(each => each.dataset.command)).toEqual([
    CommandIDs.rerunRun,
    CommandIDs.loadRun,
    CommandIDs.reproduceRun,
    CommandIDs.registerModel,
    CommandIDs.copyRunId,
    CommandIDs.renameRun,
    CommandIDs.tagRun,
    CommandIDs.noteRun,
    CommandIDs.keepRun,
    CommandIDs.archiveRun,
    CommandIDs.deleteRun
  ]);
  await commands.execute(CommandIDs.archiveRun, { runIds: [runId(1)] });
  expect(executed).toEqual([[CommandIDs.archiveRun, { runIds: [runId(1)] }]]);
  document.querySelectorAll('.lm-Menu').forEach(menu => menu.remove());
});

it.each([
  [run(1, { status: 'RUNNING' }), [CommandIDs.stopRun], [CommandIDs.deleteRun, CommandIDs.loadRun]],
  [
    run(1, { source: 'mlflow' }),
    [CommandIDs.copyRunId, CommandIDs.tagRun, CommandIDs.deleteRun],
    [CommandIDs.rerunRun, CommandIDs.reproduceRun, CommandIDs.loadRun, CommandIDs.keepRun]
  ],
  [
    run(1, { source: 'mlflow', status: 'RUNNING' }),
    [CommandIDs.archiveRun, CommandIDs.deleteRun],
    [CommandIDs.stopRun]
  ],
  [
    run(1, { status: 'FAILED', returned: ['x'] }),
    [CommandIDs.rerunRun],
    [CommandIDs.stopRun, CommandIDs.loadRun]
  ]
])('offers of a run only what can be done with it: %#', (of, offered, refused) => {
  const ids = runMenuItems(of).flat();
  expect(ids).toEqual(expect.arrayContaining(offered));
  expect(ids.filter(id => (refused as readonly string[]).includes(id))).toEqual([]);
});

it('says what keeps it from the truth', async () => {
  const { card, feed, manager } = new Story();
  await happened(() => feed.gone.emit());
  expect(card.one('status').textContent).toContain('knows no such run');
  await happened(() => feed.tell(LIVE));
  manager.connection = 'lost';
  await happened(() => manager.connectionChanged.emit('lost'));
  expect(
    card
      .all('status')
      .map(each => each.textContent)
      .join()
  ).toContain('the run goes on');
});

it('shows text as text, whatever is in it', async () => {
  const { card, feed } = new Story(true, { ...SNAPSHOT, name: NASTY });
  await happened(() =>
    feed.tell({
      ...LIVE,
      name: NASTY,
      detail: NASTY,
      metrics: { [NASTY]: NASTY },
      returned: [NASTY],
      progress: { label: NASTY, done: 1, total: 2 }
    })
  );
  expect(card.text).toContain(NASTY);
  expect(card.node.querySelector('img, script, a')).toBeNull();
});

describe('the renderer', () => {
  const kernels = { changed: new Signal<IKernels, void>({} as IKernels), isGone: () => isKernelGone };
  let isKernelGone = false;
  const rendermime = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
  const bundle = (data: unknown, trusted: boolean) => ({
    data: { [CARD_MIME]: data },
    metadata: {},
    trusted,
    setData: () => undefined
  });

  async function rendered(data: unknown, trusted: boolean): Promise<readonly [RunCardRenderer, FakeManager]> {
    const manager = new FakeManager();
    const renderer = new RunCardRenderer({
      manager,
      commands: new CommandRegistry(),
      rendermime,
      kernels,
      trans
    });
    Widget.attach(renderer, document.body);
    await happened(async () => {
      await renderer.renderModel(bundle(data, trusted) as never);
      renderer.widgets.forEach(widget => MessageLoop.sendMessage(widget, Widget.Msg.UpdateRequest));
      await new Promise(resolve => setTimeout(resolve, 20));
    });
    return [renderer, manager];
  }

  it('of an untrusted notebook shows the snapshot, and asks and offers nothing (B24)', async () => {
    const [renderer, manager] = await rendered({ version: 1, ...SNAPSHOT, name: NASTY }, false);
    expect(renderer.node.textContent).toContain(NASTY);
    expect(renderer.node.textContent).toContain('Trust this notebook');
    expect(renderer.node.querySelectorAll('img, a, button')).toHaveLength(0);
    expect([manager.feeds, manager.server.asked, manager.server.sockets]).toEqual([[], [], []]);
    await happened(() => renderer.dispose());
  });

  it('of a trusted one follows the run until it is disposed', async () => {
    const [renderer, manager] = await rendered({ version: 1, ...SNAPSHOT }, true);
    expect(manager.watched).toEqual([runId(1)]);
    await happened(() => renderer.dispose());
    expect(manager.watched).toEqual([]);
  });

  it('shows what the run has displayed, cleaned as in an untrusted notebook', async () => {
    const [renderer, manager] = await rendered({ version: 1, ...SNAPSHOT }, true);
    const display = (seq: number, data: object) => ({
      seq,
      offset: 0,
      kind: 'display',
      data,
      metadata: {},
      transient: {}
    });
    manager.server.answers(() => ({
      displays: [
        display(0, {
          'text/html':
            '<table><tr><td>1</td></tr></table><script>alert(1)</script><b onclick="alert(1)">b</b>'
        }),
        display(1, { 'application/javascript': 'alert(1)' }),
        display(2, { 'image/png': 'iVBORw0KGgo=' }),
        display(3, { [CARD_MIME]: { version: 1, ...SNAPSHOT }, 'text/plain': 'a card' })
      ]
    }));
    await happened(async () => {
      manager.feeds[0]!.tell(run(1));
      await settle();
    });
    const outputs = renderer.node.querySelector('.mlops-RunOutputs')!;
    expect(outputs.querySelector('td')?.textContent).toBe('1');
    expect(outputs.querySelector('b')?.hasAttribute('onclick')).toBe(false);
    expect(outputs.querySelector('script')).toBeNull();
    expect(outputs.querySelector('img')?.src).toContain('data:image/png');
    expect(outputs.textContent).toContain('a card');
    expect(manager.watched).toEqual([runId(1)]);
    await happened(() => renderer.dispose());
  });

  it('says that the kernel is gone, stays alive, and tells how to get the results', async () => {
    const [renderer, manager] = await rendered({ version: 1, ...SNAPSHOT }, true);
    const notice = () => renderer.node.querySelector('.mlops-RunCard-notice')?.textContent ?? '';
    await happened(() => manager.feeds[0]!.tell(LIVE));
    expect(notice()).toBe('');
    isKernelGone = true;
    await happened(() => kernels.changed.emit());
    expect(notice()).toBe('The kernel is gone; the run goes on.');
    await happened(() => manager.feeds[0]!.tell(run(1, { returned: ['model'] })));
    expect(notice()).toBe('The kernel is gone. %runs load 00000000 brings the results into the next one.');
    isKernelGone = false;
    await happened(() => kernels.changed.emit());
    expect(notice()).toBe('');
    await happened(() => renderer.dispose());
  });

  it('looks at one run only when it is drawn again', async () => {
    const [renderer, manager] = await rendered({ version: 1, ...SNAPSHOT }, true);
    await happened(() =>
      renderer.renderModel(bundle({ version: 1, ...SNAPSHOT, run_id: runId(2) }, true) as never)
    );
    expect(manager.watched).toEqual([runId(2)]);
    await happened(() => renderer.dispose());
  });

  it.each([[{ version: 2 }], ['<b>'], [null]])(
    'shows nothing of %j but that it is another version’s',
    async data => {
      const [renderer, manager] = await rendered(data, true);
      expect(renderer.node.textContent).toBe('This card was made by another version of jupyter-mlops.');
      expect(manager.feeds).toEqual([]);
      await happened(() => renderer.dispose());
    }
  );
});
