/** Both ends of the talk between the page and the worker that runs a model: one question after the other, by number. */

import { IAnswer, IFeed, IModelSession } from './session';

/** An end: a worker as the page sees it, or the page as the worker sees it. */
export interface IEnd {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void;
}

/** The page's end. */
export interface IWorker extends IEnd {
  terminate(): void;
}

type Wish =
  { readonly open: Uint8Array } | { readonly feeds: readonly IFeed[]; readonly outputs: readonly string[] };

interface IQuestion {
  readonly number: number;
  readonly wish: Wish;
}

type Reply =
  | { readonly number: number; readonly answers: readonly IAnswer[] }
  | { readonly number: number; readonly problem: string };

/** What a worker has of a model: the worker's end is its end. */
export type RunModel = IModelSession['run'];

/** Answer the page, in a worker; `open` opens models there. */
export function serve(page: IEnd, open: (bytes: Uint8Array) => Promise<RunModel>): void {
  let run: RunModel | null = null;
  const answer = async (wish: Wish): Promise<readonly IAnswer[]> => {
    if ('open' in wish) {
      run = await open(wish.open);
      return [];
    }
    return (await run?.(wish.feeds, wish.outputs)) ?? [];
  };
  page.addEventListener('message', ({ data }) => {
    const { number, wish } = data as IQuestion;
    answer(wish).then(
      answers => page.postMessage({ number, answers }),
      (error: unknown) => page.postMessage({ number, problem: reasonOf(error) })
    );
  });
}

/** Open a model in a worker, which ends with the session. The bytes are the worker's from then on. */
export async function openInWorker(bytes: Uint8Array, worker: IWorker): Promise<IModelSession> {
  const waiting = new Map<
    number,
    { resolve(answers: readonly IAnswer[]): void; reject(error: Error): void }
  >();
  let [asked, hasEnded] = [0, false];
  const ask = (wish: Wish, transfer: Transferable[] = []) =>
    new Promise<readonly IAnswer[]>((resolve, reject) => {
      asked += 1;
      waiting.set(asked, { resolve, reject });
      worker.postMessage({ number: asked, wish }, transfer);
    });
  const end = (message: string) => {
    hasEnded = true;
    worker.terminate();
    waiting.forEach(({ reject }) => reject(new Error(message)));
    waiting.clear();
  };
  worker.addEventListener('message', ({ data }) => {
    const reply = data as Reply;
    const waiter = waiting.get(reply.number);
    waiting.delete(reply.number);
    if ('problem' in reply) {
      waiter?.reject(new Error(reply.problem));
    } else {
      waiter?.resolve(reply.answers);
    }
  });
  worker.addEventListener('error', ({ message }) => end(message || 'its program cannot be loaded'));
  try {
    await ask({ open: bytes }, [bytes.buffer as ArrayBuffer]);
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return {
    run: (feeds, outputs) => ask({ feeds, outputs }),
    get isDisposed() {
      return hasEnded;
    },
    dispose: () => end('it was stopped')
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
