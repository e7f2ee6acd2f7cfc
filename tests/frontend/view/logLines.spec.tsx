import { nullTranslator } from '@jupyterlab/translation';
import React, { useState } from 'react';

import { Line, TerminalText } from '../../../src/model/terminalText';
import { LogLines, LogText } from '../../../src/view/logLines';
import { draw, happened } from '../render';

const trans = nullTranslator.load('jupyter_mlops');
const BOX_PX = 100;
const LINE_PX = 20;

function linesOf(text: string): readonly Line[] {
  const terminal = new TerminalText(100);
  terminal.write(new TextEncoder().encode(text));
  return terminal.lines;
}

function numbered(count: number): readonly Line[] {
  return linesOf(Array.from({ length: count }, (_, n) => `line ${n + 1}\n`).join(''));
}

beforeEach(() => {
  // jsdom lays nothing out: the box is 100 px high, and each line 20.
  jest.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(BOX_PX);
  jest.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockImplementation(function (this: HTMLElement) {
    return (this.textContent?.split('\n').length ?? 1) * LINE_PX - LINE_PX;
  });
});
afterEach(() => jest.restoreAllMocks());

/** A card's last lines, to which more are added. */
function story(count: number) {
  let add: (lines: readonly Line[]) => void = () => undefined;
  function Card(): JSX.Element {
    const [lines, setLines] = useState(numbered(count));
    add = setLines;
    return <LogLines lines={lines} trans={trans} />;
  }
  const drawn = draw(<Card />);
  const box = drawn.one('log', 'Last lines of the log');
  return {
    box,
    show: (lines: readonly Line[]) => happened(() => add(lines)),
    scroll: (top: number) =>
      happened(() => {
        box.scrollTop = top;
        box.dispatchEvent(new Event('scroll', { bubbles: true }));
      })
  };
}

it('stays at the end while lines come', async () => {
  const { box, show } = story(10);
  expect(box.scrollTop).toBe(200);
  await show(numbered(20));
  expect(box.scrollTop).toBe(400);
});

it('stays where the reader has scrolled up to, and follows again at the end', async () => {
  const { box, show, scroll } = story(10);
  await scroll(40);
  await show(numbered(20));
  expect(box.scrollTop).toBe(40);

  await scroll(400 - BOX_PX);
  await show(numbered(30));
  expect(box.scrollTop).toBe(600);
});

it('can be reached and scrolled by the keyboard, and tells no screen reader of every line', () => {
  const { box } = story(3);
  expect([box.tabIndex, box.getAttribute('aria-live')]).toEqual([0, 'off']);
});

it('shows colours, and text as text', () => {
  const drawn = draw(
    <LogText lines={linesOf('\x1b[31mred\x1b[0m <img src=x>\nplain\n')} className="trace" />
  );
  expect(drawn.node.querySelector('pre.trace')!.textContent).toBe('red <img src=x>\nplain\n');
  expect(drawn.node.querySelector('.ansi-red-fg')!.textContent).toBe('red');
  expect(drawn.node.querySelector('img')).toBeNull();
});

it('shows exact colours', () => {
  const drawn = draw(<LogText lines={linesOf('\x1b[38;5;208morange\x1b[48;2;1;2;3m on dark')} />);
  const [orange, onDark] = Array.from(drawn.node.querySelectorAll('span'));
  expect([orange!.textContent, orange!.style.color]).toEqual(['orange', 'rgb(255, 135, 0)']);
  expect([onDark!.style.color, onDark!.style.backgroundColor]).toEqual(['rgb(255, 135, 0)', 'rgb(1, 2, 3)']);
});
