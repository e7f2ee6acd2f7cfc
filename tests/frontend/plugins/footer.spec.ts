/** Models, endpoints and TensorBoards below the list of runs, as the plugins put them there. */

import type { MainAreaWidget } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { Widget } from '@lumino/widgets';

import { endpointsPlugin } from '../../../src/plugins/endpoints';
import { modelsPlugin } from '../../../src/plugins/models';
import { tensorBoardPlugin } from '../../../src/plugins/tensorboard';
import { ExplorerFooter } from '../../../src/view/explorerFooter';
import { Desk, FakeExplorer, FakeOpener, answer, said } from '../desk';
import { endpoint } from '../endpoints';
import { FakeManager, FakeServer, IAsked, Refusal, runId, settle } from '../fakes';
import { having, registered, version } from '../modelFakes';
import { happened, press } from '../render';
import { board } from '../tensorBoards';

const CANCER = registered('cancer', version('cancer', 2, ['challenger']), version('cancer', 1));

/** A sidebar with all three, and a server that has one of each. */
class Story {
  readonly desk = new Desk();
  readonly opener = new FakeOpener();
  readonly footer = new ExplorerFooter();
  readonly server = new FakeServer(asked => this._answer(asked));
  refusal: Refusal | null = null;

  static async shown(): Promise<Story> {
    const story = new Story();
    const { desk, footer, opener } = story;
    const manager = new FakeManager(story.server);
    const app = { ...desk.app, serviceManager: { serverSettings: story.server.settings } } as never;
    const explorer = new FakeExplorer();
    const rendermime = { addFactory: () => undefined } as unknown as IRenderMimeRegistry;
    void modelsPlugin.activate(app, manager, explorer, opener, footer, null, null);
    void endpointsPlugin.activate(app, footer, null, null, null);
    void tensorBoardPlugin.activate(app, manager, rendermime, explorer, null, null, null, footer);
    await happened(async () => {
      Widget.attach(footer, document.body);
      await settle();
    });
    stories.push(story);
    return story;
  }

  /** The heads, from above. */
  get heads(): readonly string[] {
    return this._buttons('h3 button').map(each => each.textContent!);
  }

  /** Unfold a section. */
  async open(title: string): Promise<void> {
    await happened(() =>
      this._buttons('h3 button')
        .find(each => each.textContent!.startsWith(title))!
        .click()
    );
    await happened(settle);
  }

  row(text: RegExp): HTMLElement {
    return this._buttons('.mlops-FooterRow-open').find(each => text.test(each.textContent!))!;
  }

  get tree(): HTMLElement {
    return this.footer.node.querySelector('[role="tree"]')!;
  }

  /** The labels of the menu that is open; none where there is none. */
  get menu(): readonly string[] {
    const items = document.querySelectorAll('.lm-Menu-item[data-type="command"] .lm-Menu-itemLabel');
    return [...items].map(item => item.textContent!);
  }

  /** What lies open in the main area. */
  get tabs(): readonly string[] {
    return this.desk.added.map(({ widget }) => widget.title.label);
  }

