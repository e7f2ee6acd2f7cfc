import { RequestError } from '../../../src/api/request';
import { WatchedList } from '../../../src/model/watchedList';
import { settle } from '../fakes';

/** A server that a story lets answer, in whatever order. */
class SlowServer {
  readonly asked: { answer(items: readonly string[]): void; refuse(error: unknown): void }[] = [];

  list = (): Promise<readonly string[]> =>
    new Promise((answer, refuse) => this.asked.push({ answer, refuse }));
}

/** A list whose entries can be taken out. */
class Names extends WatchedList<string> {
  without(name: string): void {
    this.take(this.items.filter(each => each !== name));
  }
}

describe('a list that somebody looks at', () => {
  let server: SlowServer;
  let names: Names;

  beforeEach(() => {
    server = new SlowServer();
    names = new Names('jupyter-mlops:test', server.list);
  });

  afterEach(() => names.dispose());

  it('does not go back to what was before an action, when an older question is answered after it', async () => {
    void names.refresh();
    server.asked[0]!.answer(['cancer', 'wine']);
    await settle();
    void names.refresh();

    names.without('wine');
    server.asked[1]!.answer(['cancer', 'wine']);
    await settle();

    expect(names.items).toEqual(['cancer']);
  });

  it('shows the newest of two answers, whichever comes last', async () => {
    void names.refresh();
    void names.refresh();

    server.asked[1]!.answer(['new']);
    await settle();
    server.asked[0]!.answer(['old']);
    await settle();

    expect(names.items).toEqual(['new']);
  });

  it('does not tell of a failure that a newer answer has overtaken', async () => {
    void names.refresh();
    void names.refresh();

    server.asked[1]!.answer(['new']);
    server.asked[0]!.refuse(new RequestError(503, 'busy'));
    await settle();

    expect([names.items, names.problem]).toEqual([['new'], null]);
  });

  it('keeps what it had, and tells why there is no newer', async () => {
    void names.refresh();
    server.asked[0]!.answer(['cancer']);
    await settle();

    void names.refresh();
    server.asked[1]!.refuse('offline');
    await settle();

    expect([names.items, names.problem?.message, names.isReady]).toEqual([['cancer'], 'offline', true]);
  });

  it('is not ready before an answer, whatever fails', async () => {
    void names.refresh();
    server.asked[0]!.refuse(new RequestError(503, 'busy'));
    await settle();

    expect([names.isReady, names.problem?.status]).toEqual([false, 503]);
  });

  it('says nothing more after its end', async () => {
    let told = 0;
    names.changed.connect(() => (told += 1));
    void names.refresh();

    names.dispose();
    server.asked[0]!.answer(['late']);
    await settle();

    expect([told, names.items]).toEqual([0, []]);
  });
});
