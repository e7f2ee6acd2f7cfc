import { Clipboard } from '@jupyterlab/apputils';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';

import { IRunSummary } from '../../../src/api/types';
import { CommandIDs } from '../../../src/commands';
import { runActionsPlugin } from '../../../src/plugins/runActions';
import { Desk, FakeExplorer, FakeOpener, answer, said } from '../desk';
import { Answer, FakeManager, FakeServer, Refusal, run, runId, settle } from '../fakes';

class Story {
  readonly desk = new Desk();
  readonly explorer = new FakeExplorer();
  readonly opener = new FakeOpener();
  readonly server: FakeServer;
  readonly manager: FakeManager;

  constructor(selected: readonly IRunSummary[], reply: Answer = () => ({})) {
    this.server = new FakeServer(reply);
    this.manager = new FakeManager(this.server);
    this.explorer.selected = selected;
    const browser = { model: { path: 'work' } } as unknown as IDefaultFileBrowser;
    this.desk.commands.addCommand('docmanager:open', { execute: args => void this.opener.opened.push(args) });
    void runActionsPlugin.activate(
      this.desk.app,
      this.manager,
      this.explorer,
      this.opener,
      null,
      this.desk.commandPalette,
      browser
    );
  }

  do(id: string, args = {}): Promise<unknown> {
    return this.desk.commands.execute(id, args);
  }

  can(id: string): boolean {
    return this.desk.commands.isEnabled(id);
  }

  label(id: string): string {
    return this.desk.commands.label(id);
  }

  get asked(): unknown[] {
    return this.server.asked.map(({ method, path, body }) => (body ? [method, path, body] : [method, path]));
  }
}

const live = run(1, { status: 'RUNNING' });
const ended = run(2);

it('can be found in the palette', () => {
  const story = new Story([]);
  expect(story.desk.palette).toHaveLength(12);
  expect(new Set(story.desk.palette)).toEqual(
    new Set(Object.values(CommandIDs).filter(id => story.desk.commands.hasCommand(id)))
  );
});

it('acts on what is selected, and can do nothing without it', async () => {
  const story = new Story([]);
  for (const id of story.desk.palette) {
    expect([id, story.can(id)]).toEqual([id, false]);
    await story.do(id);
  }
  expect([story.asked, story.opener.opened]).toEqual([[], []]);
});

it('opens runs, in a tab of theirs if one is named, and compares two to twenty', async () => {
  const story = new Story([live, ended]);
  await story.do(CommandIDs.openRun);
  await story.do(CommandIDs.openRunLog);
  await story.do(CommandIDs.openRun, { tab: 'metrics' });
  await story.do(CommandIDs.compareRuns);
  const [a, b] = [runId(1), runId(2)];
  expect(story.opener.opened).toEqual([a, b, [a, 'log'], [b, 'log'], [a, 'metrics'], [b, 'metrics'], [a, b]]);
  story.explorer.selected = [live];
  expect(story.can(CommandIDs.compareRuns)).toBe(false);
  story.explorer.selected = Array.from({ length: 21 }, (_, n) => run(n));
  expect(story.can(CommandIDs.compareRuns)).toBe(false);
});

it('changes runs of other tools in their store, and offers nothing that needs their files', async () => {
  const theirs = [run(3, { source: 'mlflow' }), run(4, { source: 'mlflow', status: 'RUNNING' })];
  const story = new Story(theirs);
  const possible = () => story.desk.palette.filter(id => story.can(id)).sort();
  const ofAny = [CommandIDs.openRun, CommandIDs.tagRun, CommandIDs.archiveRun, CommandIDs.deleteRun];
  expect(possible()).toEqual([...ofAny, CommandIDs.compareRuns, CommandIDs.copyRunId].sort());
  story.explorer.selected = theirs.slice(1);
  expect(possible()).toEqual(
    [...ofAny, CommandIDs.renameRun, CommandIDs.noteRun, CommandIDs.copyRunId].sort()
  );
  await story.do(CommandIDs.archiveRun);
  const done = story.do(CommandIDs.deleteRun);
  expect(await answer('Delete')).toContain('run 4: deleted in the tracking store, which MLflow can restore.');
  await done;
  story.explorer.selected = [...theirs, ended];
  await story.do(CommandIDs.keepRun);
  expect(story.asked).toEqual([
    ['PATCH', `runs/${runId(4)}`, { archived: true }],
    ['DELETE', `runs/${runId(4)}`],
    ['PATCH', `runs/${runId(2)}`, { kept: true }]
  ]);
});

