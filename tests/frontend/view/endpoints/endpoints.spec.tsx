import { nullTranslator } from '@jupyterlab/translation';
import React from 'react';

import { RequestError } from '../../../../src/api/request';
import { IEndpoint } from '../../../../src/api/types';
import { EndpointsModel } from '../../../../src/model/endpoints';
import { EndpointViewModel } from '../../../../src/model/endpointView';
import { EndpointActions } from '../../../../src/view/endpoints/endpointActions';
import { EndpointsSection } from '../../../../src/view/endpoints/endpointsSection';
import { EndpointView } from '../../../../src/view/endpoints/endpointTab';
import { endpoint, tensor } from '../../endpoints';
import { answer } from '../../desk';
import { settle } from '../../fakes';
import { draw, happened, press, type } from '../../render';

const trans = nullTranslator.load('jupyter_mlops');

class Story {
  readonly asked: string[] = [];
  readonly opened: string[] = [];
  readonly all: EndpointsModel;
  readonly model: EndpointViewModel;
  readonly actions: EndpointActions;
  probabilities: readonly unknown[] = [0.25, 0.75];

  constructor(public endpoints: readonly IEndpoint[] | RequestError) {
    const api = {
      list: async () => {
        if (this.endpoints instanceof RequestError) {
          throw this.endpoints;
        }
        return this.endpoints;
      },
      stop: async (name: string) => this.tell(`stop ${name}`, endpoint(name, { state: 'stopped' })),
      rollback: async (name: string) => this.tell(`rollback ${name}`, endpoint(name, { current: 1 })),
      ask: async (_: IEndpoint, body: string) => {
        if (body.includes('999')) {
          throw new RequestError(400, "Column 'n', row 0: <b>no</b>", '', true);
        }
        return this.tell(body, {
          predictions: [1],
          outputs: { probabilities: [this.probabilities] },
          milliseconds: 3.14159
        });
      },
      log: async () => 'line one\n',
      addressOf: () => 'http://x/invocations'
    };
    this.all = new EndpointsModel(api);
    this.model = new EndpointViewModel('cancer', this.all, api);
    this.actions = new EndpointActions(this.all, api, trans);
  }

  tell<T>(what: string, answer: T): T {
    this.asked.push(what);
    return answer;
  }

  async list() {
    const drawn = draw(
      <EndpointsSection
        model={this.all}
        trans={trans}
        onOpen={name => this.opened.push(name)}
        onMenu={({ name }, left, top) => this.opened.push(`menu of ${name} at ${left} ${top}`)}
        onStop={name => this.opened.push(`stop ${name}`)}
      />
    );
    await happened(settle);
    return drawn;
  }

  async tab() {
    const drawn = draw(<EndpointView model={this.model} trans={trans} actions={this.actions} />);
    await happened(settle);
    return drawn;
  }
}

