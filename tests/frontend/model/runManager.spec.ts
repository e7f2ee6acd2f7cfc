import { Event as JupyterEvent } from '@jupyterlab/services';
import { Signal } from '@lumino/signaling';

import { RUNS_CHANGED_SCHEMA, RunManager } from '../../../src/model/runManager';
import { IServerStatus } from '../../../src/api/types';
import { IRunFeed } from '../../../src/tokens';
import { FakeServer, run, runId, status, until } from '../fakes';

const ID = runId(7);

/** JupyterLab's events, as far as anybody here listens. */
class FakeEvents {
  readonly stream = new Signal<FakeEvents, { schema_id: string }>(this);
}

class Story {
  readonly server = new FakeServer(() => status({ live: 1 }));
  readonly events = new FakeEvents();
  readonly manager = new RunManager({
    serverSettings: this.server.settings,
    events: this.events as unknown as JupyterEvent.IManager
  });
  hints = 0;

  constructor() {
    this.manager.runsChanged.connect(() => this.hints++);
  }
}

const stories: Story[] = [];

async function begin(): Promise<Story> {
  const story = new Story();
  stories.push(story);
  await until(() => story.server.sockets.length > 0);
  return story;
}

/** Text that a look has got so far. */
function textOf(feed: IRunFeed): () => string {
  let text = '';
  feed.logReceived.connect(
    (_, chunk) => (text += `${chunk.offset}:${new TextDecoder().decode(chunk.bytes)} `)
  );
  return () => text.trim();
}

afterEach(() => stories.splice(0).forEach(story => story.manager.dispose()));

it('asks how the server stands, and listens for hints', async () => {
  const { manager, server } = await begin();
  expect(manager.status).toEqual(status({ live: 1 }));
  expect(server.sockets).toHaveLength(1);
});

it('tells of a status only when it is another', async () => {
  const { manager, server } = await begin();
  const told: number[] = [];
  manager.statusChanged.connect((_, now) => told.push(now.live));
  await manager.refresh();
  await until(() => server.asked.length === 2);
  server.answers(() => status({ live: 2 }));
  await manager.refresh();
  await until(() => told.length > 0);
  expect(told).toEqual([2]);
});

it('asks once more when it is hinted at while the server still answers', async () => {
  const { manager, server } = await begin();
  const answers: ((now: IServerStatus) => void)[] = [];
  server.answers(() => new Promise(resolve => answers.push(resolve)));
  await manager.refresh();
  await until(() => answers.length === 1);

  await manager.refresh(); // The run has ended, which the answer that is on its way does not tell yet.
  answers[0]!(status({ live: 1 }));
  await until(() => answers.length === 2);
  answers[1]!(status({ live: 0 }));

  await until(() => manager.status?.live === 0);
});

it('hints once for many changes', async () => {
  const story = await begin();
  story.server.socket.open();
  for (let change = 0; change < 50; change++) {
    story.server.socket.say({ changed: { home_id: 'h', cursor: change } });
    story.events.stream.emit({ schema_id: RUNS_CHANGED_SCHEMA });
  }
  await new Promise(resolve => setTimeout(resolve, 700));
  expect(story.hints).toBeGreaterThan(0);
  expect(story.hints).toBeLessThan(4);
});

it('looks at once at the first change after a pause, and once more at all that follow it', async () => {
  const story = await begin();
  const change = () => story.events.stream.emit({ schema_id: RUNS_CHANGED_SCHEMA });
  change();
  expect(story.hints).toBe(1);
  for (let count = 0; count < 50; count++) {
    change();
  }
  expect(story.hints).toBe(1);
  await until(() => story.hints === 2);
});

it('takes no notice of events of others', async () => {
  const story = await begin();
  story.events.stream.emit({ schema_id: 'https://events.jupyter.org/other' });
  await new Promise(resolve => setTimeout(resolve, 600));
  expect(story.hints).toBe(0);
});

it('shares one stream between all looks at a run', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  const [card, row] = [manager.watch(ID), manager.watch(ID)];
  const names: string[] = [];
  card.summaryChanged.connect((_, each) => names.push(`card ${each.name}`));
  row.summaryChanged.connect((_, each) => names.push(`row ${each.name}`));
  server.socket.say({ run: run(7) });
  expect(names).toEqual(['card run 7', 'row run 7']);
  expect(manager.watch(ID).summary).toEqual(run(7));
  expect(server.socket.sent).toEqual([{ watch: ID, offset: null }]);
});

it('forgets a run with its last look', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  const [card, row] = [manager.watch(ID), manager.watch(ID)];
  card.dispose();
  card.dispose();
  expect(server.socket.sent).toHaveLength(1);
  row.dispose();
  expect(server.socket.sent[1]).toEqual({ forget: ID });
  expect([card.isDisposed, row.isDisposed]).toEqual([true, true]);
});

it('gives each look the bytes that it has asked for, each once', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  const [card, view, row] = [manager.watch(ID), manager.watch(ID), manager.watch(ID)];
  const [cardText, viewText, rowText] = [textOf(card), textOf(view), textOf(row)];
  card.streamLog(4);
  server.socket.bytes(ID, 4, 'efgh');
  view.streamLog(0);
  expect(server.socket.sent[2]).toEqual({ watch: ID, offset: 0 });
  server.socket.bytes(ID, 0, 'abcdefghij');
  expect(cardText()).toBe('4:efgh 8:ij');
  expect(viewText()).toBe('0:abcdefghij');
  expect(rowText()).toBe('');
});

it('does not begin again for a look that wants later bytes', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  const [view, card] = [manager.watch(ID), manager.watch(ID)];
  const cardText = textOf(card);
  view.streamLog(0);
  card.streamLog(3);
  expect(server.socket.sent).toHaveLength(2);
  server.socket.bytes(ID, 0, 'abcdef');
  expect(cardText()).toBe('3:def');
});

it('tells a look of a hole in what it wanted', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  const [view, row] = [manager.watch(ID), manager.watch(ID)];
  const holes: unknown[] = [];
  view.logSkipped.connect((_, hole) => holes.push(hole));
  row.logSkipped.connect((_, hole) => holes.push(hole));
  view.streamLog(10);
  server.socket.say({ skipped: ID, start: 0, end: 100 });
  server.socket.bytes(ID, 100, 'x');
  expect(holes).toEqual([{ start: 10, end: 100 }]);
});

it('says that a run is gone', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  let gone = 0;
  manager.watch(ID).gone.connect(() => gone++);
  server.socket.say({ gone: ID });
  server.socket.say({ gone: runId(8) });
  expect(gone).toBe(1);
});

it('says how the connection stands, and looks again once it is back', async () => {
  const story = await begin();
  const states: string[] = [];
  story.manager.connectionChanged.connect((_, state) => states.push(state));
  story.server.socket.open();
  story.server.socket.drop();
  expect(story.manager.connection).toBe('lost');
  await story.manager.refresh();
  story.server.socket.open();
  expect(states).toEqual(['open', 'lost', 'connecting', 'open']);
});

it('ends with its connection', async () => {
  const { manager, server } = await begin();
  server.socket.open();
  manager.dispose();
  manager.dispose();
  expect([manager.isDisposed, server.socket.isClosed]).toEqual([true, true]);
});
