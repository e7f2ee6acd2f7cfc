import { ILayoutRestorer } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Menu, Widget } from '@lumino/widgets';

import { CommandIDs } from '../../../src/commands';
import { ExplorerModel } from '../../../src/model/explorer';
import { runExplorerPlugin } from '../../../src/plugins/runExplorer';
import { IRunExplorer } from '../../../src/tokens';
import { explorerMenu } from '../../../src/view/explorerMenu';
import { ExplorerPanel } from '../../../src/view/explorerPanel';
import { Desk } from '../desk';
import { FakeManager, FakeServer, page, run, settle } from '../fakes';
import { happened } from '../render';

const trans = nullTranslator.load('jupyter_mlops');

class Story {
  readonly desk = new Desk();
  readonly manager = new FakeManager(
    new FakeServer(async ({ path }) => {
      await this._gate;
      if (path === 'runs/groups') {
        return { groups: [{ key: '', label: '', total: 2, live: 0 }], cursor: 1, building: false };
      }
      const keys = { params: ['lr'], metrics: ['system/cpu', 'acc'], tags: ['stage'] };
      return path === 'runs' ? page([run(1), run(2)]) : { ...keys, experiments: [], notebooks: [] };
    })
  );
  readonly restored: string[] = [];
  readonly explorer: IRunExplorer;

  /** The server answers when `gate` opens. */
  constructor(private readonly _gate: Promise<void> = Promise.resolve()) {
    const restorer = {
      add: (_: Widget, name: string) => this.restored.push(name),
      restore: async (_: unknown, { command }: { command: string }) => this.restored.push(command)
    } as unknown as ILayoutRestorer;
    const { app, commandPalette } = this.desk;
    this.explorer = runExplorerPlugin.activate(
      app,
      this.manager,
      null,
      null,
      restorer,
      commandPalette
    ) as IRunExplorer;
  }

  get sidebar(): ExplorerPanel {
    return this.desk.added[0]!.widget as ExplorerPanel;
  }
}

afterEach(() => document.body.replaceChildren());

it('stands in the left sidebar with a name, and comes back after a reload', () => {
  const story = new Story();
  expect(story.desk.added.map(each => each.area)).toEqual(['left']);
  expect([story.sidebar.title.caption, story.sidebar.node.getAttribute('aria-label')]).toEqual([
    'Runs',
    'Runs'
  ]);
  expect(story.restored).toEqual(['jupyter-mlops-runs', CommandIDs.openRunTable]);
});

it('can be shown, opened as a table and looked at again by commands of the palette', async () => {
  const { desk, manager, sidebar } = new Story();
  await desk.commands.execute(CommandIDs.showRuns);
  expect(desk.activated).toEqual([sidebar.id]);
  await desk.commands.execute(CommandIDs.refreshRuns);
  expect(manager.refreshed).toBe(1);
  expect(desk.palette).toEqual([
    CommandIDs.showRuns,
    CommandIDs.openRunTable,
    CommandIDs.refreshRuns,
    CommandIDs.exportRuns,
    CommandIDs.arrangeRuns
  ]);
  expect(desk.commands.label(CommandIDs.openRunTable)).toBe('Open Table of Runs');
});

it('opens one table, and a new one when that was closed', async () => {
  const { desk } = new Story();
  await desk.commands.execute(CommandIDs.openRunTable);
  await desk.commands.execute(CommandIDs.openRunTable);
  const tables = () =>
    desk.added.filter(each => each.area === 'main').map(each => each.widget as MainAreaWidget);
  expect(tables()).toHaveLength(1);
  expect(desk.commands.label(CommandIDs.openRunTable)).toBe('Open Table of Runs');
  tables()[0]!.dispose();
  await desk.commands.execute(CommandIDs.openRunTable);
  expect(tables()).toHaveLength(2);
  tables()[1]!.dispose();
});

