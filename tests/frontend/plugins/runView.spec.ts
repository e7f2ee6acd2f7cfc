import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

import { IRunSummary } from '../../../src/api/types';
import { CommandIDs } from '../../../src/commands';
import { comparePlugin } from '../../../src/plugins/compare';
import { runViewPlugin } from '../../../src/plugins/runView';
import { IRunExplorer, IRunOpener } from '../../../src/tokens';
import { ComparisonWidget } from '../../../src/view/compare/comparisonWidget';
import { RunWidget } from '../../../src/view/run/runWidget';
import { FakeManager, FakeServer, run, runId, settle } from '../fakes';
import { Scene } from '../runScene';
import { comparison, detail } from '../runStories';

/** JupyterLab without a page: what is added to its main area, and what is brought to the front. */
class FakeApp {
  readonly commands = new CommandRegistry();
  readonly added: Widget[] = [];
  readonly activated: string[] = [];
  readonly shell = {
    add: (widget: Widget) => this.added.push(widget),
    activateById: (id: string) => this.activated.push(id)
  };
}

/** What is to be restored after a reload, by tracker. */
class FakeRestorer {
  readonly wishes: { command: string; args: (widget: never) => unknown; name: (widget: never) => string }[] =
    [];

  async restore(_: unknown, wish: never): Promise<void> {
    this.wishes.push(wish);
  }
}

class Story {
  readonly app = new FakeApp();
  readonly restorer = new FakeRestorer();
  readonly manager = new FakeManager(
    new FakeServer(({ path }) => {
      if (path === 'comparisons') {
        return comparison([run(1), run(2)]);
      }
      return path.endsWith('/artifacts') ? { path: '', entries: [] } : detail(this._shown);
    })
  );
  readonly opener: IRunOpener;

  constructor(
    selected: readonly IRunSummary[] = [],
    notebooks: INotebookTracker | null = null,
    private readonly _shown: IRunSummary = run(1)
  ) {
    const { editors, languages, rendermime } = new Scene(this.manager).around;
    const explorer = {
      selected,
      selectedChanged: new Signal<unknown, void>(this)
    } as unknown as IRunExplorer;
    const app = this.app as unknown as JupyterFrontEnd;
    const given = [this.manager, editors, languages, rendermime, null, this.restorer] as const;
    this.opener = runViewPlugin.activate(app, ...given, notebooks, explorer) as IRunOpener;
    void comparePlugin.activate(app, ...given);
    stories.push(this);
  }

  /** Ids of the runs that are shown, with their tabs. */
  get shown(): readonly string[] {
    return this.app.added
      .filter((widget): widget is RunWidget => widget instanceof RunWidget)
      .map(({ model }) => `${Number(`0x${model.runId}`)} ${model.tab}`);
  }

  end(): void {
    this.app.added.forEach(widget => widget.dispose());
  }
}

const stories: Story[] = [];
afterEach(async () => {
  await settle();
  stories.splice(0).forEach(story => story.end());
});

describe('a run', () => {
  it('is shown in one tab, however often it is opened', async () => {
    const { opener, app, ...story } = new Story();
    await opener.openRun(runId(1));
    await opener.openRun(runId(2));
    await opener.openRun(runId(1));
    expect(app.added).toHaveLength(2);
    expect(app.activated).toEqual([1, 2, 1].map(n => `jupyter-mlops-run-${runId(n)}`));
    expect(story.manager.watched).toEqual([runId(1), runId(2)]);
  });

  it('is shown with the part that is asked for', async () => {
    const story = new Story();
    await story.opener.openRun(runId(1));
    await settle();
    await story.opener.openRun(runId(1), 'metrics');
    expect(story.shown).toEqual(['1 metrics']);
    await story.opener.openRun(runId(1));
    expect(story.shown).toEqual(['1 metrics']);
  });

  it.each(['../../x', '', 'A'.repeat(32), '0'.repeat(31), 7])(
    'is nothing that %s could name (B13)',
    async id => {
      const { app } = new Story();
      await app.commands.execute(CommandIDs.showRun, { runId: id });
      expect(app.added).toEqual([]);
    }
  );

  it('comes back after a reload, at its tab', async () => {
    const { app, restorer, opener } = new Story();
    await opener.openRun(runId(1), 'metrics');
    await settle();
    const widget = app.added[0] as never;
    const [wish] = restorer.wishes;
    expect([wish?.command, wish?.args(widget), wish?.name(widget)]).toEqual([
      CommandIDs.showRun,
      { runId: runId(1), tab: 'metrics' },
      runId(1)
    ]);
  });

  it('has its name on the tab, once it is known', async () => {
    const { app, opener } = new Story();
    await opener.openRun(runId(1));
    expect(app.added[0]?.title.label).toBe('00000000');
    await settle();
    expect([app.added[0]?.title.label, app.added[0]?.title.caption]).toEqual(['run 1', `run 1\n${runId(1)}`]);
  });

  it('has a tab of a bounded name, and says all of it when pointed at', async () => {
    const { app, opener } = new Story([], null, run(1, { name: 'x'.repeat(250) }));
    await opener.openRun(runId(1));
    await settle();
    expect([app.added[0]?.title.label, app.added[0]?.title.caption]).toEqual([
      `${'x'.repeat(59)}…`,
      `${'x'.repeat(250)}\n${runId(1)}`
    ]);
  });

  it('is let go of when its tab is closed', async () => {
    const { app, opener, manager } = new Story();
    await opener.openRun(runId(1));
    await settle();
    app.added[0]?.dispose();
    expect(manager.watched).toEqual([]);
    await opener.openRun(runId(1));
    expect(app.added).toHaveLength(2);
  });
});

