import { Clipboard } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Menu, Widget } from '@lumino/widgets';

import { CommandIDs } from '../../../src/commands';
import { ModelsModel } from '../../../src/model/models';
import { modelsPlugin } from '../../../src/plugins/models';
import { ExplorerFooter } from '../../../src/view/explorerFooter';
import { ModelActions } from '../../../src/view/models/modelActions';
import { Desk, FakeExplorer, FakeOpener, answer, said } from '../desk';
import { FakeManager, FakeServer, Refusal, run, runId, settle } from '../fakes';
import { having, registered, version } from '../modelFakes';

const trans = nullTranslator.load('jupyter_mlops');
const CANCER = registered('cancer', version('cancer', 2, ['challenger']), version('cancer', 1, ['champion']));

class Story {
  readonly desk = new Desk();
  readonly explorer = new FakeExplorer();
  readonly opener = new FakeOpener();
  readonly footer = new ExplorerFooter();
  readonly server = new FakeServer(asked => {
    if (asked.method === 'POST') {
      return version('cancer', 3);
    }
    return asked.path.startsWith('runs/') ? { summary: run(5) } : having(() => [CANCER])(asked);
  });

  constructor() {
    const { app, commandPalette } = this.desk;
    const manager = new FakeManager(this.server);
    void modelsPlugin.activate(app, manager, this.explorer, this.opener, this.footer, null, commandPalette);
  }

  get posted(): unknown[] {
    return this.server.asked.filter(asked => asked.method === 'POST').map(asked => asked.body);
  }
}

async function actions(): Promise<[FakeServer, ModelsModel, ModelActions, string[]]> {
  const server = new FakeServer(having(() => [CANCER]));
  const model = new ModelsModel(new FakeManager(server));
  await model.refresh();
  const opened: string[] = [];
  return [server, model, new ModelActions(model, id => opened.push(id), trans), opened];
}

function labels(menu: Menu): string[] {
  return menu.items
    .filter(item => item.type === 'command')
    .map(item => `${item.label}${item.isEnabled ? '' : ' -'}`);
}

afterEach(() => {
  said();
  document.body.replaceChildren();
});

it('stands below the list of runs, and in the palette', () => {
  const story = new Story();
  expect(story.footer.widgets).toHaveLength(1);
  expect(story.desk.palette).toContain(CommandIDs.registerModel);
});

it('registers the selected run under a name', async () => {
  const story = new Story();
  story.explorer.selected = [run(1)];
  const done = story.desk.commands.execute(CommandIDs.registerModel);
  expect(await answer('Register', 'cancer')).toContain('Register the model of run 1');
  await done;
  expect(story.posted).toEqual([{ run_id: runId(1), name: 'cancer', description: '', aliases: [] }]);
  expect(said()).toEqual(['success: Registered run 1 as cancer, version 3']);
});

it('registers a run that is named by its id', async () => {
  const story = new Story();
  const done = story.desk.commands.execute(CommandIDs.registerModel, { runIds: [runId(5)] });
  await answer('Register', ' cancer ');
  await done;
  expect(story.posted).toEqual([{ run_id: runId(5), name: 'cancer', description: '', aliases: [] }]);
});

it('registers nothing when the user thinks better of it', async () => {
  const story = new Story();
  story.explorer.selected = [run(1)];
  const done = story.desk.commands.execute(CommandIDs.registerModel);
  await answer('Cancel');
  await done;
  expect(story.posted).toEqual([]);
});

it.each([
  ['nothing', []],
  ['a run that goes on', [run(1, { status: 'RUNNING' })]],
  ["another tool's run", [run(1, { source: 'mlflow' })]]
])('offers to register %s: no', (_, selected) => {
  const story = new Story();
  story.explorer.selected = selected;
  expect(story.desk.commands.isEnabled(CommandIDs.registerModel)).toBe(false);
  expect(story.desk.commands.isEnabled(CommandIDs.registerModel, { runIds: ['x'] })).toBe(false);
  expect(story.desk.commands.isEnabled(CommandIDs.registerModel, { runIds: [runId(1)] })).toBe(true);
});

it('says why a run cannot be registered', async () => {
  const story = new Story();
  story.server.answers(asked =>
    asked.method === 'POST'
      ? new Refusal(400, { message: 'Run run 1 has no model.' })
      : having(() => [])(asked)
  );
  story.explorer.selected = [run(1)];
  const done = story.desk.commands.execute(CommandIDs.registerModel);
  await answer('Register', 'cancer');
  await done;
  expect(said()).toEqual(['error: Run run 1 has no model.']);
});

it('offers what can be done with a line', async () => {
  const [, model, act] = await actions();
  model.unfold(CANCER.model_id);
  const [cancer, newest] = model.rows;
  expect(labels(act.menu(cancer!))).toEqual([
    'Copy URI',
    'Open Run',
    'Set Alias…',
    'Remove Alias “challenger”',
    'Remove Alias “champion”'
  ]);
  expect(labels(act.menu(newest!)).slice(3)).toEqual(['Remove Alias “challenger”']);
  const nothing = { kind: 'model' as const, model: registered('empty'), isOpen: false };
  expect(labels(act.menu(nothing))).toEqual(['Copy URI -', 'Open Run -', 'Set Alias… -']);
  model.dispose();
});

it('copies the address, and opens the run', async () => {
  const [, model, act, opened] = await actions();
  const copied: string[] = [];
  jest.spyOn(Clipboard, 'copyToSystem').mockImplementation(text => void copied.push(String(text)));
  const menu = act.menu(model.rows[0]!);
  for (const item of menu.items.slice(0, 2)) {
    await menu.commands.execute(item.command);
  }
  expect([copied, opened]).toEqual([['models:/cancer/latest'], [runId(2)]]);
  jest.restoreAllMocks();
  model.dispose();
});

it('moves an alias to the version of a line', async () => {
  const [server, model, act] = await actions();
  model.unfold(CANCER.model_id);
  server.answers(() => CANCER);
  const done = act.setAlias(model.rows[1]!);
  expect(await answer('Set', 'champion')).toContain('Set an alias of cancer, version 2');
  await done;
  const patches = server.asked.filter(asked => asked.method === 'PATCH').map(asked => asked.body);
  expect(patches).toEqual([{ aliases: { champion: 2 } }]);
  model.dispose();
});

it('removes an alias, and says what the server refuses', async () => {
  const [server, model, act] = await actions();
  server.answers(() => new Refusal(404, { message: 'cancer has no alias champion.' }));
  await act.removeAlias(model.rows[0]!, 'champion');
  await settle();
  expect(said()).toEqual(['error: cancer has no alias champion.']);
  const patches = server.asked.filter(asked => asked.method === 'PATCH').map(asked => asked.body);
  expect(patches).toEqual([{ aliases: { champion: null } }]);
  model.dispose();
});

it('keeps the sections below the list in the order of their ranks', () => {
  const footer = new ExplorerFooter();
  const [models, endpoints, boards] = [new Widget(), new Widget(), new Widget()];
  footer.addSection(endpoints!, 200);
  footer.addSection(boards!, 300);
  footer.addSection(models!, 100);
  expect(footer.widgets).toEqual([models, endpoints, boards]);
});
