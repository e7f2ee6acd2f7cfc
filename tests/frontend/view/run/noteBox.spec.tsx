import { Refusal, run } from '../../fakes';
import { happened, press } from '../../render';
import { detail } from '../../runStories';
import { harmless, noteSanitizer } from '../../../../src/view/run/noteSanitizer';
import { RunStory } from './runStory';

async function write(story: RunStory, text: string): Promise<HTMLTextAreaElement> {
  const field = story.view.node.querySelector('textarea')!;
  await happened(() => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')!.set!.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
  return field;
}

function patched(story: RunStory): readonly unknown[] {
  return story.manager.server.asked.filter(({ method }) => method === 'PATCH').map(({ body }) => body);
}

it('is written, kept by the server and shown as untrusted Markdown', async () => {
  const story = await RunStory.open(detail(), {
    answer: ({ method }) => (method === 'PATCH' ? run() : undefined)
  });
  await story.click('button', 'Say why this ran…');
  story.detail = detail(run(), { note: '**why**' });
  await write(story, '**why**');
  await story.click('button', 'Save');
  expect(patched(story)).toEqual([{ note: '**why**' }]);
  expect(story.scene.rendered).toEqual([{ data: { 'text/markdown': '**why**' }, trusted: false }]);
  expect(story.view.all('button', 'Edit note')).toHaveLength(1);
});

it.each([
  ['', 'Say why this ran…'],
  ['theirs', 'Edit note']
])('is written where another tool made the run, too: “%s”', async (note, button) => {
  const story = await RunStory.open(detail(run(1, { source: 'mlflow' }), { note }));
  expect(story.view.all('button', button)).toHaveLength(1);
});

it('is kept with Ctrl+Enter and given up with Escape', async () => {
  const story = await RunStory.open(detail(run(), { note: 'old' }), {
    answer: ({ method }) => (method === 'PATCH' ? run() : undefined)
  });
  await story.click('button', 'Edit note');
  await press(await write(story, 'given up'), 'Escape');
  expect([patched(story), story.view.node.querySelector('textarea')]).toEqual([[], null]);
  await story.click('button', 'Edit note');
  const field = await write(story, 'new');
  await press(field, 'Enter');
  expect(patched(story)).toEqual([]);
  await press(field, 'Enter', { ctrlKey: true });
  await story.settle();
  expect(patched(story)).toEqual([{ note: 'new' }]);
});

it('is not lost when the server refuses it', async () => {
  const story = await RunStory.open(detail(), {
    answer: ({ method }) =>
      method === 'PATCH' ? new Refusal(413, { message: 'A note has at most 64 kB.' }) : undefined
  });
  await story.click('button', 'Say why this ran…');
  const field = await write(story, 'long');
  await story.click('button', 'Save');
  expect([story.view.one('alert').textContent, field.value]).toEqual(['A note has at most 64 kB.', 'long']);
});

describe('the sanitizer of notes (B24)', () => {
  it.each([
    ['<img src="http://x.org/beacon.png">', '<img>'],
    ['<img src="data:image/png;base64,AAAA">', '<img src="data:image/png;base64,AAAA">'],
    ['<img src="data:image/svg+xml,<svg/>">', '<img>'],
    ['<img srcset="http://x.org/a 2x">', '<img>'],
    ['<video poster="http://x.org/a"></video>', '<video></video>'],
    ['<p style="background:url(http://x.org/a)">t</p>', '<p>t</p>'],
    ['<table background="http://x.org/a"></table>', '<table></table>'],
    ['<b data-commandlinker-command="x" data-commandlinker-args="{}">t</b>', '<b>t</b>']
  ])('makes %s harmless', (html, clean) => {
    expect(harmless(html)).toBe(clean);
  });

  it('lets no opened page reach back', () => {
    expect(harmless('<a href="https://x.org">t</a>')).toContain('rel="noopener noreferrer"');
  });

  it('is the one that notes are shown with', async () => {
    const story = await RunStory.open(detail(run(), { note: '**why**' }));
    const [sanitizer] = story.scene.sanitizers;
    expect(story.scene.sanitizers).toHaveLength(1);
    expect(sanitizer?.sanitize('<b data-commandlinker-command="x">t</b>')).toBe('<b>t</b>');
  });

  it('works on what JupyterLab’s own has cleaned, and allows less than it', () => {
    const base = {
      sanitize: (html: string) => html.replace('<i>theirs</i>', ''),
      getAutolink: () => false
    };
    const sanitizer = noteSanitizer(base);
    expect(sanitizer.sanitize('<i>theirs</i><b data-x="1">t</b>')).toBe('<b>t</b>');
    expect([sanitizer.getAutolink?.(), sanitizer.allowCommandLinker, sanitizer.allowNamedProperties]).toEqual(
      [false, false, false]
    );
  });
});