describe('loading a result into a notebook', () => {
  const isOffered = (selected: readonly IRunSummary[]) =>
    new Story(selected).app.commands.isEnabled(CommandIDs.loadRun);

  it('is offered for one finished run that has returned something', () => {
    const returned = run(1, { returned: ['model'] });
    expect(
      [[], [run()], [returned], [returned, run(2)], [{ ...returned, status: 'FAILED' as const }]].map(
        isOffered
      )
    ).toEqual([false, false, true, false, false]);
  });

  const kernel = {
    // It ends before it has answered, which is not ours to tell.
    requestExecute: () => ({ done: Promise.reject(new Error('Canceled future')) })
  };

  it.each([
    ['that knows our magics then', { kernel }, `%runs load ${runId(7)}`],
    ['that is still to come', null, `%load_ext jupyter_mlops\n%runs load ${runId(7)}`]
  ])('writes a cell below the one in use, for a kernel %s, and does not run it', async (_, session, cell) => {
    const insert = jest.spyOn(NotebookActions, 'insertBelow').mockImplementation(() => undefined);
    const written: string[] = [];
    const content = {
      activeCell: { model: { sharedModel: { setSource: (text: string) => written.push(text) } } }
    };
    const sessionContext = { session };
    const { app } = new Story([], {
      currentWidget: { id: 'notebook', content, sessionContext }
    } as unknown as INotebookTracker);
    await app.commands.execute(CommandIDs.loadRun, { runIds: [runId(7)] });
    expect([insert.mock.calls, written, app.activated]).toEqual([[[content]], [cell], ['notebook']]);
    insert.mockRestore();
  });

  it('takes no id that is none', async () => {
    const { app } = new Story();
    await app.commands.execute(CommandIDs.loadRun, { runIds: ['x; import os'] });
    expect(Notification.manager.notifications).toEqual([]);
  });

  it('asks for a notebook where none is open', async () => {
    const { app } = new Story();
    await app.commands.execute(CommandIDs.loadRun, { runIds: [runId()] });
    const [told] = Notification.manager.notifications;
    expect([told?.message, app.activated]).toEqual([
      'Open the notebook that shall have the result first.',
      []
    ]);
    Notification.dismiss();
  });
});

describe('a comparison', () => {
  it('of the same runs is shown once', async () => {
    const { app, opener } = new Story();
    await opener.compareRuns([runId(1), runId(2)]);
    await opener.compareRuns([runId(1), runId(2)]);
    await opener.compareRuns([runId(1), runId(3)]);
    expect(app.added.map(widget => (widget as ComparisonWidget).model.runIds.length)).toEqual([2, 2]);
  });

  it.each([[[]], [[runId(1)]], [[runId(1), runId(1)]], [[runId(1), '../x']]])(
    'needs two runs: %j is nothing',
    async ids => {
      const { app, opener } = new Story();
      await opener.compareRuns(ids);
      expect(app.added).toEqual([]);
    }
  );

  it('takes at most twenty', async () => {
    const { app, opener } = new Story();
    await opener.compareRuns(Array.from({ length: 30 }, (_, n) => runId(n + 1)));
    expect((app.added[0] as ComparisonWidget).model.runIds).toHaveLength(20);
  });

  it('comes back after a reload', async () => {
    const { app, opener, restorer } = new Story();
    await opener.compareRuns([runId(1), runId(2)]);
    await settle();
    const widget = app.added[0] as never;
    const wish = restorer.wishes[1];
    expect([wish?.command, wish?.args(widget)]).toEqual([
      CommandIDs.showComparison,
      { runIds: [runId(1), runId(2)] }
    ]);
    expect([app.added[0]?.title.label, app.added[0]?.title.caption]).toEqual([
      'Compare 2 runs',
      'run 1\nrun 2'
    ]);
  });
});
