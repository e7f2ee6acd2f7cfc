import { Clipboard } from '@jupyterlab/apputils';

import { RequestError } from '../../../../src/api/request';
import { IEndpoint } from '../../../../src/api/types';
import { EndpointsModel } from '../../../../src/model/endpoints';
import { EndpointActions } from '../../../../src/view/endpoints/endpointActions';
import { answer, said } from '../../desk';
import { endpoint } from '../../endpoints';
import { trans } from '../../runScene';

/** Endpoints of a server, and what was done with them. */
class Story {
  readonly asked: string[] = [];
  readonly actions: EndpointActions;
  problem: RequestError | null = null;

  constructor(public endpoints: readonly IEndpoint[] = [endpoint('a'), endpoint('b')]) {
    const tell = <T>(what: string, then: T): T => {
      if (this.problem) {
        throw this.problem;
      }
      this.asked.push(what);
      return then;
    };
    const api = {
      list: async () => this.endpoints,
      stop: async (name: string) => tell(`stop ${name}`, endpoint(name, { state: 'stopped' })),
      rollback: async (name: string) => tell(`rollback ${name}`, endpoint(name, { current: 1 })),
      ask: async ({ name }: IEndpoint, body: string) =>
        tell(`ask ${name} ${body}`, { predictions: [1], outputs: {}, milliseconds: 3.14159 }),
      addressOf: ({ name }: IEndpoint) => `http://x/${name}/invocations`
    };
    this.actions = new EndpointActions(new EndpointsModel(api), api, trans);
  }
}

const ROW = '{"dataframe_records": [{"n": 1.5, "w": 7, "t": "a", "f": true}]}';
const copied: string[] = [];

beforeEach(() => {
  copied.length = 0;
  jest.spyOn(Clipboard, 'copyToSystem').mockImplementation(text => void copied.push(String(text)));
});

afterEach(() => {
  jest.restoreAllMocks();
  said();
});

it('finds the one that is named, else the one that the user chooses', async () => {
  const { actions } = new Story();
  expect((await actions.find('b'))?.name).toBe('b');
  const chosen = actions.find();
  expect(await answer('Choose', 'a')).toContain('Which endpoint?');
  expect((await chosen)?.name).toBe('a');
  const thoughtBetter = actions.find();
  await answer('Cancel');
  expect(await thoughtBetter).toBeNull();
});

it('asks nothing where there is only one', async () => {
  const { actions } = new Story([endpoint('a')]);
  expect((await actions.find())?.name).toBe('a');
});

it('says what to do where there is none', async () => {
  const story = new Story();
  expect([await story.actions.find('nobody'), said()]).toEqual([
    null,
    ['warning: There is no endpoint nobody.']
  ]);
  story.endpoints = [];
  expect([await story.actions.find(), said()]).toEqual([
    null,
    ['warning: No endpoints yet. In a notebook: %deploy best --to local -n NAME']
  ]);
});

it('tests it with its example row', async () => {
  const story = new Story();
  await story.actions.test(endpoint('a'));
  expect([story.asked, said()]).toEqual([
    [`ask a ${ROW}`],
    ['success: a, version 2, answers one row with 1, in 3.14 ms.']
  ]);
});

it('says why a test fails', async () => {
  const story = new Story();
  story.problem = new RequestError(503, 'Endpoint a does not answer.', '', true);
  await story.actions.test(endpoint('a'));
  expect(said()).toEqual(['error: Endpoint a does not answer.']);
});

it('copies the address, and a command with the row that is typed in or the example', () => {
  const { actions } = new Story();
  actions.copyUrl(endpoint('a'));
  actions.copyCurl(endpoint('a'));
  actions.copyCurl(endpoint('a'), '{"typed": "in"}');
  expect(copied[0]).toBe('http://x/a/invocations');
  expect(copied.slice(1).map(text => text.split('\n').at(-1))).toEqual([
    `  -d '${ROW}'`,
    `  -d '{"typed": "in"}'`
  ]);
});

it('says with what a rollback will answer, and rolls back only then', async () => {
  const story = new Story();
  const roll = async (button: string) => {
    const done = story.actions.rollBack(endpoint('a'));
    const question = await answer(button);
    await done;
    return question;
  };
  expect(await roll('Keep it')).toBe(
    'Roll the endpoint back? a answers with version 1 (model 1) from now on. Version 2 stays.'
  );
  expect(story.asked).toEqual([]);
  await roll('Roll back');
  expect(story.asked).toEqual(['rollback a']);
  await story.actions.rollBack(endpoint('a', { current: 1 }));
  expect([story.asked.length, said()]).toEqual([1, ['warning: a has no version before 1.']]);
});

it('says what the server refuses', async () => {
  const story = new Story();
  story.problem = new RequestError(409, 'Somebody deploys to it.', '', true);
  const done = story.actions.stop(endpoint('a'));
  await answer('Stop');
  await done;
  expect([story.asked, said()]).toEqual([[], ['error: Somebody deploys to it.']]);
});
