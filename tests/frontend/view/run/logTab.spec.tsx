import { IRunDetail } from '../../../../src/api/types';
import { IAsked, Refusal, run } from '../../fakes';
import { happened, press, type } from '../../render';
import { detail, lines, logAnswer } from '../../runStories';
import { RunStory } from './runStory';

const VIEW_PX = 400;

/** A run that has printed this, opened at its log; a search finds its text at these bytes. */
async function open(
  text: string | Uint8Array | Refusal,
  known: IRunDetail = detail(run(1, { status: 'RUNNING' })),
  found: readonly number[] = [10, 20]
): Promise<RunStory> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const size = bytes instanceof Refusal ? 0 : bytes.length;
  const summary = { ...known.summary, log_bytes: size };
  const answer = (asked: IAsked) => {
    if (asked.path.endsWith('/log/search')) {
      return { offsets: found, next: null };
    }
    return asked.path.endsWith('/log')
      ? bytes instanceof Refusal
        ? bytes
        : logAnswer(bytes)(asked)
      : undefined;
  };
  const story = await RunStory.open({ ...known, summary }, { tab: 'overview', answer });
  await happened(() => story.feed.tell(summary));
  await story.show('log');
  return story;
}

function rows(story: RunStory): readonly string[] {
  return [...story.view.node.querySelectorAll('.mlops-LogRow')].map(row => row.textContent ?? '');
}

function box(story: RunStory): HTMLElement {
  return story.view.one('log', 'Log');
}

/** Scroll as a user does, by pixels from the top. */
async function scroll(story: RunStory, top: number): Promise<void> {
  await happened(() => {
    box(story).scrollTop = top;
    box(story).dispatchEvent(new Event('scroll', { bubbles: true }));
  });
}

/** Wait until something is drawn so. */
async function drawn(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 200 && !isSo(); turn++) {
    await happened(() => new Promise(resolve => setTimeout(resolve, 10)));
  }
  expect(isSo()).toBe(true);
}

beforeEach(() => {
  // jsdom lays nothing out: the box is 400 px high, and as long inside as its content says.
  jest.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(VIEW_PX);
  jest.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return parseFloat(this.querySelector<HTMLElement>('.mlops-LogBox-all')?.style.height ?? '0');
  });
});
afterEach(() => jest.restoreAllMocks());

it('shows what was printed: colours, the last state of a line, links', async () => {
  const story = await open('\x1b[31mred\x1b[0m\n1/2\r2/2\nsee https://x.org/a.\n');
  expect(rows(story)).toEqual(['red', '2/2', 'see https://x.org/a.']);
  expect(story.view.node.querySelector('.ansi-red-fg')?.textContent).toBe('red');
  const link = story.view.node.querySelector('a')!;
  expect([link.href, link.rel, link.target]).toEqual(['https://x.org/a', 'noopener noreferrer', '_blank']);
});

it('makes nothing of markup and of what terminals could be told to do (B24, B26)', async () => {
  const nasty = '<img src=x onerror=alert(1)><script>alert(1)</script>';
  const story = await open(
    `${nasty}\n\x1b]8;;javascript:alert(1)\x07click\x1b]8;;\x07\n\x1b]52;c;AAAA\x07x\njavascript:alert(1)\n`
  );
  expect(rows(story)).toEqual([nasty, 'click', 'x', 'javascript:alert(1)']);
  expect(
    story.view.node.querySelector('.mlops-LogBox img, .mlops-LogBox script, .mlops-LogBox a')
  ).toBeNull();
});

it('keeps an empty row when it is copied, and adds none', async () => {
  expect(rows(await open('a\n\nb\n'))).toEqual(['a', '\n', 'b']);
});

it('shows what is printed now, and stays at the end', async () => {
  const story = await open(lines(100));
  const before = box(story).scrollTop;
  await happened(() => story.feed.print('new\n', 1000));
  await drawn(() => rows(story).includes('new'));
  expect(box(story).scrollTop).toBe(before + 18);
});

it('draws only what is in sight, of however many rows', async () => {
  const story = await open(lines(5000));
  expect(rows(story).length).toBeLessThan(120);
  expect(rows(story).at(-1)).toBe('000004999');
});