it('opens the menu of the list that was used last by a command', async () => {
  const { desk, sidebar } = new Story();
  const menus = () => [...document.querySelectorAll<HTMLElement>('.lm-Menu')];
  const arrange = () => happened(() => desk.commands.execute(CommandIDs.arrangeRuns));
  Widget.attach(sidebar, document.body);
  await arrange();
  expect(menus().map(each => each.textContent)).toEqual([expect.stringContaining('Sort by')]);
  expect(desk.activated).toEqual([sidebar.id]);

  await desk.commands.execute(CommandIDs.openRunTable);
  const table = desk.added[1]!.widget as MainAreaWidget<ExplorerPanel>;
  Widget.attach(table, document.body);
  await arrange();
  expect(desk.activated.at(-1)).toBe(sidebar.id);
  table.content.explorer.use();
  await arrange();
  expect(desk.activated.at(-1)).toBe(table.id);
  table.dispose();
  await arrange();
  expect(desk.activated.at(-1)).toBe(sidebar.id);
  sidebar.dispose();
});

it('shows in its menu what leads further, and what is chosen, as JupyterLab’s menus do', async () => {
  const { desk, sidebar } = new Story();
  Widget.attach(sidebar, document.body);
  await happened(() => desk.commands.execute(CommandIDs.arrangeRuns));
  const items = (menu: Element) => [...menu.querySelectorAll('.lm-Menu-item:not([data-type=separator])')];
  const label = (item: Element) => item.querySelector('.lm-Menu-itemLabel')?.textContent;
  const [menu] = document.querySelectorAll('.lm-Menu');

  const further = items(menu!).filter(item => item.querySelector('.lm-Menu-itemSubmenuIcon svg'));
  expect(further.map(label)).toEqual(['Group by', 'Sort by', 'Columns']);

  // By the keyboard: to the first item, and into its menu.
  for (const keyCode of [40, 39]) {
    menu!.dispatchEvent(new KeyboardEvent('keydown', { keyCode }));
  }
  const [, submenu] = document.querySelectorAll('.lm-Menu');
  const chosen = items(submenu!).filter(item => item.querySelector('.lm-Menu-itemIcon svg'));
  expect(chosen.map(label)).toEqual(['Notebook']);
  sidebar.dispose();
});

it('offers for a group what its menu has: to open or close it, or to close all', async () => {
  const { desk, sidebar } = new Story();
  await happened(async () => {
    Widget.attach(sidebar, document.body);
    await settle();
  });
  const { commands } = desk;
  const label = () => commands.label(CommandIDs.toggleGroup);
  expect([commands.isEnabled(CommandIDs.closeGroups), label()]).toEqual([true, 'Close Group']);
  await happened(() => void commands.execute(CommandIDs.toggleGroup));
  expect(label()).toBe('Open Group');
  await happened(() => void commands.execute(CommandIDs.toggleGroup));
  expect(label()).toBe('Close Group');
  await happened(() => void commands.execute(CommandIDs.closeGroups));
  expect(label()).toBe('Open Group');
  sidebar.dispose();
  expect(desk.commands.isEnabled(CommandIDs.toggleGroup)).toBe(false);
});

it('asks the server only while it is shown', async () => {
  const { manager, sidebar } = new Story();
  await settle();
  expect(manager.server.asked).toEqual([]);
  await happened(async () => {
    Widget.attach(sidebar, document.body);
    await settle();
  });
  expect(manager.server.asked.map(each => each.path)).toContain('runs/groups');
  const before = manager.server.asked.length;
  await happened(async () => {
    sidebar.hide();
    manager.runsChanged.emit();
    await settle();
  });
  expect(manager.server.asked).toHaveLength(before);
  await happened(() => sidebar.dispose());
});

