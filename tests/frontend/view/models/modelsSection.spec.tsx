import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';

import { IRegisteredModel } from '../../../../src/api/types';
import { ModelRow, ModelsModel, labelOf } from '../../../../src/model/models';
import { formatTime } from '../../../../src/model/format';
import { ModelsSection } from '../../../../src/view/models/modelsSection';
import { Answer, FakeManager, FakeServer, Refusal, runId, settle, until } from '../../fakes';
import { having, registered, told, version } from '../../modelFakes';
import { draw, happened, press } from '../../render';

const trans = nullTranslator.load('jupyter_mlops');
const NASTY = '<img src=x onerror=alert(1)>';
const CANCER = registered(
  'cancer',
  version('cancer', 2, ['challenger'], { parity: { state: 'differs', rows: 3214, differing: 12 } }),
  version('cancer', 1, ['champion'])
);

class Story {
  readonly server: FakeServer;
  readonly model: ModelsModel;
  readonly opened: string[] = [];
  readonly menus: ModelRow[] = [];
  readonly done: string[] = [];
  readonly section;

  constructor(answer: Answer) {
    this.server = new FakeServer(answer);
    this.model = new ModelsModel(new FakeManager(this.server));
    this.section = draw(
      <ModelsSection
        model={this.model}
        trans={trans}
        onOpenRun={id => this.opened.push(id)}
        onMenu={row => this.menus.push(row)}
        onDescribe={row => this.done.push(`describe ${labelOf(row)}`)}
        onDelete={row => this.done.push(`delete ${labelOf(row)}`)}
      />
    );
    made.push(this);
  }

  static of(...models: readonly IRegisteredModel[]): Story {
    return new Story(having(() => models));
  }

  async shown(): Promise<this> {
    await happened(async () => {
      await this.model.refresh();
      await settle();
    });
    return this;
  }

  async open(): Promise<this> {
    await this.shown();
    await happened(() => this.head.click());
    return this;
  }

  get head(): HTMLElement {
    return this.section.one('button', /^Models/);
  }

  get tree(): HTMLElement {
    return this.section.one('tree', 'Registered models');
  }

  get lines(): string[] {
    return this.section.all('treeitem').map(line => line.textContent ?? '');
  }
}

const made: Story[] = [];
afterEach(() => made.splice(0).forEach(story => story.model.dispose()));

it('says how many there are while it is closed, and shows none', async () => {
  const story = await Story.of(CANCER, registered('wide')).shown();
  expect(story.head.textContent).toBe('Models 2');
  expect(story.head.getAttribute('aria-expanded')).toBe('false');
  expect(story.section.all('tree')).toEqual([]);
});

it('says that it loads', async () => {
  const story = Story.of();
  await happened(() => story.head.click());
  expect(story.section.one('status').textContent).toBe('Loading models…');
});

it('says what to do when there are none', async () => {
  const story = await Story.of().open();
  expect(story.section.text).toContain('No models are registered.');
  expect(story.section.text).toContain('%models register RUN NAME');
});

it('shows name, aliases, parity, run and newest version of a model', async () => {
  const story = await Story.of(CANCER).open();
  expect(story.lines).toEqual([
    'cancerchallenger 2champion 1ONNX: 12 of 3,214 rows differrun 2newest version 2'
  ]);
});

it('shows the versions of a model that is clicked, and hides them again', async () => {
  const story = await Story.of(CANCER).open();
  const [model] = story.section.all('treeitem');
  await happened(() => model!.click());
  expect(story.lines.slice(1)).toEqual([
    'Version 2challengerONNX: 12 of 3,214 rows differrun 2',
    'Version 1championONNX: equal on 3,214 rowsrun 1'
  ]);
  expect(model!.getAttribute('aria-expanded')).toBe('true');
  await happened(() => model!.click());
  expect(story.lines).toHaveLength(1);
});

it('says on hover what a model and a version are for, and since when they are registered', async () => {
  const [made, changed] = ['2026-11-21T12:00:00+00:00', '2026-11-22T13:00:00+00:00'];
  const one = version('cancer', 1, [], { description: 'for the clinic', created_at: changed });
  const model = {
    ...registered('cancer', one),
    description: 'benign or not',
    created_at: made,
    updated_at: changed
  };
  const story = await Story.of(model).open();
  await happened(() => story.section.one('treeitem').click());

  const hints = story.section.all('treeitem').map(line => line.querySelector('bdi')!.title.split('\n'));
  expect(hints).toEqual([
    ['cancer', 'benign or not', `Registered: ${formatTime(made)}`, `Last change: ${formatTime(changed)}`],
    ['Version 1', 'for the clinic', `Registered: ${formatTime(changed)}`]
  ]);
});