it('acts on runs that are named by id, and on nothing that is no id', async () => {
  const story = new Story([], ({ path }) => ({ summary: run(Number(path.slice(-1))) }));
  await story.do(CommandIDs.openRun, { runIds: [runId(3), '../../etc', 7] });
  expect([story.asked, story.opener.opened]).toEqual([[['GET', `runs/${runId(3)}`]], [runId(3)]]);
});

it('stops what goes on, once the user has said so', async () => {
  const story = new Story([live, ended]);
  let done = story.do(CommandIDs.stopRun);
  expect(await answer('Let it run')).toContain(
    'Stop the run? run 1: what it has printed, logged and saved so far stays.'
  );
  await done;
  expect(story.asked).toEqual([]);
  done = story.do(CommandIDs.stopRun);
  await answer('Stop');
  await done;
  expect([story.asked, story.manager.refreshed]).toEqual([[['POST', `runs/${runId(1)}/stop`, {}]], 1]);
  story.explorer.selected = [ended];
  expect(story.can(CommandIDs.stopRun)).toBe(false);
});

it('deletes what has ended, once the user has said so', async () => {
  const story = new Story([live, ended, ...Array.from({ length: 6 }, (_, n) => run(10 + n))], () => null);
  const done = story.do(CommandIDs.deleteRun);
  const question = await answer('Delete');
  await done;
  expect(question).toContain('Delete 7 runs?');
  expect(question).toContain('run 2, run 10, run 11, run 12, run 13 and 2 more');
  expect(story.asked).toHaveLength(7);
  expect(story.asked).not.toContainEqual(['DELETE', `runs/${runId(1)}`]);
});

it('renames, unless the user thinks better of it or gives no name', async () => {
  const story = new Story([ended]);
  for (const [button, text] of [
    ['Cancel', 'other'],
    ['Rename', '  '],
    ['Rename', ' wide ']
  ] as const) {
    const done = story.do(CommandIDs.renameRun);
    await answer(button, text);
    await done;
  }
  expect(story.asked).toEqual([['PATCH', `runs/${runId(2)}`, { name: 'wide' }]]);
});

it.each([
  ['stage=candidate', { stage: 'candidate' }],
  [' a = b=c ', { a: 'b=c' }],
  ['old=', { old: null }],
  ['__proto__=x', JSON.parse('{"__proto__": "x"}')]
])('tags with %j', async (text, tags) => {
  const story = new Story([ended]);
  const done = story.do(CommandIDs.tagRun);
  await answer('Tag', text);
  await done;
  expect(JSON.stringify(story.asked)).toEqual(JSON.stringify([['PATCH', `runs/${runId(2)}`, { tags }]]));
});

it('edits the note that there is, and lets it be emptied', async () => {
  const story = new Story([ended], ({ method }) => (method === 'GET' ? { note: 'before' } : {}));
  const done = story.do(CommandIDs.noteRun);
  await answer('Save', '');
  await done;
  expect(story.asked).toEqual([
    ['GET', `runs/${runId(2)}`],
    ['PATCH', `runs/${runId(2)}`, { note: '' }]
  ]);
});

it.each([
  [CommandIDs.archiveRun, [ended], 'Archive Run', { archived: true }],
  [CommandIDs.archiveRun, [run(2, { archived: true })], 'Unarchive Run', { archived: false }],
  [CommandIDs.keepRun, [ended], 'Keep Run', { kept: true }],
  [CommandIDs.keepRun, [run(2, { kept: true })], 'Allow Cleaning Up', { kept: false }]
])('%s of %#: says what it does, and does it', async (id, selected, label, change) => {
  const story = new Story(selected);
  expect(story.label(id)).toBe(label);
  await story.do(id);
  expect(story.asked).toEqual([['PATCH', `runs/${runId(2)}`, change]]);
});