describe('the section of endpoints', () => {
  it('is closed at first, and says how many there are', async () => {
    const drawn = await new Story([endpoint('a'), endpoint('b', { state: 'down' })]).list();
    const toggle = drawn.one('button', /Endpoints/);

    expect([toggle.getAttribute('aria-expanded'), toggle.textContent]).toEqual(['false', 'Endpoints 2']);
    await happened(() => toggle.click());
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
    expect(drawn.all('button', /^(Running|Down)/).map(each => each.textContent)).toEqual([
      'Runningav21.2/s · 1.2 ms',
      'Downbv21.2/s · 1.2 ms'
    ]);
  });

  it('opens one, stops one, and offers the rest in a menu', async () => {
    const story = new Story([endpoint('a', { figures: { ...endpoint().figures, requests: 0 } })]);
    const drawn = await story.list();
    await happened(() => drawn.one('button', /Endpoints/).click());
    const row = drawn.one('button', /^Runninga/);

    await happened(() => row.click());
    await press(row, 'Delete');
    await press(row, 'F10', { shiftKey: true });

    expect(story.opened).toEqual(['a', 'stop a', 'menu of a at 20 0']);
  });

  it('says how many requests failed, where some did', async () => {
    const figures = { ...endpoint().figures, requests: 1200, errors: 7 };
    const drawn = await new Story([endpoint('a', { figures })]).list();
    await happened(() => drawn.one('button', /Endpoints/).click());
    const row = drawn.one('button', /^Runninga/);

    expect(row.textContent).toBe('Runningav21.2/s · 7 failed');
    expect(row.title).toBe('1.2/s · p50 1.23 ms · p95 2 ms · 7 of 1,200 requests failed');
  });

  it.each([
    [{}, 'Runningav21.2/s · 1.2 ms', '1.2/s · p50 1.23 ms · p95 2 ms'],
    [{ count: 1 }, 'Runningav21 restart1.2/s · 1.2 ms', /· restarted 1 time: signal 9$/],
    [{ count: 2 }, 'Runningav22 restarts1.2/s · 1.2 ms', /· restarted 2 times: signal 9$/],
    [
      { count: 5, given_up: true },
      'Runningav2given up1.2/s · 1.2 ms',
      /· given up after 5 restarts: signal 9$/
    ]
  ])('says how often it was restarted, and in full on hover: %j', async (change, text, hint) => {
    const restarts = { ...endpoint().restarts, cause: 'signal 9', ...change };
    const drawn = await new Story([endpoint('a', { restarts })]).list();
    await happened(() => drawn.one('button', /Endpoints/).click());
    const row = drawn.one('button', /^Runninga/);
    expect(row.textContent).toBe(text);
    expect(row.title).toEqual(typeof hint === 'string' ? hint : expect.stringMatching(hint));
  });

  it('says how to make one, and what is wrong', async () => {
    const story = new Story([]);
    const drawn = await story.list();
    await happened(() => drawn.one('button', /Endpoints/).click());
    expect(drawn.text).toContain('%deploy best --to local -n NAME');

    story.endpoints = new RequestError(503, 'The disk is full.', '', true);
    await happened(() => story.all.refresh());

    expect(drawn.one('alert').textContent).toContain('The disk is full.');
    story.endpoints = [endpoint()];
    await happened(() => drawn.one('button', 'Try again').click());
    await happened(settle);
    expect(drawn.all('alert')).toEqual([]);
  });
});