it('says once when a model was registered that has not changed since, and nothing where nobody knows', async () => {
  const at = '2026-11-21T12:00:00+00:00';
  const same = { ...registered('a', version('a', 1)), created_at: at, updated_at: at };
  const story = await Story.of(same, registered('b', version('b', 1))).open();

  const hints = story.section.all('treeitem').map(line => line.querySelector('bdi')!.title);
  expect(hints).toEqual([`a\nRegistered: ${formatTime(at)}`, 'b']);
});

it('opens the run of a version by its link', async () => {
  const story = await Story.of(CANCER).open();
  await happened(() => story.section.one('button', 'run 2').click());
  expect(story.opened).toEqual([runId(2)]);
  expect(story.lines).toHaveLength(1);
});

it('offers no link to a run that is not here, and no parity without an export', async () => {
  const away = version('away', 1, [], { run_name: '', parity: { state: '', rows: 0, differing: 0 } });
  const story = await Story.of(registered('away', away)).open();
  expect(story.lines).toEqual(['awaynewest version 1']);
  await press(story.tree, 'Enter');
  expect(story.opened).toEqual([]);
});

it('is led by the keyboard', async () => {
  const story = await Story.of(CANCER, registered('empty')).open();
  const active = () =>
    story.section.all('treeitem').findIndex(line => line.getAttribute('aria-selected') === 'true');
  expect(active()).toBe(0);
  await press(story.tree, 'ArrowRight');
  expect(story.lines).toHaveLength(4);
  await press(story.tree, 'ArrowDown');
  await press(story.tree, 'ArrowDown');
  await press(story.tree, 'Enter');
  expect([active(), story.opened]).toEqual([2, [runId(1)]]);
  expect(story.tree.getAttribute('aria-activedescendant')).toBe(story.section.all('treeitem')[2]!.id);
  await press(story.tree, 'ArrowLeft');
  expect([active(), story.lines.length]).toEqual([0, 2]);
  await press(story.tree, 'End');
  expect(active()).toBe(1);
  await press(story.tree, 'ArrowDown');
  expect(active()).toBe(1);
  await press(story.tree, 'Home');
  await press(story.tree, ' ');
  expect([active(), story.lines.length]).toEqual([0, 4]);
  expect(await press(story.tree, 'x')).toBe(true);
  expect(await press(story.tree, 'ArrowDown', { altKey: true })).toBe(true);
});

it('lets the line of the keyboard be described and deleted', async () => {
  const story = await Story.of(CANCER).open();
  await press(story.tree, 'F2');
  await press(story.tree, 'ArrowRight');
  await press(story.tree, 'ArrowDown');
  await press(story.tree, 'F2');
  await press(story.tree, 'Delete');
  await press(story.tree, 'Delete', { ctrlKey: true });
  expect(story.done).toEqual(['describe cancer', 'describe cancer/2', 'delete cancer/2']);
});

it('opens the menu of a line by the mouse and by the keyboard', async () => {
  const story = await Story.of(CANCER).open();
  await press(story.tree, 'ArrowRight');
  const line = story.section.all('treeitem')[2]!;
  await happened(() =>
    line.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))
  );
  await press(story.tree, 'Home');
  await press(story.tree, 'F10', { shiftKey: true });
  await press(story.tree, 'ContextMenu');
  expect(story.menus.map(row => (row.kind === 'version' ? row.version.version : row.model.name))).toEqual([
    1,
    'cancer',
    'cancer'
  ]);
});

it('says what the server could not look at, beside what there is', async () => {
  const story = await new Story(() =>
    told([CANCER], { missing: ['The registry http://x is away.'], total: 9 })
  ).open();
  expect(story.section.text).toContain('The registry http://x is away.');
  expect(story.section.text).toContain('8 more are not shown.');
  expect(story.lines).toHaveLength(1);
});

it('says why there is no answer, and asks again when told to', async () => {
  const story = await new Story(() => new Refusal(503, { message: 'The store is away.' })).open();
  expect(story.section.one('alert').textContent).toContain('The store is away.');
  story.server.answers(having(() => [CANCER]));
  await happened(async () => {
    story.section.one('button', 'Try again').click();
    await until(() => story.model.problem === null);
  });
  expect(story.section.all('alert')).toEqual([]);
  expect(story.lines).toHaveLength(1);
});

it('shows hostile names as text', async () => {
  const nasty = {
    ...registered(NASTY, version(NASTY, 1, [NASTY], { run_name: NASTY })),
    description: NASTY
  };
  const story = await new Story(() => told([nasty], { missing: [NASTY] })).open();
  expect(story.section.node.querySelector('img')).toBeNull();
  expect(story.lines[0]).toContain(NASTY);
});