  /** What the server was told to change. */
  get changed(): readonly string[] {
    return this.server.asked
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path}`);
  }

  dispose(): void {
    this.desk.added.forEach(({ widget }) => (widget as MainAreaWidget).dispose());
    this.footer.dispose();
  }

  private _buttons(selector: string): HTMLElement[] {
    return [...this.footer.node.querySelectorAll<HTMLElement>(selector)];
  }

  private _answer(asked: IAsked): unknown {
    const { method, path } = asked;
    if (method !== 'GET' && this.refusal) {
      return this.refusal;
    }
    if (method === 'PATCH') {
      return CANCER;
    }
    if (path.endsWith('/stop')) {
      return endpoint('cancer', { state: 'stopped' });
    }
    if (method === 'DELETE') {
      return null;
    }
    if (method === 'POST') {
      return board();
    }
    if (path === 'endpoints') {
      return [endpoint('cancer'), endpoint('wine', { state: 'stopped', current: 1 })];
    }
    return path === 'tensorboards' ? [board('a1')] : having(() => [CANCER])(asked);
  }
}

const stories: Story[] = [];
afterEach(async () => {
  await happened(() => stories.splice(0).forEach(story => story.dispose()));
  said();
  document.body.replaceChildren();
});

it('says of each how many there are, models first, before anybody unfolds them', async () => {
  const { heads } = await Story.shown();
  expect(heads).toEqual(['Models 1', 'Endpoints 2', 'TensorBoard 1']);
});

describe('an endpoint', () => {
  it('opens in a tab by a click', async () => {
    const story = await Story.shown();
    await story.open('Endpoints');
    await happened(() => story.row(/cancer/).click());
    await happened(settle);
    expect(story.tabs).toEqual(['cancer']);
  });

  it('is stopped by Delete, once the user has said so, and says so at once', async () => {
    const story = await Story.shown();
    await story.open('Endpoints');
    await press(story.row(/cancer/), 'Delete');
    await happened(() => answer('Let it run'));
    expect(story.changed).toEqual([]);

    await press(story.row(/cancer/), 'Delete');
    await happened(() => answer('Stop'));
    expect(story.changed).toEqual(['POST endpoints/cancer/stop']);
    expect(story.row(/cancer/).textContent).toMatch(/^Stopped/);
  });

  it('stays as it is where the server refuses to stop it, which is said', async () => {
    const story = await Story.shown();
    story.refusal = new Refusal(503, { message: 'Somebody changes it. Try again.' });
    await story.open('Endpoints');
    await press(story.row(/cancer/), 'Delete');
    await happened(() => answer('Stop'));
    expect(story.row(/cancer/).textContent).toMatch(/^Running/);
    expect(said()).toEqual(['error: Somebody changes it. Try again.']);
  });

  it.each([
    [
      'cancer',
      [
        'Open Endpoint',
        'Test Endpoint',
        'Show Log of Endpoint',
        'Copy URL of Endpoint',
        'Copy curl for Endpoint',
        'Roll Back Endpoint…',
        'Stop Endpoint…'
      ]
    ],
    ['wine', ['Open Endpoint', 'Show Log of Endpoint', 'Copy URL of Endpoint', 'Copy curl for Endpoint']]
  ])('offers in its menu what makes sense for %s', async (name, labels) => {
    const story = await Story.shown();
    await story.open('Endpoints');
    await press(story.row(new RegExp(name)), 'F10', { shiftKey: true });
    expect(story.menu).toEqual(labels);
  });
});

describe('a TensorBoard', () => {
  it('opens in a tab by a click, with its own name', async () => {
    const story = await Story.shown();
    await story.open('TensorBoard');
    await happened(() => story.row(/board a1/).click());
    await happened(settle);
    expect(story.tabs).toEqual(['board a1']);
  });

  it('offers in its menu to be opened and stopped', async () => {
    const story = await Story.shown();
    await story.open('TensorBoard');
    await press(story.row(/board a1/), 'ContextMenu');
    expect(story.menu).toEqual(['Open in TensorBoard', 'Stop TensorBoard…']);
  });

  it('is gone at once when it was stopped', async () => {
    const story = await Story.shown();
    await story.open('TensorBoard');
    await press(story.row(/board a1/), 'Delete');
    await happened(() => answer('Stop'));
    expect(story.changed).toEqual(['DELETE tensorboards/a1']);
    expect(story.footer.node.textContent).toContain('No TensorBoard runs.');
  });
});

describe('a model', () => {
  it('leads to the run that made it', async () => {
    const story = await Story.shown();
    await story.open('Models');
    await press(story.tree, 'Enter');
    expect(story.opener.opened).toEqual([runId(2)]);
  });

  it('offers in its menu what can be done with it', async () => {
    const story = await Story.shown();
    await story.open('Models');
    await press(story.tree, 'ContextMenu');
    expect(story.menu).toEqual([
      'Copy URI',
      'Open Run',
      'Set Alias…',
      'Remove Alias “challenger”',
      'Edit Description…',
      'Delete Model…'
    ]);
  });

  it('is described by F2', async () => {
    const story = await Story.shown();
    await story.open('Models');
    await press(story.tree, 'F2');
    await happened(() => answer('Save', 'benign or not'));
    expect(story.server.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body)).toEqual([
      { description: 'benign or not', version: null }
    ]);
  });

  it('is deleted by Delete, once the user has heard what depends on it', async () => {
    const story = await Story.shown();
    await story.open('Models');
    await press(story.tree, 'Delete');
    let question = '';
    await happened(async () => (question = await answer('Cancel')));
    expect(question).toBe(
      'Delete the model? cancer: all 2 versions. Alias challenger goes with it. No endpoint serves it. ' +
        'Runs, their files and reports stay.'
    );
    expect(story.changed).toEqual([]);
  });
});
