import React from 'react';

import { FooterRows } from '../../../../src/view/footer/footerRows';
import { draw, happened, press } from '../../render';
import { trans } from '../../runScene';

const NAMES = ['one', 'two', 'three'];

/** Rows, and what was done with them. */
class Story {
  readonly done: string[] = [];
  readonly drawn = draw(this._rows(NAMES));

  get opens(): HTMLElement[] {
    return [...this.drawn.node.querySelectorAll<HTMLElement>('.mlops-FooterRow-open')];
  }

  /** The row that Tab leads to, and the one that has the keyboard. */
  get places(): [string | undefined, string | null | undefined] {
    const [inTabOrder] = this.opens.filter(each => each.tabIndex === 0);
    return [inTabOrder?.textContent ?? undefined, document.activeElement?.textContent];
  }

  async press(...keys: readonly (string | [string, KeyboardEventInit])[]): Promise<void> {
    for (const key of keys) {
      const [name, more] = typeof key === 'string' ? [key, {}] : key;
      await press(document.activeElement as HTMLElement, name, more);
    }
  }

  private _rows(names: readonly string[]): JSX.Element {
    return (
      <FooterRows
        rows={names.map(name => ({ key: name, name, content: <b>{name}</b> }))}
        label="Numbers"
        trans={trans}
        onOpen={key => this.done.push(`open ${key}`)}
        onMenu={key => this.done.push(`menu ${key}`)}
        onDelete={key => this.done.push(`delete ${key}`)}
      />
    );
  }
}

it('is one stop of Tab; arrows, Home and End lead through it, and no further', async () => {
  const story = new Story();
  expect(story.opens.map(each => each.tabIndex)).toEqual([0, -1, -1]);
  await happened(() => story.opens[0]!.focus());

  await story.press('ArrowUp');
  expect(story.places).toEqual(['one', 'one']);
  await story.press('ArrowDown', 'ArrowDown', 'ArrowDown');
  expect(story.places).toEqual(['three', 'three']);
  await story.press('Home');
  expect(story.places).toEqual(['one', 'one']);
  await story.press('End');
  expect(story.places).toEqual(['three', 'three']);
  expect(story.done).toEqual([]);
});

it('does with the row of the keyboard what a key says', async () => {
  const story = new Story();
  await happened(() => story.opens[1]!.focus());
  await story.press('Delete', 'ContextMenu', ['F10', { shiftKey: true }]);
  await happened(() => story.opens[2]!.click());
  expect(story.done).toEqual(['delete two', 'menu two', 'menu two', 'open three']);
});

it.each<[string, KeyboardEventInit?]>([
  ['F10'],
  ['Delete', { ctrlKey: true }],
  ['ArrowDown', { altKey: true }],
  ['x'],
  ['toString']
])('leaves %s to others', async (key, more = {}) => {
  const story = new Story();
  await happened(() => story.opens[0]!.focus());
  expect(await press(story.opens[0]!, key, more)).toBe(true);
  expect([story.done, story.places]).toEqual([[], ['one', 'one']]);
});

it('offers the menu to the mouse: by a button with a name, and by its right key', async () => {
  const story = new Story();
  const button = story.drawn.one('button', 'Actions of two');
  await happened(() => button.click());
  const right = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
  await happened(() => story.opens[2]!.dispatchEvent(right));
  expect(story.done).toEqual(['menu two', 'menu three']);
  expect([right.defaultPrevented, button.tabIndex]).toEqual([true, -1]);
  expect(story.places).toEqual(['three', 'three']);
});
