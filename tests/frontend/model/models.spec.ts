import { ModelsModel, aliasesOf, uriOf, versionOf } from '../../../src/model/models';
import { IRegisteredModel } from '../../../src/api/types';
import { FakeManager, FakeServer, Refusal, runId, settle, until } from '../fakes';
import { having, registered, version } from '../modelFakes';

const CANCER = registered(
  'cancer',
  version('cancer', 2, ['challenger']),
  version('cancer', 1, ['champion', 'best'])
);
const EMPTY = registered('empty');

async function shown(models: readonly IRegisteredModel[] = [CANCER, EMPTY]) {
  const server = new FakeServer(having(() => models));
  const model = new ModelsModel(new FakeManager(server));
  await model.refresh();
  await settle();
  made.push(model);
  return { server, model };
}

const made: ModelsModel[] = [];
afterEach(() => made.splice(0).forEach(each => each.dispose()));

it('knows nothing before the first answer', async () => {
  const model = new ModelsModel(new FakeManager(new FakeServer(having(() => []))));
  made.push(model);
  expect([model.total, model.rows, model.problem]).toEqual([null, [], null]);
  await model.refresh();
  expect(model.total).toBe(0);
});

it('lists models, and the versions of those that are unfolded', async () => {
  const { model } = await shown();
  const names = () => model.rows.map(row => (row.kind === 'model' ? row.model.name : row.version.version));
  expect(names()).toEqual(['cancer', 'empty']);
  model.unfold(CANCER.model_id);
  expect(names()).toEqual(['cancer', 2, 1, 'empty']);
  model.unfold(CANCER.model_id);
  expect(names()).toEqual(['cancer', 'empty']);
});

it('says what a line is about', async () => {
  const { model } = await shown();
  model.unfold(CANCER.model_id);
  const [cancer, newest, oldest, empty] = model.rows;
  expect([versionOf(cancer!)?.version, versionOf(oldest!)?.version, versionOf(empty!)]).toEqual([
    2,
    1,
    undefined
  ]);
  expect([uriOf(cancer!), uriOf(oldest!)]).toEqual(['models:/cancer/latest', 'models:/cancer/1']);
  expect(aliasesOf(cancer!)).toEqual([
    ['challenger', 2],
    ['champion', 1],
    ['best', 1]
  ]);
  expect(aliasesOf(newest!)).toEqual([['challenger', 2]]);
});

it('keeps the keyboard on a line that there is', async () => {
  const { model } = await shown();
  model.unfold(CANCER.model_id);
  model.activate(3);
  model.unfold(CANCER.model_id, false);
  expect(model.active).toBe(1);
});

it('asks with the mark that it has, and tells nobody when nothing has changed', async () => {
  let models = [CANCER];
  const server = new FakeServer(having(() => models));
  const model = new ModelsModel(new FakeManager(server));
  made.push(model);
  await model.refresh();
  await settle();
  let changes = 0;
  model.changed.connect(() => (changes += 1));
  await model.refresh();
  expect(changes).toBe(0);
  expect(server.asked[server.asked.length - 1]!.query.get('mark')).toBe(JSON.stringify(models));
  models = [CANCER, EMPTY];
  await model.refresh();
  expect([changes, model.models.length]).toEqual([1, 2]);
});

it('keeps what it shows when the server is away, and says so', async () => {
  const { server, model } = await shown();
  const answers = having(() => [CANCER, EMPTY]);
  server.answers(() => new Refusal(503, { message: 'The store is away.' }));
  await model.refresh();
  expect([model.problem?.message, model.models.length]).toEqual(['The store is away.', 2]);
  let changes = 0;
  model.changed.connect(() => (changes += 1));
  server.answers(answers);
  await model.refresh();
  expect([model.problem, changes]).toEqual([null, 1]);
});

it('registers a run, and looks again', async () => {
  const { server, model } = await shown([]);
  server.answers(asked => (asked.method === 'POST' ? version('cancer', 1) : having(() => [CANCER])(asked)));
  expect((await model.register(runId(7), 'cancer')).version).toBe(1);
  await until(() => model.models.length > 0);
  expect(server.asked.find(asked => asked.method === 'POST')!.body).toEqual({
    run_id: runId(7),
    name: 'cancer',
    description: '',
    aliases: []
  });
  expect(model.models).toEqual([CANCER]);
});

it('shows at once what a change has made of a model', async () => {
  const { server, model } = await shown();
  const moved = registered('cancer', version('cancer', 2, ['champion']), version('cancer', 1));
  server.answers(asked => (asked.method === 'PATCH' ? moved : {}));
  await model.change(CANCER.model_id, { aliases: { champion: 2 } });
  expect(model.models).toEqual([moved, EMPTY]);
  const { path, body } = server.asked[server.asked.length - 1]!;
  expect([path, body]).toEqual([`models/${CANCER.model_id}`, { aliases: { champion: 2 } }]);
});

it('throws what the server refuses', async () => {
  const { server, model } = await shown();
  server.answers(() => new Refusal(400, { message: 'no alias' }));
  await expect(model.change(CANCER.model_id, { aliases: { latest: 1 } })).rejects.toThrow('no alias');
  await expect(model.register(runId(1), 'a/b')).rejects.toThrow('no alias');
  expect(model.models).toEqual([CANCER, EMPTY]);
});

it('is open or closed', async () => {
  const { model } = await shown();
  model.open();
  expect(model.isOpen).toBe(true);
  model.open(true);
  expect(model.isOpen).toBe(true);
  model.open();
  expect(model.isOpen).toBe(false);
});
