import { Clipboard } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Menu, Widget } from '@lumino/widgets';

import { IEndpoint, IEndpointVersion, IRegisteredModel } from '../../../src/api/types';
import { CommandIDs } from '../../../src/commands';
import { ModelsModel } from '../../../src/model/models';
import { modelsPlugin } from '../../../src/plugins/models';
import { ExplorerFooter } from '../../../src/view/explorerFooter';
import { ModelActions } from '../../../src/view/models/modelActions';
import { Desk, FakeExplorer, FakeOpener, answer, said } from '../desk';
import { endpoint } from '../endpoints';
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

async function actions(
  models: readonly IRegisteredModel[] = [CANCER],
  endpoints: readonly IEndpoint[] | Error = []
): Promise<[FakeServer, ModelsModel, ModelActions, string[]]> {
  const server = new FakeServer(having(() => models));
  const model = new ModelsModel(new FakeManager(server));
  await model.refresh();
  const opened: string[] = [];
  const list = async () => {
    if (endpoints instanceof Error) {
      throw endpoints;
    }
    return endpoints;
  };
  return [server, model, new ModelActions(model, id => opened.push(id), list, trans), opened];
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

it.each([
  ['the first there is', [CANCER], 'cancer'],
  ['that of the run where there is none', [], 'run 1']
])('proposes a name, %s', async (_, models, name) => {
  const [server, model, act] = await actions(models);
  server.answers(() => version(name, 1));
  const done = act.register(run(1));
  await answer('Register');
  await done;
  const [posted] = server.asked.filter(asked => asked.method === 'POST').map(asked => asked.body);
  expect(posted).toEqual({ run_id: runId(1), name, description: '', aliases: [] });
  model.dispose();
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
    'Remove Alias “champion”',
    'Edit Description…',
    'Delete Model…'
  ]);
  expect(labels(act.menu(newest!)).slice(3)).toEqual([
    'Remove Alias “challenger”',
    'Edit Description…',
    'Delete Version 2…'
  ]);
  const nothing = { kind: 'model' as const, model: registered('empty'), isOpen: false };
  expect(labels(act.menu(nothing))).toEqual([
    'Copy URI -',
    'Open Run -',
    'Set Alias… -',
    'Edit Description…',
    'Delete Model…'
  ]);
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

it('edits the words of a model and of a version', async () => {
  const [server, model, act] = await actions();
  model.unfold(CANCER.model_id);
  server.answers(() => CANCER);
  for (const row of model.rows.slice(0, 2)) {
    const done = act.describe(row);
    expect(await answer('Save', 'of the breast')).toMatch(/^Description of cancer/);
    await done;
  }
  const patches = server.asked.filter(asked => asked.method === 'PATCH').map(asked => asked.body);
  expect(patches).toEqual([
    { description: 'of the breast', version: null },
    { description: 'of the breast', version: 2 }
  ]);
  model.dispose();
});

it('changes no words that stay as they are, and none that may have been cut on their way', async () => {
  const long = { ...registered('cancer'), description: 'x'.repeat(1_000) };
  const [server, model, act] = await actions([{ ...CANCER, description: 'old' }, long]);
  const [old, cut] = model.rows;
  for (const button of ['Cancel', 'Save']) {
    const done = act.describe(old!);
    await answer(button, button === 'Cancel' ? 'new' : undefined);
    await done;
  }
  await act.describe(cut!);
  expect(server.asked.filter(asked => asked.method === 'PATCH')).toEqual([]);
  expect(said()).toEqual([
    'warning: The description is longer than what is shown here. In a notebook: %models describe cancer TEXT'
  ]);
  model.dispose();
});

describe('before something is deleted', () => {
  const served = (name: string, change: Partial<IEndpointVersion>, current = 2) => {
    const one = endpoint(name, { current });
    return {
      ...one,
      versions: one.versions.map(each => (each.number === 2 ? { ...each, ...change } : each))
    };
  };
  const SHA = 'ab'.repeat(32);
  const ONNX = registered(
    'cancer',
    version('cancer', 2, ['challenger'], { onnx_sha256: SHA }),
    version('cancer', 1, ['champion', 'best'])
  );

  async function asked(index: number, button: string, endpoints: readonly IEndpoint[] | Error) {
    const [server, model, act] = await actions([ONNX], endpoints);
    model.unfold(ONNX.model_id);
    const done = act.delete(model.rows[index]!);
    const question = await answer(button);
    await done;
    model.dispose();
    const sent = server.asked.filter(({ method }) => method === 'DELETE');
    return { question, sent: sent.map(({ path, query }) => [path, query.get('version')]) };
  }

  it('the user hears what depends on a version: aliases, and endpoints with the same file', async () => {
    const { question, sent } = await asked(1, 'Delete', [
      served('same-file', { sha256: SHA }),
      served('other-file', {}),
      served('was-rolled-back', { sha256: SHA }, 1)
    ]);
    expect(question).toBe(
      'Delete the version? cancer/2. Alias challenger goes with it. ' +
        'Endpoint same-file has a copy, and goes on with it. Runs, their files and reports stay.'
    );
    expect(sent).toEqual([[`models/${ONNX.model_id}`, '2']]);
  });

  it('a version without a file of its own is known by its run', async () => {
    const { question } = await asked(2, 'Cancel', [
      served('same-run', { run_id: runId(1) }),
      served('another-run', { run_id: runId(2) }),
      served('no-run', { run_id: '' })
    ]);
    expect(question).toContain('cancer/1. Aliases champion, best go with it. Endpoint same-run has a copy');
  });

  it('a model goes with all of its versions, and only when the user says so', async () => {
    const { question, sent } = await asked(0, 'Cancel', []);
    expect(question).toContain(
      'Delete the model? cancer: all 2 versions. Aliases challenger, champion, best go with it. ' +
        'No endpoint serves it.'
    );
    expect(sent).toEqual([]);
    expect((await asked(0, 'Delete', [])).sent).toEqual([[`models/${ONNX.model_id}`, null]]);
  });

  it('it is said when endpoints could not be asked', async () => {
    const { question } = await asked(1, 'Cancel', new Error('gone'));
    expect(question).toContain('Whether an endpoint serves it could not be asked.');
  });
});

it('says why nothing was deleted', async () => {
  const [server, model, act] = await actions();
  server.answers(() => new Refusal(503, { message: 'The registry does not answer.' }));
  const done = act.delete(model.rows[0]!);
  await answer('Delete');
  await done;
  expect(said()).toEqual(['error: The registry does not answer.']);
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
