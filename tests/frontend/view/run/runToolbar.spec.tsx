import { Toolbar } from '@jupyterlab/ui-components';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { IRunSummary } from '../../../../src/api/types';
import { RunViewModel } from '../../../../src/model/runView';
import { addRunActions } from '../../../../src/view/run/runToolbar';
import { FakeFeed, FakeManager, FakeServer, Refusal, run, runId, settle } from '../../fakes';
import { happened } from '../../render';
import { Scene } from '../../runScene';
import { detail } from '../../runStories';

class Story {
  readonly manager = new FakeManager(
    new FakeServer(({ path }) => (path.endsWith('/artifacts') ? { entries: [] } : detail(this.run)))
  );
  readonly scene = new Scene(this.manager);
  readonly toolbar = new Toolbar<Widget>();

  private constructor(private readonly run: IRunSummary) {}

  static async of(change: Partial<IRunSummary>): Promise<Story> {
    const story = new Story(run(1, change));
    addRunActions(story.toolbar, new RunViewModel(runId(), story.manager), story.scene.around);
    await happened(async () => {
      Widget.attach(story.toolbar, document.body);
      for (const item of story.toolbar.children()) {
        MessageLoop.sendMessage(item, Widget.Msg.UpdateRequest);
      }
      await settle();
    });
    opened.push(story.toolbar);
    return story;
  }

  get feed(): FakeFeed {
    return this.manager.feeds[0]!;
  }

  get buttons(): readonly HTMLElement[] {
    return [...this.toolbar.node.querySelectorAll<HTMLElement>('jp-button')];
  }

  /** What each button is called by screen readers. */
  get names(): readonly string[] {
    return this.buttons.map(
      button => button.getAttribute('aria-label') ?? button.getAttribute('title') ?? button.textContent ?? ''
    );
  }
}

const opened: Widget[] = [];
const ALWAYS = ['Rename…', 'Tag…', 'Keep from cleaning up', 'Archive', 'Copy id', 'Delete…'];

afterEach(() => happened(() => opened.splice(0).forEach(widget => widget.dispose())));

it('offers to stop a run that goes on, and nothing that needs its end', async () => {
  const { names } = await Story.of({ status: 'RUNNING' });
  expect(names).toEqual(['Stop', 'Reproduce in a notebook', 'TensorBoard', ...ALWAYS]);
});

it('offers to load what a run has returned, and to run it again', async () => {
  const { names } = await Story.of({ returned: ['model'] });
  expect(names).toEqual([
    'Load into notebook',
    'Reproduce in a notebook',
    'Run again',
    'TensorBoard',
    ...ALWAYS
  ]);
});

it('offers nothing to load where nothing was returned', async () => {
  const failed = await Story.of({ status: 'FAILED', returned: ['model'] });
  expect(failed.names).not.toContain('Load into notebook');
});

it('offers for another tool’s run what can be done with it', async () => {
  const { names } = await Story.of({ source: 'mlflow', status: 'RUNNING', returned: ['model'] });
  expect(names).toEqual(['TensorBoard', 'Rename…', 'Tag…', 'Archive', 'Copy id', 'Delete…']);
});

it('offers the way back from archive and keeping', async () => {
  const { names } = await Story.of({ archived: true, kept: true });
  expect(names).toEqual(expect.arrayContaining(['Take out of the archive', 'Allow cleaning up']));
});

it('executes a command on the run', async () => {
  const { buttons, names, scene } = await Story.of({ returned: ['model'] });
  await happened(() => buttons[names.indexOf('Load into notebook')]!.click());
  expect(scene.executed).toEqual([['jupyter-mlops:load-run', { runIds: [runId()] }]]);
});

it('follows the run', async () => {
  const story = await Story.of({ status: 'RUNNING' });
  await happened(async () => {
    story.feed.tell(run(1, { status: 'KILLED' }));
    await settle();
  });
  expect(story.names).not.toContain('Stop');
  story.manager.server.answers(() => new Refusal(404, { message: 'There is no such run.' }));
  await happened(async () => {
    story.feed.gone.emit();
    await settle();
  });
  expect(story.names).toEqual([]);
});
