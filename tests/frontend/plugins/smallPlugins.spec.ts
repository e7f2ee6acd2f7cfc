import { IStatusBar } from '@jupyterlab/statusbar';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { Notification } from '@jupyterlab/apputils';
import { Signal } from '@lumino/signaling';

import { RequestError } from '../../../src/api/request';
import { CommandIDs } from '../../../src/commands';
import { runExportPlugin } from '../../../src/plugins/runExport';
import { runNotificationsPlugin } from '../../../src/plugins/runNotifications';
import { statusBarPlugin } from '../../../src/plugins/statusBar';
import { statusText } from '../../../src/view/statusItem';
import { Desk, FakeExplorer, said } from '../desk';
import { FakeManager, FakeServer, page, run, settle, status } from '../fakes';
import { IRunSummary } from '../../../src/api/types';

const trans = nullTranslator.load('jupyter_mlops');

describe('the export', () => {
  it('saves the table that is shown', async () => {
    const desk = new Desk();
    const saved: string[] = [];
    const click = jest.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement
    ) {
      saved.push(`${this.download} ${this.href}`);
    });
    Object.assign(URL, { createObjectURL: () => 'blob:runs', revokeObjectURL: () => undefined });
    void runExportPlugin.activate(desk.app, new FakeExplorer(), null);
    await desk.commands.execute(CommandIDs.exportRuns);
    expect(saved).toEqual(['runs.csv blob:runs']);
    click.mockRestore();
  });

  it('says why there is none', async () => {
    const desk = new Desk();
    const explorer = new FakeExplorer();
    explorer.csv = () => Promise.reject(new RequestError(503, 'The store is away.', '', true));
    void runExportPlugin.activate(desk.app, explorer, null);
    await desk.commands.execute(CommandIDs.exportRuns);
    expect(said()).toEqual(['error: The store is away.']);
  });
});

describe('the status bar', () => {
  it.each([
    [null, ''],
    [status(), ''],
    [status({ live: 2 }), '2 running'],
    [status({ scheduled: 1 }), '1 queued'],
    [status({ live: 1, scheduled: 3 }), '1 running, 3 queued']
  ])('says of %j: %j', (state, text) => {
    expect(statusText({ status: state }, trans)).toBe(text);
  });

  it('has its place only while there is something to say', () => {
    const desk = new Desk();
    const manager = new FakeManager();
    const items: IStatusBar.IItem[] = [];
    const bar = { registerStatusItem: (_: string, item: IStatusBar.IItem) => items.push(item) };
    void statusBarPlugin.activate(desk.app, manager, bar as unknown as IStatusBar, null);
    const [item] = items;
    let changes = 0;
    item!.activeStateChanged!.connect(() => (changes += 1));
    expect(item!.isActive!()).toBe(false);
    manager.status = status({ live: 1 });
    manager.statusChanged.emit(manager.status);
    expect([item!.isActive!(), changes]).toEqual([true, 1]);
    item!.item.dispose();
    manager.statusChanged.emit(manager.status);
    expect(changes).toBe(1);
  });
});

describe('a notification', () => {
  class Story {
    live: readonly IRunSummary[] = [];
    ended = run(1);
    readonly desk = new Desk();
    readonly manager = new FakeManager(
      new FakeServer(({ path }) => (path === 'runs' ? page(this.live) : { summary: this.ended }))
    );
    readonly settings = {
      composite: { enabled: true, seconds: 60 } as Record<string, unknown>,
      changed: new Signal<object, void>({})
    };

    constructor() {
      const registry = { load: async () => this.settings } as unknown as ISettingRegistry;
      for (const id of [CommandIDs.openRun, CommandIDs.openRunLog]) {
        this.desk.commands.addCommand(id, { execute: () => undefined });
      }
      void runNotificationsPlugin.activate(this.desk.app, this.manager, null, registry);
    }

    async ends(how: Partial<IRunSummary>): Promise<this> {
      await settle();
      this.live = [run(1, { status: 'RUNNING' })];
      this.manager.runsChanged.emit();
      await settle();
      this.live = [];
      this.ended = run(1, { name: 'wide', duration_s: 118, ...how });
      this.manager.runsChanged.emit();
      await settle();
      return this;
    }
  }

  it.each([
    [{}, 'success: Run wide has finished in 01:58.'],
    [{ status: 'KILLED' }, 'info: Run wide was stopped after 01:58.'],
    [{ status: 'FAILED', detail: 'ValueError: no' }, 'error: Run wide has failed after 01:58. ValueError: no']
  ] as const)('says how a long run has ended: %j', async (how, text) => {
    await new Story().ends(how);
    expect(said()).toEqual([text]);
  });

  it('says nothing of a short run', async () => {
    await new Story().ends({ duration_s: 59 });
    expect(said()).toEqual([]);
  });

  it('is as long and as often as the settings say, at once', async () => {
    const story = new Story();
    await settle();
    story.settings.composite = { enabled: true, seconds: 10 };
    story.settings.changed.emit();
    await story.ends({ duration_s: 11 });
    expect(said()).toHaveLength(1);
    story.settings.composite = { enabled: false, seconds: 10 };
    story.settings.changed.emit();
    await story.ends({ duration_s: 1000 });
    expect(said()).toEqual([]);
  });

  it('leads to the run, and to its log where it has failed', async () => {
    const story = await new Story().ends({ status: 'FAILED' });
    const [note] = Notification.manager.notifications;
    const actions = note!.options.actions ?? [];
    expect(actions.map(action => action.label)).toEqual(['Log', 'Open']);
    actions.forEach(action => action.callback(new MouseEvent('click')));
    expect(story.desk.executed).toEqual([CommandIDs.openRunLog, CommandIDs.openRun]);
    said();
  });
});