it('shows what stands before the end where that does not fill the view, however long the line is', async () => {
  const bar = Array.from({ length: 100_000 }, (_, count) => `\rstep ${count}`).join('');
  const story = await open(`begin\n${bar}\nafterwards\n`);
  await drawn(() => rows(story).length > 1);
  expect(rows(story).slice(-2)).toEqual(['step 99999', 'afterwards']);
});

it('stays where the reader scrolls up to, and follows again at the end', async () => {
  const story = await open(lines(1000));
  const follow = () => story.view.node.querySelector<HTMLInputElement>('input[type=checkbox]')!;
  expect(follow().checked).toBe(true);
  await scroll(story, 1000);
  expect(follow().checked).toBe(false);
  await happened(() => story.feed.print('new\n', 10_000));
  await drawn(() => story.view.node.querySelector('[title="10004 bytes"]') !== null);
  expect(box(story).scrollTop).toBe(1000);
  await scroll(story, box(story).scrollHeight - VIEW_PX);
  expect(follow().checked).toBe(true);
});

it('reads what is above before the reader gets there, and keeps his row in place', async () => {
  const story = await open(lines(20_000));
  const first = () => rows(story)[25];
  await scroll(story, box(story).scrollTop - 117_400);
  const seen = first();
  await drawn(() => story.model.log.window.start < 130_000);
  expect(rows(story)).toContain(seen);
});

/** Let the last row come once more, and wait until that is drawn. */
async function drawnAnew(story: RunStory): Promise<void> {
  await happened(() => story.feed.print('000000999\n', 9_990));
  await happened(() => new Promise(resolve => setTimeout(resolve, 100)));
}

it('is at the end again after it was moved, which takes a box to its top without a word', async () => {
  const story = await open(lines(1000));
  box(story).scrollTop = 0;
  await drawnAnew(story);
  await drawnAnew(story);
  expect(box(story).scrollTop).toBe(box(story).scrollHeight - VIEW_PX);
});

it('takes nobody back who scrolls on while it is drawn', async () => {
  const story = await open(lines(1000));
  // The browser has scrolled, and its event is still to come: first from the end, then from where the reader was.
  box(story).scrollTop = 9000;
  await drawnAnew(story);
  expect(box(story).scrollTop).toBe(9000);
  await scroll(story, 9000);
  box(story).scrollTop = 1000;
  await drawnAnew(story);
  expect(box(story).scrollTop).toBe(1000);
});

it('goes to the last row when the bar is dragged to the end, from wherever it was', async () => {
  const story = await open(lines(100_000));
  await scroll(story, 0);
  await drawn(() => rows(story)[0] === '000000000');
  await scroll(story, box(story).scrollHeight - VIEW_PX);
  await drawn(() => rows(story).at(-1) === '000099999');
  expect(box(story).scrollTop).toBe(box(story).scrollHeight - VIEW_PX);
  expect(story.model.log.follows).toBe(true);
});

it('goes to its first and last row by Home and End, whatever is printed meanwhile', async () => {
  const story = await open(lines(100_000));
  await press(box(story), 'Home', { ctrlKey: true });
  await happened(() => story.feed.print('000099999\n', 999_990));
  await drawn(() => rows(story)[0] === '000000000');
  expect([box(story).scrollTop, story.model.log.follows]).toEqual([0, false]);
  await press(box(story), 'End');
  await drawn(() => rows(story).at(-1) === '000099999');
  expect(box(story).scrollTop).toBe(box(story).scrollHeight - VIEW_PX);
  expect(story.model.log.follows).toBe(true);
});

it('follows when it is told to', async () => {
  const story = await open(lines(1000));
  await scroll(story, 500);
  await happened(() => story.view.node.querySelector<HTMLInputElement>('input[type=checkbox]')!.click());
  expect(box(story).scrollTop).toBe(box(story).scrollHeight - VIEW_PX);
});

it('says that nothing was printed yet', async () => {
  expect((await open('')).view.text).toContain('Nothing was printed yet.');
});

