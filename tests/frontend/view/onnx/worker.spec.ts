import { IAnswer, IFeed } from '../../../../src/view/onnx/session';
import { IWorker, RunModel, openInWorker, serve } from '../../../../src/view/onnx/worker';
import { settle } from '../../fakes';

const ANSWERS: readonly IAnswer[] = [{ name: 'label', values: ['buys'], dims: [1], isFlag: false }];
const FEEDS: readonly IFeed[] = [
  { name: 'X', tensor: { type: 'float32', data: Float32Array.of(1), dims: [1] } }
];

type Listener = (event: { data?: unknown; message?: string }) => void;

/** A worker that serves models in this thread: what is posted at one end arrives at the other, a moment later. */
class FakeWorker implements IWorker {
  readonly transferred: unknown[] = [];
  isTerminated = false;

  constructor(open: (bytes: Uint8Array) => Promise<RunModel>) {
    serve(
      {
        postMessage: (data: unknown) => this._later(() => this._tell('message', { data })),
        addEventListener: (_: string, listener: Listener) => this._inside.push(listener)
      } as unknown as IWorker,
      open
    );
  }

  postMessage(data: unknown, transfer: Transferable[] = []): void {
    this.transferred.push(...transfer);
    this._later(() => this._inside.forEach(listener => listener({ data })));
  }

  addEventListener(type: string, listener: never): void {
    this._outside.push([type, listener]);
  }

  terminate(): void {
    this.isTerminated = true;
  }

  /** Its program fails outside of any answer. */
  fail(message?: string): void {
    this._tell('error', { message });
  }

  private _later(what: () => void): void {
    void Promise.resolve().then(() => {
      if (!this.isTerminated) {
        what();
      }
    });
  }

  private _tell(type: string, event: { data?: unknown; message?: string }): void {
    this._outside.filter(([each]) => each === type).forEach(([, listener]) => listener(event));
  }

  private readonly _inside: Listener[] = [];
  private readonly _outside: [string, Listener][] = [];
}

it('opens a model there, hands its bytes over, and asks it', async () => {
  const opened: number[] = [];
  const worker = new FakeWorker(async bytes => {
    opened.push(bytes.length);
    return async (feeds, outputs) => (feeds === FEEDS && outputs[0] === 'label' ? ANSWERS : []);
  });
  const bytes = new Uint8Array(3);
  const session = await openInWorker(bytes, worker);
  expect([opened, worker.transferred]).toEqual([[3], [bytes.buffer]]);
  expect(await session.run(FEEDS, ['label'])).toEqual(ANSWERS);
  expect(session.isDisposed).toBe(false);
});

it('gives each question its own answer, in whatever order they come', async () => {
  const waiting: ((answers: readonly IAnswer[]) => void)[] = [];
  const session = await openInWorker(
    new Uint8Array(1),
    new FakeWorker(async () => () => new Promise(resolve => waiting.push(resolve)))
  );
  const [one, other] = [session.run(FEEDS, ['one']), session.run(FEEDS, ['other'])];
  await settle();
  waiting[1]!(ANSWERS);
  waiting[0]!([]);
  expect(await Promise.all([one, other])).toEqual([[], ANSWERS]);
});

it('says what the model does not like, and can be asked again', async () => {
  let isWrong = true;
  const session = await openInWorker(
    new Uint8Array(1),
    new FakeWorker(async () => async () => {
      if (isWrong) {
        throw new Error('unknown category');
      }
      return ANSWERS;
    })
  );
  await expect(session.run(FEEDS, ['label'])).rejects.toThrow('unknown category');
  isWrong = false;
  expect(await session.run(FEEDS, ['label'])).toEqual(ANSWERS);
});

it('ends with a model that cannot be opened', async () => {
  const worker = new FakeWorker(async () => {
    throw 'no operator Foo'; // WebAssembly throws numbers and texts.
  });
  await expect(openInWorker(new Uint8Array(1), worker)).rejects.toThrow('no operator Foo');
  expect(worker.isTerminated).toBe(true);
});

it('ends when it is let go: whoever waits hears of it', async () => {
  const worker = new FakeWorker(async () => () => new Promise(() => undefined));
  const session = await openInWorker(new Uint8Array(1), worker);
  const asked = session.run(FEEDS, ['label']);
  session.dispose();
  await expect(asked).rejects.toThrow('it was stopped');
  expect([worker.isTerminated, session.isDisposed]).toEqual([true, true]);
});

it.each([
  ['out of memory', 'out of memory'],
  [undefined, 'its program cannot be loaded']
])('tells a failure of its program: %s', async (message, told) => {
  const worker = new FakeWorker(async () => () => new Promise(() => undefined));
  const opening = openInWorker(new Uint8Array(1), worker);
  worker.fail(message);
  await expect(opening).rejects.toThrow(told);
  expect(worker.isTerminated).toBe(true);
});
