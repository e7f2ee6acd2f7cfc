import React from 'react';

import { CodeDiff } from '../../../../src/view/compare/codeDiff';
import { FakeManager, run, settle } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { Scene } from '../../runScene';

async function open(...cells: readonly string[]): Promise<IDrawn> {
  const runs = cells.map((_, n) => run(n + 1));
  const view = draw(<CodeDiff runs={runs} cells={cells} around={new Scene(new FakeManager()).around} />);
  await happened(settle);
  return view;
}

const sides = (view: IDrawn) => [...view.node.querySelectorAll('.cm-content')].map(side => side.textContent);
const chosen = (view: IDrawn) =>
  [...view.node.querySelectorAll('select')].map(select => [select.getAttribute('aria-label'), select.value]);

async function choose(view: IDrawn, side: number, index: string): Promise<void> {
  await happened(() => {
    const select = view.node.querySelectorAll('select')[side]!;
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(select, index);
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await happened(settle);
}

it('begins with the first run and the first whose cell is another', async () => {
  const view = await open('fit(1)\n', 'fit(1)\n', 'fit(2)\n');
  expect(sides(view)).toEqual(['fit(1)', 'fit(2)']);
  expect(chosen(view)).toEqual([
    ['On the left', '0'],
    ['On the right', '2']
  ]);
});

it('shows the cells of the runs that are chosen, and says when they are the same', async () => {
  const view = await open('a', 'b', 'b');
  await choose(view, 0, '2');
  expect(sides(view)).toEqual(['b', 'b']);
  expect(view.one('status').textContent).toBe('These cells are the same.');
});

it('is to be read, not to be written in', async () => {
  const view = await open('a', 'b');
  for (const side of view.node.querySelectorAll('.cm-content')) {
    expect([side.getAttribute('contenteditable'), side.getAttribute('aria-label')]).toEqual([
      'false',
      'Difference of the two cells'
    ]);
  }
});

it('shows code as text (B24)', async () => {
  const nasty = '<img src=x onerror=alert(1)>';
  const view = await open(nasty, 'b');
  expect([sides(view)[0], view.node.querySelector('img[onerror]')]).toEqual([nasty, null]);
});