it('says why the log cannot be read', async () => {
  const story = await open(new Refusal(503, { message: 'The disk does not answer.' }));
  expect(story.view.one('alert').textContent).toBe('The disk does not answer.');
});

describe('looking for a text', () => {
  async function find(text: string): Promise<RunStory> {
    const story = await open(lines(100));
    await type(story.view.node.querySelector('input[type=search]')!, text);
    await drawn(() => !story.view.text.includes('Searching…'));
    return story;
  }

  it('goes to the first line, and says how many there are', async () => {
    const story = await find('00000');
    expect(story.view.one('status').textContent).toBe('1 of 2 lines');
    expect(story.view.node.querySelector('.mlops-mod-found')?.textContent).toBe('000000001');
    expect(story.view.node.querySelectorAll('mark').length).toBeGreaterThan(1);
  });

  it('goes to the next with Enter and back with Shift+Enter', async () => {
    const story = await find('00000');
    const field = story.view.node.querySelector<HTMLElement>('input[type=search]')!;
    await press(field, 'Enter');
    expect(story.view.one('status').textContent).toBe('2 of 2 lines');
    await press(field, 'Enter', { shiftKey: true });
    expect(story.view.one('status').textContent).toBe('1 of 2 lines');
    await story.click('button', 'Next');
    expect(story.view.one('status').textContent).toBe('2 of 2 lines');
  });

  it('begins with a slash and ends with Escape, back in the log', async () => {
    const story = await find('00000');
    const field = story.view.node.querySelector<HTMLInputElement>('input[type=search]')!;
    await press(field, 'Escape');
    expect([field.value, document.activeElement]).toEqual(['', box(story)]);
    await press(box(story), '/');
    expect(document.activeElement).toBe(field);
  });

  const BARS = 'begin\n\x1b[33mepoch 1\x1b[0m\r\x1b[Kepoch 2\nbar one 1%\nbar two\n\x1b[2Abar one 2%\n\n';

  async function findIn(text: string, wanted: string): Promise<RunStory> {
    const offsets = [...text.matchAll(new RegExp(wanted, 'g'))].map(({ index }) => index ?? 0);
    const story = await open(text, undefined, offsets);
    await type(story.view.node.querySelector('input[type=search]')!, wanted);
    await drawn(() => !story.view.text.includes('Searching…'));
    return story;
  }

  it('shows a text that was overwritten as it was printed, and says so', async () => {
    const story = await findIn(BARS, 'epoch 1');
    await drawn(() => story.view.text.includes('epoch 1'));
    const row = story.view.node.querySelector('.mlops-mod-found')!;
    expect(row.textContent).toBe('epoch 1overwritten sinceepoch 2');
    expect(row.querySelector('mark')?.textContent).toBe('epoch 1');
    expect(story.view.one('status').textContent).toBe('1 of 1 lines, overwritten since');
  });

  it('shows a text that bars of several lines have overwritten', async () => {
    const story = await findIn(BARS, 'one 1%');
    await drawn(() => story.view.text.includes('one 1%'));
    const found = [...story.view.node.querySelectorAll('.mlops-mod-found')].map(row => row.textContent);
    expect(found).toEqual(['bar one 1%overwritten sincebar one 2%']);
  });

  it('goes to the row that bars of several lines have written into', async () => {
    const story = await findIn(BARS, 'one 2%');
    await drawn(() => story.view.node.querySelector('.mlops-mod-found') !== null);
    const found = [...story.view.node.querySelectorAll('.mlops-mod-found')].map(row => row.textContent);
    expect(found).toEqual(['bar one 2%']);
    expect(story.view.one('status').textContent).toBe('1 of 1 lines');
  });

  it('shows the old text no more once another line is looked at', async () => {
    const story = await findIn('epoch 1\repoch 2\nepoch 1\n', 'epoch 1');
    await drawn(() => story.view.text.includes('overwritten'));
    await story.click('button', 'Next');
    expect(story.view.text).not.toContain('overwritten');
    expect(rows(story)).toEqual(['epoch 2', 'epoch 1']);
  });
});
