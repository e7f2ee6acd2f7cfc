import { ILogChunk, LiveConnection } from '../../../src/api/live';
import { FakeServer, run, runId } from '../fakes';

const ID = runId(7);

class Story {
  readonly server = new FakeServer();
  readonly live = new LiveConnection(this.server.settings);
  readonly states: string[] = [];
  readonly chunks: ILogChunk[] = [];
  readonly messages: unknown[] = [];

  constructor() {
    this.live.stateChanged.connect((_, state) => this.states.push(state));
    this.live.chunk.connect((_, chunk) => this.chunks.push(chunk));
    this.live.message.connect((_, message) => this.messages.push(message));
  }

  get text(): string {
    return this.chunks.map(chunk => new TextDecoder().decode(chunk.bytes)).join('');
  }
}

beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0.5);
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

it('opens nothing while nobody looks, and one socket for everybody who does', () => {
  const { server, live } = new Story();
  expect(server.sockets).toHaveLength(0);
  live.watch(ID, null);
  live.watch(runId(8), 5);
  expect(server.sockets.map(socket => socket.url)).toEqual([
    'ws://localhost/user/a%20b/jupyter-mlops/api/live?token=secret'
  ]);
  server.socket.open();
  expect(server.socket.sent).toEqual([
    { watch: ID, offset: null },
    { watch: runId(8), offset: 5 }
  ]);
});

it('hands on bytes, each once: what comes again after a resume is cut off', () => {
  const story = new Story();
  story.live.watch(ID, 2);
  story.server.socket.open();
  story.server.socket.bytes(ID, 2, 'abc');
  story.server.socket.bytes(ID, 2, 'abcde');
  story.server.socket.bytes(ID, 3, 'bc');
  expect(story.text).toBe('abcde');
  expect(story.chunks.map(chunk => chunk.offset)).toEqual([2, 5]);
});

it('reads offsets beyond 2 GiB', () => {
  const story = new Story();
  story.live.watch(ID, 5_000_000_000);
  story.server.socket.open();
  story.server.socket.bytes(ID, 5_000_000_000, 'x');
  expect(story.chunks[0]).toMatchObject({ runId: ID, offset: 5_000_000_000 });
});

it('drops bytes that are torn, or of a run that nobody watches', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.server.socket.onmessage?.({ data: new ArrayBuffer(10) });
  story.server.socket.bytes(runId(9), 0, 'not mine');
  story.live.watch(ID, null);
  story.server.socket.bytes(ID, 0, 'late');
  expect(story.chunks).toEqual([]);
});

it('resumes after a loss from the byte that comes next, and waits longer each time (F14, F17)', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.server.socket.bytes(ID, 0, 'abc');
  story.server.socket.drop();
  expect(story.live.state).toBe('lost');
  jest.advanceTimersByTime(499);
  expect(story.server.sockets).toHaveLength(1);
  jest.advanceTimersByTime(1);
  expect(story.server.sockets).toHaveLength(2);
  story.server.socket.drop();
  jest.advanceTimersByTime(999);
  expect(story.server.sockets).toHaveLength(2);
  jest.advanceTimersByTime(1);
  story.server.socket.open();
  expect(story.server.socket.sent).toEqual([{ watch: ID, offset: 3 }]);
  story.server.socket.bytes(ID, 3, 'def');
  expect(story.text).toBe('abcdef');
  expect(story.states).toEqual(['connecting', 'open', 'lost', 'connecting', 'lost', 'connecting', 'open']);
});

it('streams a log whole over a hundred losses', () => {
  const story = new Story();
  const log = Array.from({ length: 2000 }, (_, i) => String.fromCharCode(33 + (i % 90))).join('');
  story.live.watch(ID, 0);
  for (let loss = 0; loss < 100; loss++) {
    story.server.socket.open();
    const { offset } = story.server.socket.sent[0] as { offset: number };
    const length = 7 + ((loss * 31) % 19);
    story.server.socket.bytes(ID, offset, log.slice(offset, offset + length));
    story.server.socket.drop();
    jest.advanceTimersByTime(60_000);
  }
  expect(story.text).toBe(log.slice(0, story.text.length));
  expect(story.text.length).toBeGreaterThan(1000);
});

it('waits at most half a minute or so', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  for (let loss = 0; loss < 20; loss++) {
    story.server.socket.drop();
    jest.advanceTimersByTime(30_000);
  }
  expect(story.server.sockets.length).toBe(21);
});

it('tries at once when asked to', () => {
  const story = new Story();
  story.live.watch(ID, null);
  story.server.socket.drop();
  story.live.retry();
  expect(story.server.sockets).toHaveLength(2);
  jest.advanceTimersByTime(60_000);
  expect(story.server.sockets).toHaveLength(2);
});

it('goes on behind a jump of the server', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.server.socket.say({ skipped: ID, start: 0, end: 1000 });
  story.server.socket.bytes(ID, 1000, 'end');
  story.server.socket.drop();
  jest.advanceTimersByTime(1000);
  story.server.socket.open();
  expect(story.server.socket.sent).toEqual([{ watch: ID, offset: 1003 }]);
  expect(story.messages).toEqual([{ kind: 'skipped', runId: ID, start: 0, end: 1000 }]);
});

it('hands on messages, and does not ask again for what is gone', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.server.socket.say({ run: run(7) });
  story.server.socket.say({ gone: ID });
  story.server.socket.onmessage?.({ data: 'rubbish' });
  expect(story.messages).toEqual([
    { kind: 'run', run: run(7) },
    { kind: 'gone', runId: ID }
  ]);
  story.server.socket.drop();
  jest.advanceTimersByTime(1000);
  story.server.socket.open();
  expect(story.server.socket.sent).toEqual([]);
});

it('closes with the last look, unless somebody listens for hints', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.live.forget(ID);
  expect(story.server.socket.sent).toEqual([{ watch: ID, offset: 0 }, { forget: ID }]);
  expect(story.server.socket.isClosed).toBe(true);
  expect(story.live.state).toBe('idle');
  story.live.listen();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.live.forget(ID);
  expect(story.live.state).toBe('open');
});

it('ends for good', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  story.server.socket.open();
  story.live.dispose();
  story.live.watch(ID, 0);
  jest.advanceTimersByTime(60_000);
  expect(story.server.sockets).toHaveLength(1);
  expect(story.server.socket.isClosed).toBe(true);
  expect(story.live.isDisposed).toBe(true);
});

it('takes no notice of a socket that it has given up', () => {
  const story = new Story();
  story.live.watch(ID, 0);
  const first = story.server.socket;
  first.drop();
  jest.advanceTimersByTime(1000);
  first.open();
  first.bytes(ID, 0, 'ghost');
  first.drop();
  expect(story.text).toBe('');
  expect(story.live.state).toBe('connecting');
});
