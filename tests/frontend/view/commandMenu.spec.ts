import { CommandRegistry } from '@lumino/commands';
import { MessageLoop } from '@lumino/messaging';
import { Menu } from '@lumino/widgets';

import { openCommandMenu, openMenu } from '../../../src/view/commandMenu';
import { until } from '../fakes';

const labels = () =>
  [...document.querySelectorAll('.lm-Menu-item')].map(
    item => item.querySelector('.lm-Menu-itemLabel')?.textContent || '-'
  );

afterEach(() => document.body.replaceChildren());

it('offers the commands that there are, with lines between groups, all about the same thing', async () => {
  const commands = new CommandRegistry();
  const done: unknown[] = [];
  for (const id of ['a', 'b', 'c']) {
    commands.addCommand(id, { label: id, execute: args => done.push([id, args]) });
  }

  openCommandMenu(commands, [['a', 'unknown'], ['unknown'], ['b', 'c']], { name: 'cancer' }, 10, 20);

  expect(labels()).toEqual(['a', '-', 'b', 'c']);
  // By the keyboard: down to "a", down to "b", Enter.
  for (const keyCode of [40, 40, 13]) {
    document.querySelector('.lm-Menu')!.dispatchEvent(new KeyboardEvent('keydown', { keyCode }));
  }
  expect(done).toEqual([['b', { name: 'cancer' }]]);
  await until(() => labels().length === 0);
});

it('gives the keyboard back to where it was, unless somebody else has taken it', async () => {
  const [before, other] = [document.createElement('button'), document.createElement('button')];
  document.body.append(before, other);
  const opened = () => {
    before.focus();
    const menu = new Menu({ commands: new CommandRegistry() });
    openMenu(menu, 0, 0);
    MessageLoop.flush(); // It takes the keyboard a moment later.
    expect(document.activeElement).not.toBe(before);
    return menu;
  };

  const menu = opened();
  menu.close();
  await until(() => menu.isDisposed);
  expect(document.activeElement).toBe(before);

  const another = opened();
  another.close();
  other.focus();
  await until(() => another.isDisposed);
  expect(document.activeElement).toBe(other);
});
