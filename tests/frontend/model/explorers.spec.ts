import { ExplorerModel } from '../../../src/model/explorer';
import { Explorers } from '../../../src/model/explorers';
import { RunSelection } from '../../../src/model/selection';
import { asTrackedRun } from '../../../src/model/trackedCell';
import { FakeManager, FakeServer, page, run, runId, settle } from '../fakes';

const CHOICE = {
  groupBy: '',
  sort: { key: 'name', order: 'asc' },
  columns: ['age', 'metric.acc', 'param.lr'],
  archived: false
} as const;

async function list(manager: FakeManager): Promise<ExplorerModel> {
  const model = new ExplorerModel(manager, CHOICE);
  model.show();
  await settle();
  return model;
}

function begin(): readonly [FakeServer, FakeManager, Explorers] {
  const server = new FakeServer(() => page([run(1), run(2), run(3)]));
  const manager = new FakeManager(server);
  return [server, manager, new Explorers(manager)];
}

describe('commands without arguments act on', () => {
  const ids = (explorers: Explorers) => explorers.selected.map(each => each.run_id);

  it('nothing while there is no list', () => {
    expect(ids(begin()[2])).toEqual([]);
  });

  it('the selected runs, else on the one that the keyboard is on', async () => {
    const [, manager, explorers] = begin();
    const model = await list(manager);
    explorers.add(model);
    model.activate(1);
    expect(ids(explorers)).toEqual([runId(2)]);
    model.select(2, 'toggle');
    model.select(0, 'toggle');
    expect(ids(explorers)).toEqual([runId(3), runId(1)]);
  });

  it('the list that was used last', async () => {
    const [, manager, explorers] = begin();
    const [sidebar, table] = [await list(manager), await list(manager)];
    let told = 0;
    explorers.add(sidebar);
    explorers.add(table);
    explorers.selectedChanged.connect(() => told++);
    table.select(2, 'only');
    expect(ids(explorers)).toEqual([runId(1)]);
    explorers.use(table);
    explorers.use(table);
    expect(ids(explorers)).toEqual([runId(3)]);
    expect(told).toBeGreaterThanOrEqual(2);
    table.dispose();
    expect(ids(explorers)).toEqual([]);
  });
});

it('exports the table as it is shown: search, order, columns', async () => {
  const [server, manager, explorers] = begin();
  explorers.add(await list(manager));
  server.answers(() => new Response('name,acc\n'));
  expect(await (await explorers.csv()).text()).toBe('name,acc\n');
  const asked = server.asked[server.asked.length - 1]!;
  expect(asked.path).toBe('runs.csv');
  expect([asked.query.get('sort'), asked.query.get('columns')]).toEqual([
    'name',
    'name,status,submitted_at,metric.acc,param.lr,run_id'
  ]);
});

it('a selection keeps its order, and forgets what is gone', () => {
  const selection = new RunSelection();
  selection.set([run(2)]);
  selection.add([run(1), run(3)]);
  selection.toggle(run(1));
  selection.update(run(2, { name: 'new' }));
  selection.update(run(9));
  expect(selection.runs.map(each => each.name)).toEqual(['new', 'run 3']);
  selection.remove(runId(2));
  expect([selection.size, selection.has(runId(3))]).toEqual([1, true]);
});

it.each([
  ['x = 1', '%%train\nx = 1'],
  ['%%train -p lr=1\nx', '%%train -p lr=1\nx'],
  ['\n%%time\nx', null],
  ['%matplotlib inline', '%%train\n%matplotlib inline'],
  ['  \n', null]
])('the cell %j becomes %j', (source, text) => {
  expect(asTrackedRun(source)).toBe(text);
});