describe('the tab of an endpoint', () => {
  it('tries a row', async () => {
    const story = new Story([endpoint()]);
    const drawn = await story.tab();
    const fields = [...drawn.node.querySelectorAll<HTMLInputElement>('input[type=text]')];
    expect(fields.map(field => field.value)).toEqual(['1.5', '7', 'a']);

    await type(fields[0]!, '2');
    await happened(() => drawn.one('button', 'Predict').click());

    expect(story.asked).toEqual(['{"dataframe_records": [{"n": 2, "w": 7, "t": "a", "f": true}]}']);
    const cells = [...drawn.node.querySelectorAll('.mlops-TryRow-answer tr')].map(row =>
      [...row.children].map(cell => cell.textContent)
    );
    expect(cells).toEqual([
      ['label', '1'],
      ['probabilities no', '0.25'],
      ['probabilities yes', '0.75']
    ]);
    expect(drawn.text).toContain('answered in 3.14 ms');
  });

  it('names the field that holds no number, and sends nothing', async () => {
    const story = new Story([endpoint()]);
    const drawn = await story.tab();
    const [, whole] = drawn.node.querySelectorAll<HTMLInputElement>('input[type=text]');

    await type(whole!, '1.5');
    await happened(() => drawn.one('button', 'Predict').click());

    expect(drawn.one('alert').textContent).toBe('“w” is a whole number.');
    expect(whole!.getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(whole);
    expect(story.asked).toEqual([]);
  });

  it("tells the endpoint's refusal as text", async () => {
    const story = new Story([endpoint()]);
    const drawn = await story.tab();

    await type(drawn.node.querySelector<HTMLInputElement>('input[type=text]')!, '999');
    await happened(() => drawn.one('button', 'Predict').click());

    expect(drawn.text).toContain("Column 'n', row 0: <b>no</b>");
    expect(drawn.node.querySelector('b')?.textContent).not.toBe('no');
  });

  it('stops and rolls back, after a question', async () => {
    const story = new Story([endpoint()]);
    const drawn = await story.tab();
    const choose = (button: string, said: string) =>
      happened(async () => {
        drawn.one('button', button).click();
        await answer(said);
      });

    await choose('Stop', 'Let it run');
    await choose('Roll back', 'Keep it');
    expect(story.asked).toEqual([]);
    await choose('Roll back', 'Roll back');
    expect((drawn.one('button', 'Roll back') as HTMLButtonElement).disabled).toBe(true);
    await choose('Stop', 'Stop');

    expect(story.asked).toEqual(['rollback cancer', 'stop cancer']);
    expect(drawn.text).toContain('It is stopped.');
  });

  it('shows the log when it is wanted', async () => {
    const drawn = await new Story([endpoint()]).tab();

    await happened(() => drawn.one('button', 'Log').click());
    expect(drawn.node.querySelector('pre')?.textContent).toBe('line one\n');
    await happened(() => drawn.one('button', 'Log').click());
    expect(drawn.node.querySelector('pre')).toBeNull();
  });

  it('takes JSON where there are no fields', async () => {
    const story = new Story([endpoint('cancer', { inputs: [tensor('X', { shape: [null, 1, 2] })] })]);
    const drawn = await story.tab();

    expect(drawn.node.querySelector('textarea')!.value).toBe('{"instances":[[[0,0]]]}');
    await happened(() => drawn.one('button', 'Predict').click());
    expect(story.asked).toEqual(['{"instances":[[[0,0]]]}']);
  });

  it('says how often it was restarted, why, and when', async () => {
    const restarts = { ...endpoint().restarts, count: 2, cause: 'signal 9', at: '2026-11-22T06:00:00Z' };
    const drawn = await new Story([endpoint('cancer', { restarts })]).tab();
    const [line] = drawn.node.querySelectorAll<HTMLElement>('.mlops-Endpoint-restarts');
    expect([line!.textContent, line!.title]).toEqual([
      'restarted 2 times: signal 9',
      new Date('2026-11-22T06:00:00Z').toLocaleString()
    ]);
  });

  it('says that it was given up, why, and what starts it', async () => {
    const restarts = { ...endpoint().restarts, count: 5, cause: 'signal 9', given_up: true };
    const down = endpoint('cancer', { state: 'down', problem: 'signal 9', restarts });
    const drawn = await new Story([down]).tab();
    expect(drawn.text).toContain('given up after 5 restarts: signal 9. The next request starts it again.');
    expect(drawn.text.match(/signal 9/g)).toHaveLength(1);
  });

  it('says many figures of one output with few digits, and whole on hover', async () => {
    const story = new Story([endpoint('cancer', { outputs: [tensor('label'), tensor('probabilities')] })]);
    const drawn = await story.tab();
    story.probabilities = [1 / 3, [2 / 3, 'a']];
    await happened(() => drawn.one('button', 'Predict').click());
    const cell = drawn.node.querySelector<HTMLElement>('.mlops-TryRow-answer tr:last-child td')!;
    expect(cell.textContent).toBe('[0.3333, [0.6667, a]]');
    expect(cell.title).toContain('0.3333333333333333');
  });

  it('says why it is down, and that it is gone', async () => {
    const story = new Story([endpoint('cancer', { state: 'down', problem: 'it was killed' })]);
    const drawn = await story.tab();
    expect(drawn.text).toContain('it was killed. The next request starts it again.');

    story.endpoints = [];
    await happened(() => story.all.refresh());
    expect(drawn.text).toContain('There is no endpoint cancer any more.');
  });
});
