/** A menu of commands at a place of the page, about one thing. It is gone when it closes. */

import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { ReadonlyJSONObject } from '@lumino/coreutils';
import { Menu } from '@lumino/widgets';

/** Open it: `groups` of commands' ids, each with the same arguments. What is not known here is left out. */
export function openCommandMenu(
  commands: CommandRegistry,
  groups: readonly (readonly string[])[],
  args: ReadonlyJSONObject,
  left: number,
  top: number
): void {
  const menu = new MenuSvg({ commands });
  groups
    .map(ids => ids.filter(id => commands.hasCommand(id)))
    .filter(ids => ids.length)
    .forEach((ids, index) => {
      if (index) {
        menu.addItem({ type: 'separator' });
      }
      ids.forEach(command => menu.addItem({ command, args }));
    });
  openMenu(menu, left, top);
}

/** Open a menu, which is disposed when it closes; the keyboard is then where it was. */
export function openMenu(menu: Menu, left: number, top: number): void {
  const before = document.activeElement;
  menu.aboutToClose.connect(() =>
    requestAnimationFrame(() => {
      menu.dispose();
      if (before instanceof HTMLElement && document.activeElement === document.body) {
        before.focus();
      }
    })
  );
  menu.open(left, top);
}
