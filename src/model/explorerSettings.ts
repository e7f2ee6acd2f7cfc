/** What a user has chosen for the lists of runs, kept in JupyterLab's settings. */

import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { isRecord } from '../api/guards';
import { ExplorerModel, IExplorerChoice } from './explorer';

/** Where a list is: each place has its own columns and order. */
export type Place = 'sidebar' | 'table';

const DEFAULTS: Readonly<Record<Place, IExplorerChoice>> = {
  sidebar: {
    groupBy: 'notebook',
    sort: { key: 'submitted_at', order: 'desc' },
    columns: ['age', 'duration', 'metric', 'spark'],
    archived: false
  },
  table: {
    groupBy: '',
    sort: { key: 'submitted_at', order: 'desc' },
    columns: ['experiment', 'notebook', 'age', 'duration', 'metric', 'spark', 'user'],
    archived: false
  }
};

/** See the module. */
export class ExplorerSettings {
  /** Without settings, what is chosen lasts as long as the tab. */
  constructor(settings: Promise<ISettingRegistry.ISettings> | null) {
    this._settings = settings?.catch(() => null) ?? Promise.resolve(null);
  }

  /** What to begin with. */
  choice(place: Place): IExplorerChoice {
    return DEFAULTS[place];
  }

  /** Give a list what was chosen, now and when it is changed in the settings editor; keep what is chosen in it. */
  bind(place: Place, model: ExplorerModel): void {
    void this._settings.then(settings => {
      if (!settings || model.isDisposed) {
        return;
      }
      const read = () => {
        const choice = readChoice(settings.composite[place], place);
        if (!model.isDisposed && !same(choice, model.choice)) {
          model.choose(choice);
        }
      };
      read();
      settings.changed.connect(read);
      model.disposed.connect(() => settings.changed.disconnect(read));
      model.choiceChanged.connect((_, choice) => {
        if (!same(choice, readChoice(settings.composite[place], place))) {
          void settings.set(place, { ...choice, sort: { ...choice.sort }, columns: [...choice.columns] });
        }
      });
    });
  }

  private readonly _settings: Promise<ISettingRegistry.ISettings | null>;
}

/** Read a choice out of settings that people edit: what is no choice is the default. */
export function readChoice(value: unknown, place: Place): IExplorerChoice {
  const given = isRecord(value) ? value : {};
  const sort = isRecord(given.sort) ? given.sort : {};
  const base = DEFAULTS[place];
  const { groupBy, columns, archived } = given;
  return {
    groupBy: groupBy === '' || groupBy === 'experiment' || groupBy === 'notebook' ? groupBy : base.groupBy,
    sort: {
      key: typeof sort.key === 'string' ? sort.key : base.sort.key,
      order: sort.order === 'asc' || sort.order === 'desc' ? sort.order : base.sort.order
    },
    columns: Array.isArray(columns) ? columns.filter(id => typeof id === 'string') : base.columns,
    archived: typeof archived === 'boolean' ? archived : base.archived
  };
}

function same(a: IExplorerChoice, b: IExplorerChoice): boolean {
  return JSON.stringify(ordered(a)) === JSON.stringify(ordered(b));
}

function ordered(choice: IExplorerChoice): readonly unknown[] {
  return [choice.groupBy, choice.sort.key, choice.sort.order, choice.columns, choice.archived];
}
