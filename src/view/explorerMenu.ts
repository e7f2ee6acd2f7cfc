/** The menu behind the explorer's gear: groups, order, columns, archived runs. */

import { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { GroupBy } from '../api/runs';
import { PLAIN_COLUMNS, column } from '../model/columns';
import { ExplorerModel } from '../model/explorer';
import { machineLast } from '../model/runs';

const MOST_KEYS = 25;

/** Return the menu; its owner disposes it. */
export function explorerMenu(model: ExplorerModel, trans: TranslationBundle, onExport: () => void): Menu {
  const commands = new CommandRegistry();
  const menu = new MenuSvg({ commands });
  const choose = (id: string, label: string, isToggled: () => boolean, execute: () => void) => {
    commands.addCommand(id, { label, isToggled, execute });
    return { command: id };
  };
  const sub = (title: string, items: readonly Menu.IItemOptions[]) => {
    const submenu = new MenuSvg({ commands });
    submenu.title.label = title;
    items.forEach(item => submenu.addItem(item));
    menu.addItem({ type: 'submenu', submenu });
  };

  const groups: readonly (readonly [GroupBy | '', string])[] = [
    ['notebook', trans.__('Notebook')],
    ['experiment', trans.__('Experiment')],
    ['', trans.__('Nothing')]
  ];
  sub(
    trans.__('Group by'),
    groups.map(([by, label]) =>
      choose(
        `group:${by}`,
        label,
        () => model.choice.groupBy === by,
        () => model.choose({ groupBy: by })
      )
    )
  );
  sub(trans.__('Sort by'), sortItems(model, trans, choose));
  sub(trans.__('Columns'), columnItems(model, trans, choose));
  menu.addItem({ type: 'separator' });
  menu.addItem(
    choose(
      'archived',
      trans.__('Show Archived Runs'),
      () => model.choice.archived,
      () => model.choose({ archived: !model.choice.archived })
    )
  );
  menu.addItem({ type: 'separator' });
  menu.addItem(choose('export', trans.__('Export as CSV'), () => false, onExport));
  return menu;
}

type Choose = (id: string, label: string, isToggled: () => boolean, execute: () => void) => Menu.IItemOptions;

function sortItems(
  model: ExplorerModel,
  trans: TranslationBundle,
  choose: Choose
): readonly Menu.IItemOptions[] {
  const keys: readonly (readonly [string, string])[] = [
    ['submitted_at', trans.__('When')],
    ['name', trans.__('Name')],
    ['status', trans.__('State')],
    ['duration_s', trans.__('Time')],
    ...machineLast(model.columns.metrics)
      .slice(0, MOST_KEYS)
      .map(key => [`metric.${key}`, key] as const),
    ...model.columns.params.slice(0, MOST_KEYS).map(key => [`param.${key}`, key] as const)
  ];
  return keys.map(([key, label]) => {
    const arrow = model.choice.sort.key === key ? (model.choice.sort.order === 'asc' ? ' ↑' : ' ↓') : '';
    return choose(
      `sort:${key}`,
      label + arrow,
      () => model.choice.sort.key === key,
      () => model.sortBy(key)
    );
  });
}

function columnItems(
  model: ExplorerModel,
  trans: TranslationBundle,
  choose: Choose
): readonly Menu.IItemOptions[] {
  const { params, tags } = model.columns;
  const metrics = machineLast(model.columns.metrics);
  const found = [
    ...metrics.slice(0, MOST_KEYS).map(key => `metric.${key}`),
    ...params.slice(0, MOST_KEYS).map(key => `param.${key}`),
    ...tags.slice(0, MOST_KEYS).map(key => `tag.${key}`)
  ];
  const ids = [...new Set([...PLAIN_COLUMNS, ...found, ...model.choice.columns])];
  return ids.flatMap(id => {
    const has = () => model.choice.columns.includes(id);
    const toggle = () =>
      model.choose({
        columns: has() ? model.choice.columns.filter(each => each !== id) : [...model.choice.columns, id]
      });
    const space = id.includes('.') ? ` (${id.slice(0, id.indexOf('.'))})` : '';
    const title = column(id, trans)?.title;
    return title === undefined ? [] : [choose(`column:${id}`, title + space, has, toggle)];
  });
}
