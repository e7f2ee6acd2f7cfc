import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { StatusItem } from '../../../src/view/statusItem';
import { FakeManager, settle, status } from '../fakes';
import { happened } from '../render';

const trans = nullTranslator.load('jupyter_mlops');

const stories: Story[] = [];
afterEach(() => happened(() => stories.splice(0).forEach(story => story.item.dispose())));

/** The item in a status bar, and how often it was clicked. */
class Story {
  readonly manager = new FakeManager();
  clicks = 0;
  readonly item = new StatusItem(this.manager, trans, () => (this.clicks += 1));

  static async shown(): Promise<Story> {
    const story = new Story();
    stories.push(story);
    await happened(() => Widget.attach(story.item, document.body));
    await happened(settle);
    return story;
  }

  get button(): HTMLButtonElement {
    return this.item.node.querySelector('button')!;
  }

  async tell(live: number, scheduled: number): Promise<void> {
    await happened(() => {
      this.manager.status = status({ live, scheduled });
      this.manager.statusChanged.emit(this.manager.status);
    });
  }
}

it('says nothing before the server has answered, and while no run goes on or waits', async () => {
  const story = await Story.shown();
  expect([story.button.hidden, story.button.textContent]).toEqual([true, '']);
  await story.tell(0, 0);
  expect(story.button.hidden).toBe(true);
});

it.each([
  [1, 0, '1 running'],
  [0, 2, '2 queued'],
  [3, 12, '3 running, 12 queued']
])('says of %d that go on and %d that wait: %s', async (live, scheduled, text) => {
  const story = await Story.shown();
  await story.tell(live, scheduled);
  expect([story.button.hidden, story.button.textContent, story.button.title]).toEqual([
    false,
    text,
    'Show the runs'
  ]);
  await story.tell(0, 0);
  expect(story.button.hidden).toBe(true);
});

it('leads to the runs', async () => {
  const story = await Story.shown();
  await story.tell(1, 0);
  await happened(() => story.button.click());
  expect(story.clicks).toBe(1);
});
