import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';

import { ExplorerModel } from '../../../src/model/explorer';
import { ExplorerSettings, readChoice } from '../../../src/model/explorerSettings';
import { FakeManager, settle } from '../fakes';

/** Settings of one plugin. */
class FakeSettings {
  composite: Record<string, unknown> = {};
  readonly changed = new Signal<FakeSettings, void>(this);
  readonly written: unknown[] = [];

  async set(key: string, value: unknown): Promise<void> {
    this.composite = { ...this.composite, [key]: value };
    this.written.push([key, value]);
    this.changed.emit();
  }

  /** As a plugin gets them. */
  get loading(): Promise<ISettingRegistry.ISettings> {
    return Promise.resolve(this as unknown as ISettingRegistry.ISettings);
  }
}

const NARROW = {
  groupBy: '',
  sort: { key: 'name', order: 'asc' },
  columns: ['age'],
  archived: true
} as const;

function bound(settings: Promise<ISettingRegistry.ISettings> | null): ExplorerModel {
  const kept = new ExplorerSettings(settings);
  const model = new ExplorerModel(new FakeManager(), kept.choice('sidebar'));
  kept.bind('sidebar', model);
  return model;
}

it('begins with what was chosen last', async () => {
  const settings = new FakeSettings();
  settings.composite = { sidebar: NARROW };
  const model = bound(settings.loading);
  await settle();
  expect(model.choice).toEqual(NARROW);
  expect(settings.written).toEqual([]);
});

it('keeps what is chosen, and follows the settings editor', async () => {
  const settings = new FakeSettings();
  const model = bound(settings.loading);
  await settle();
  model.choose({ archived: true });
  expect(settings.written).toEqual([['sidebar', { ...model.choice }]]);
  await settings.set('sidebar', NARROW);
  expect(model.choice).toEqual(NARROW);
  expect(settings.written).toHaveLength(2);
});

it('lets go of a list that is gone', async () => {
  const settings = new FakeSettings();
  const model = bound(settings.loading);
  await settle();
  const before = model.choice;
  model.dispose();
  await settings.set('sidebar', NARROW);
  expect(model.choice).toBe(before);
});

it('does without settings', async () => {
  const models = [bound(null), bound(Promise.reject(new Error('no settings')))];
  await settle();
  expect(models.map(model => model.choice.groupBy)).toEqual(['notebook', 'notebook']);
});

it.each([
  [undefined],
  ['nonsense'],
  [[]],
  [{ groupBy: 'user', sort: { key: 3, order: 'up' }, columns: 'age', archived: 'no' }]
])('takes the defaults for what is no choice: %j', value => {
  expect(readChoice(value, 'sidebar')).toEqual(readChoice({}, 'sidebar'));
});

it('takes what is one, and leaves out columns that are no text', () => {
  const value = { groupBy: 'experiment', columns: ['age', 3, null], sort: { key: 'name' } };
  expect(readChoice(value, 'table')).toEqual({
    groupBy: 'experiment',
    sort: { key: 'name', order: 'desc' },
    columns: ['age'],
    archived: false
  });
});
