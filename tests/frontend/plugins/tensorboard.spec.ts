import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';

import { TENSORBOARD_MIME } from '../../../src/api/tensorBoard';
import { IOpenTensorBoard, IRunSummary } from '../../../src/api/types';
import { CommandIDs } from '../../../src/commands';
import { tensorBoardPlugin } from '../../../src/plugins/tensorboard';
import { IExplorerFooter, IRunExplorer } from '../../../src/tokens';
import { TensorBoardWidget } from '../../../src/view/tensorboard/tensorBoardWidget';
import { answer, said } from '../desk';
import { FakeManager, FakeServer, run, runId, settle } from '../fakes';
import { board } from '../tensorBoards';

type Tab = MainAreaWidget<TensorBoardWidget>;

interface IFactory {
  readonly safe: boolean;
  readonly mimeTypes: readonly string[];
  createRenderer(options: unknown): {
    readonly node: HTMLElement;
    renderModel(model: unknown): Promise<void>;
    dispose(): void;
  };
}

/** JupyterLab with a main area, a palette, and renderers of outputs. */
class Story {
  readonly commands = new CommandRegistry();
  readonly tabs: Tab[] = [];
  readonly activated: string[] = [];
  readonly factories: { readonly factory: IFactory; readonly rank: number }[] = [];
  readonly restored: { command: string; args: (tab: Tab) => unknown; name: (tab: Tab) => string }[] = [];
  readonly ranks: number[] = [];
  readonly manager: FakeManager;

  constructor(selected: readonly IRunSummary[] = []) {
    const server = new FakeServer(({ method, body }) => {
      const one = board('a1', {
        run_ids: (body as IOpenTensorBoard | null)?.run_ids ?? [runId(1)],
        label: 'run 1, run 2'
      });
      return { GET: [one], DELETE: null, POST: one }[method];
    });
    this.manager = new FakeManager(server);
    const app = {
      commands: this.commands,
      serviceManager: { serverSettings: server.settings },
      shell: {
        add: (tab: Tab) => this.tabs.push(tab),
        activateById: (id: string) => this.activated.push(id)
      }
    };
    void tensorBoardPlugin.activate(
      app as unknown as JupyterFrontEnd,
      this.manager,
      { addFactory: (factory: IFactory, rank: number) => this.factories.push({ factory, rank }) },
      { selected, selectedChanged: new Signal<unknown, void>(this) } as unknown as IRunExplorer,
      null,
      null,
      { restore: async (_: unknown, wish: never) => void this.restored.push(wish) },
      { addSection: (_: Widget, rank: number) => this.ranks.push(rank) } as unknown as IExplorerFooter
    );
    stories.push(this);
  }

  /** What the server was asked for. */
  get asked(): readonly unknown[] {
    return this.manager.server.asked.map(({ method, body }) => [method, body]);
  }

  async open(args: Record<string, unknown> = {}): Promise<void> {
    await this.commands.execute(CommandIDs.openTensorBoard, args as never);
    await settle();
  }
}

const stories: Story[] = [];
afterEach(() => stories.splice(0).forEach(story => story.tabs.forEach(tab => tab.dispose())));

it('opens the runs that are selected in a tab', async () => {
  const story = new Story([run(1), run(2)]);
  expect(story.commands.isEnabled(CommandIDs.openTensorBoard)).toBe(true);
  await story.open();
  expect(story.asked).toEqual([['POST', { run_ids: [runId(1), runId(2)], logdir: '', flags: {} }]]);
  expect(story.tabs.map(tab => [tab.title.label, tab.title.caption])).toEqual([
    ['run 1, run 2', 'TensorBoard: run 1, run 2']
  ]);
});

it('opens runs of other tools too', async () => {
  const theirs = new Story([run(1, { source: 'mlflow' })]);
  await theirs.open();
  expect(theirs.asked).toEqual([['POST', { run_ids: [runId(1)], logdir: '', flags: {} }]]);
});