it('writes the notebook that repeats a run beside the files that are shown, and opens it', async () => {
  const story = new Story([run(2, { name: 'a/../b <x>' })], ({ body }) => body);
  await story.do(CommandIDs.reproduceRun);
  const path = 'work/a-..-b-x--00000000.ipynb';
  expect(story.asked).toEqual([['POST', `runs/${runId(2)}/notebook`, { path }]]);
  expect(story.opener.opened).toEqual([{ path }]);
  story.explorer.selected = [run(2, { source: 'mlflow' })];
  expect(story.can(CommandIDs.reproduceRun)).toBe(false);
});

it('copies ids, a line each', async () => {
  const copied: unknown[] = [];
  const copy = jest.spyOn(Clipboard, 'copyToSystem').mockImplementation(text => void copied.push(text));
  await new Story([live, ended]).do(CommandIDs.copyRunId);
  expect(copied).toEqual([`${runId(1)}\n${runId(2)}`]);
  expect(said()).toEqual(['info: 2 run ids copied']);
  copy.mockRestore();
});

it('says why the server refuses, and opens nothing then', async () => {
  const story = new Story([ended], () => new Refusal(409, { message: 'The run goes on: stop it first.' }));
  await story.do(CommandIDs.archiveRun);
  await story.do(CommandIDs.reproduceRun);
  await settle();
  expect(said()).toEqual(Array(2).fill('error: The run goes on: stop it first.'));
  expect(story.opener.opened).toEqual([]);
});

it('does for the others what is refused for some, and says once for how many and why', async () => {
  const gone = new Refusal(404, { message: 'No such run.' });
  const story = new Story([run(1), run(2), run(3)], ({ path }) => (path.endsWith('2') ? gone : {}));
  await story.do(CommandIDs.archiveRun);
  expect(story.asked).toHaveLength(3);
  expect(said()).toEqual(['error: 1 of 3 runs: No such run.']);
  expect(story.manager.refreshed).toBe(1);
});

it('acts on those that are there of many that are named, and asks for none that is selected', async () => {
  const gone = new Refusal(404, { message: 'No such run.' });
  const story = new Story([run(1)], ({ path }) =>
    path.endsWith('2') ? gone : { summary: run(Number(path.slice(-1))) }
  );
  await story.do(CommandIDs.archiveRun, { runIds: [runId(1), runId(2), runId(3)] });
  expect(story.asked).toEqual([
    ['GET', `runs/${runId(2)}`],
    ['GET', `runs/${runId(3)}`],
    ['PATCH', `runs/${runId(1)}`, { archived: true }],
    ['PATCH', `runs/${runId(3)}`, { archived: true }]
  ]);
  expect(said()).toEqual(['error: 1 of 3 runs: No such run.']);
});

it('opens those that are named in their order, whichever is found first', async () => {
  const story = new Story([], async ({ path }) => {
    const number = Number(path.slice(-1));
    for (let pause = number; pause < 4; pause++) {
      await settle();
    }
    return { summary: run(number) };
  });
  await story.do(CommandIDs.compareRuns, { runIds: [runId(1), runId(2), runId(3)] });
  expect(story.opener.opened).toEqual([[runId(1), runId(2), runId(3)]]);
});

it('asks for a few at a time: a browser has six connections to a server, and the notebook needs some', async () => {
  let open = 0;
  let most = 0;
  const answered = async () => {
    most = Math.max(most, (open += 1));
    await settle();
    open -= 1;
    return {};
  };
  const story = new Story(
    Array.from({ length: 20 }, (_, n) => run(n)),
    answered
  );
  await story.do(CommandIDs.archiveRun);
  expect([story.asked.length, most]).toEqual([20, 3]);
});