describe('a sidebar that is activated before the first answer', () => {
  const focused = () => document.activeElement?.getAttribute('role');

  /** The keyboard is in the search then: there is nothing else yet. The second part has the server answer. */
  async function activated(): Promise<readonly [ExplorerPanel, () => Promise<void>]> {
    let answer = () => {};
    const story = new Story(new Promise<void>(resolve => (answer = resolve)));
    await happened(() => Widget.attach(story.sidebar, document.body));
    await happened(() => MessageLoop.sendMessage(story.sidebar, Widget.Msg.ActivateRequest));
    await happened(settle);
    expect(focused()).toBe('combobox');
    // A busy page draws frames between the answer and the list: React draws when `happened` ends.
    const answered = () =>
      happened(async () => {
        answer();
        await settle();
        for (let frame = 0; frame < 2; frame++) {
          await new Promise(resolve => requestAnimationFrame(resolve));
        }
      });
    return [story.sidebar, answered];
  }

  it('hands the keyboard on to the list', async () => {
    const [sidebar, answered] = await activated();
    await answered();
    expect(focused()).toBe('treegrid');
    await happened(() => sidebar.dispose());
  });

  it('leaves it in a search that has begun', async () => {
    const [sidebar, answered] = await activated();
    await happened(() => sidebar.explorer.model.setQuery('a'));
    await answered();
    expect(focused()).toBe('combobox');
    await happened(() => sidebar.dispose());
  });
});

describe('the menu of a list', () => {
  async function menuOf(): Promise<readonly [Menu, ExplorerModel, string[]]> {
    const { manager } = new Story();
    const choice = {
      groupBy: 'notebook' as const,
      sort: { key: 'metric.acc', order: 'desc' as const },
      columns: ['age', 'param.gone'],
      archived: false
    };
    const model = new ExplorerModel(manager, choice);
    await model.loadColumns();
    const exported: string[] = [];
    return [explorerMenu(model, trans, () => exported.push('csv')), model, exported];
  }

  function labels(menu: Menu): string[] {
    return menu.items.map(item => (item.type === 'submenu' ? item.submenu!.title.label : item.label));
  }

  function items(menu: Menu, title: string): Menu {
    return menu.items.find(item => item.submenu?.title.label === title)!.submenu!;
  }

  it('has groups, order, columns, archived runs and the export', async () => {
    const [menu] = await menuOf();
    expect(labels(menu).filter(Boolean)).toEqual([
      'Group by',
      'Sort by',
      'Columns',
      'Show Archived Runs',
      'Export as CSV'
    ]);
  });

  it('says what is chosen, in words and in the order’s sign', async () => {
    const [menu] = await menuOf();
    const chosen = (title: string) =>
      items(menu, title)
        .items.filter(item => item.isToggled)
        .map(item => item.label);
    expect(chosen('Group by')).toEqual(['Notebook']);
    expect(chosen('Sort by')).toEqual(['acc ↓']);
    expect(chosen('Columns')).toEqual(['When', 'gone (param)']);
  });

  it('names what measures the machine last among the metrics', async () => {
    const [menu] = await menuOf();
    expect(labels(items(menu, 'Sort by'))).toEqual([
      'When',
      'Name',
      'State',
      'Time',
      'acc ↓',
      'system/cpu',
      'lr'
    ]);
  });

  it('changes what is chosen', async () => {
    const [menu, model, exported] = await menuOf();
    const choose = (title: string, label: string) => {
      const item = items(menu, title).items.find(each => each.label === label)!;
      return items(menu, title).commands.execute(item.command, item.args);
    };
    await choose('Group by', 'Nothing');
    await choose('Sort by', 'acc ↓');
    await choose('Columns', 'acc (metric)');
    await choose('Columns', 'When');
    for (const label of ['Show Archived Runs', 'Export as CSV']) {
      await menu.commands.execute(menu.items.find(item => item.label === label)!.command);
    }
    expect(model.choice).toEqual({
      groupBy: '',
      sort: { key: 'metric.acc', order: 'asc' },
      columns: ['param.gone', 'metric.acc'],
      archived: true
    });
    expect(exported).toEqual(['csv']);
    model.dispose();
  });
});