it('is not offered where there is nothing to show', async () => {
  const story = new Story();
  expect(story.commands.isEnabled(CommandIDs.openTensorBoard)).toBe(false);
  await story.commands.execute(CommandIDs.openTensorBoard, { runIds: ['../x'] }).catch(() => undefined);
  expect([story.tabs, story.asked]).toEqual([[], []]);
});

it('opens equal sets of runs once, in whatever order they are named', async () => {
  const story = new Story();
  await story.open({ runIds: [runId(1), runId(2)] });
  await story.open({ runIds: [runId(2), runId(1)] });
  await story.open({ runIds: [runId(1)] });
  expect(story.tabs).toHaveLength(2);
  expect(story.activated).toEqual([story.tabs[0]?.id, story.tabs[0]?.id, story.tabs[1]?.id]);
});

it('tells one set of flags from another', async () => {
  const story = new Story();
  await story.open({ logdir: 'logs', flags: { samples_per_plugin: 'images=5' } });
  await story.open({ logdir: 'logs', flags: {} });
  expect(story.tabs).toHaveLength(2);
});

it('comes back after a reload with the same wish', async () => {
  const story = new Story();
  await story.open({ runIds: [runId(1)], logdir: 'logs', label: 'mine' });
  const [wish] = story.restored;
  const tab = story.tabs[0]!;
  expect([wish?.command, wish?.args(tab)]).toEqual([
    CommandIDs.openTensorBoard,
    { runIds: [runId(1)], logdir: 'logs', flags: {}, label: 'run 1, run 2' }
  ]);
});

it('asks nothing more when its tab is closed', async () => {
  const story = new Story();
  await story.open({ runIds: [runId(1)] });
  const { model } = story.tabs[0]!.content;
  story.tabs[0]!.dispose();
  expect(model.isDisposed).toBe(true);
});

it('stops the one that is chosen, and closes its tabs', async () => {
  const story = new Story();
  expect(story.ranks).toEqual([30]);
  await story.open({ runIds: [runId(1)] });
  const chosen = story.commands.execute(CommandIDs.stopTensorBoard);
  expect(await answer('Stop')).toContain('run 1, run 2: its tabs close.');
  await chosen;
  expect(story.asked.slice(-1)).toEqual([['DELETE', null]]);
  expect(story.tabs.map(tab => tab.isDisposed)).toEqual([true]);
  await story.commands.execute(CommandIDs.stopTensorBoard, { id: 'a1' }); // It is not there any more.
  expect([story.asked.length, said()]).toEqual([3, []]);
});

describe('in a cell', () => {
  const cell = { version: 1, run_ids: [runId(1)], label: 'baseline' };

  it('is drawn by us before what other front ends show', () => {
    const [added] = new Story().factories;
    expect([added?.rank, added?.factory.safe, added?.factory.mimeTypes]).toEqual([
      0,
      true,
      [TENSORBOARD_MIME]
    ]);
  });

  it('opens in a notebook that is trusted, and from there in a tab', async () => {
    const story = new Story();
    const renderer = story.factories[0]!.factory.createRenderer({});
    await renderer.renderModel({ data: { [TENSORBOARD_MIME]: cell }, trusted: true, metadata: {} });
    await settle();
    expect(story.asked).toEqual([['POST', { run_ids: [runId(1)], logdir: '', flags: {} }]]);
    renderer.node.querySelector('button')!.click();
    await settle();
    expect(story.tabs).toHaveLength(1);
    renderer.dispose();
  });

  it('asks the server nothing in a notebook that is not (B24)', async () => {
    const story = new Story();
    const renderer = story.factories[0]!.factory.createRenderer({});
    await renderer.renderModel({ data: { [TENSORBOARD_MIME]: cell }, trusted: false, metadata: {} });
    await settle();
    expect(story.asked).toEqual([]);
    renderer.dispose();
  });
});
