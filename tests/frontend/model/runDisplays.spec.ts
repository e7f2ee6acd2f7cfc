import { IDisplay } from '../../../src/api/runs';
import { RunDisplays } from '../../../src/model/runDisplays';
import { FakeServer, Refusal, runId, settle } from '../fakes';

function event(seq: number, kind: IDisplay['kind'], text = '', more: Partial<IDisplay> = {}): IDisplay {
  return { seq, offset: 0, kind, data: { 'text/plain': text }, metadata: {}, transient: {}, ...more };
}

const named = (id: string) => ({ transient: { display_id: id } });

class Story {
  events: IDisplay[] = [];
  perPage = 100;
  readonly server = new FakeServer(({ query }) => {
    const rest = this.events.filter(each => each.seq >= Number(query.get('start')));
    return { displays: rest.slice(0, this.perPage), next: rest[this.perPage]?.seq ?? null };
  });
  readonly displays = new RunDisplays(runId(1), this.server.api);

  get texts(): unknown[] {
    return this.displays.outputs.map(each => each.data['text/plain']);
  }

  async ended(...events: IDisplay[]): Promise<this> {
    this.events = events;
    this.displays.look(true);
    await settle();
    return this;
  }
}

it('shows displays and the last result in order, and leaves errors to the card', async () => {
  const story = await new Story().ended(
    event(0, 'display', 'a'),
    event(1, 'error', 'no'),
    event(2, 'result', 'b')
  );
  expect(story.texts).toEqual(['a', 'b']);
});

it('puts an update in the place of what it updates', async () => {
  const story = await new Story().ended(
    event(0, 'display', 'a', named('x')),
    event(1, 'display', 'b'),
    event(2, 'update', 'A', named('x')),
    event(3, 'update', 'nobody', named('y')),
    event(4, 'update', 'nameless')
  );
  expect(story.texts).toEqual(['A', 'b']);
});

it('clears at once, or when the next output comes', async () => {
  expect((await new Story().ended(event(0, 'display', 'a'), event(1, 'clear'))).texts).toEqual([]);
  const wait = { metadata: { wait: true } };
  const waiting = [event(0, 'display', 'a'), event(1, 'clear', '', wait)];
  expect((await new Story().ended(...waiting)).texts).toEqual(['a']);
  expect((await new Story().ended(...waiting, event(2, 'display', 'b'))).texts).toEqual(['b']);
});

it('reads page after page, and the newest 50 stay', async () => {
  const story = new Story();
  story.perPage = 30;
  await story.ended(...Array.from({ length: 80 }, (_, seq) => event(seq, 'display', String(seq))));
  expect(story.server.asked.map(each => each.query.get('start'))).toEqual(['0', '30', '60']);
  expect([story.texts.length, story.texts[0]]).toEqual([50, '30']);
});

describe('while the run goes on', () => {
  beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }));
  afterEach(() => jest.useRealTimers());

  it('asks every two seconds at most, and only for what is new', async () => {
    const story = new Story();
    story.events = [event(0, 'display', 'a')];
    for (let turn = 0; turn < 10; turn++) {
      story.displays.look(false);
    }
    expect(story.server.asked).toEqual([]);
    jest.advanceTimersByTime(2000);
    await settle();
    expect(story.texts).toEqual(['a']);
    await story.ended(event(0, 'display', 'a'), event(1, 'display', 'b'));
    expect(story.server.asked.map(each => each.query.get('start'))).toEqual(['0', '1']);
    expect(story.texts).toEqual(['a', 'b']);
    story.displays.look(true);
    await settle();
    expect(story.server.asked).toHaveLength(2);
  });

  it('asks no more once it is disposed', async () => {
    const story = new Story();
    story.displays.look(false);
    story.displays.dispose();
    jest.advanceTimersByTime(5000);
    story.displays.look(true);
    await settle();
    expect(story.server.asked).toEqual([]);
  });
});

it('asks again after a refusal', async () => {
  const story = new Story();
  const refused = new Story();
  story.server.answers(() => new Refusal(503, { message: 'away' }));
  await story.ended();
  expect(story.texts).toEqual([]);
  story.server.answers(asked => refused.server.asked.push(asked) && { displays: [event(0, 'display', 'a')] });
  story.displays.look(true);
  await settle();
  expect(story.texts).toEqual(['a']);
});
