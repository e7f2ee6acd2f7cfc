import { RequestError } from '../../../src/api/request';
import { IEndpoint } from '../../../src/api/types';
import { EndpointsModel } from '../../../src/model/endpoints';
import { EndpointViewModel } from '../../../src/model/endpointView';
import { FieldError, bodyOf, curlOf, fieldsOf, firstBody } from '../../../src/model/endpointRow';
import { endpoint, tensor } from '../endpoints';
import { settle } from '../fakes';

class Api {
  asked: string[] = [];
  answers: () => readonly IEndpoint[] = () => [endpoint()];

  async list() {
    this.asked.push('list');
    return this.answers();
  }

  async stop(name: string) {
    this.asked.push(`stop ${name}`);
    return endpoint(name, { state: 'stopped' });
  }

  async rollback(name: string): Promise<IEndpoint> {
    throw new RequestError(400, `Endpoint ${name} has no version before 1.`);
  }

  async ask(_: IEndpoint, body: string) {
    this.asked.push(body);
    if (body === 'wrong') {
      throw new RequestError(400, 'wrong');
    }
    return { predictions: [1], outputs: {}, milliseconds: 2 };
  }

  async log(name: string) {
    return `log of ${name}`;
  }
}

describe('the endpoints', () => {
  it('are asked for as long as somebody looks', async () => {
    const api = new Api();
    const model = new EndpointsModel(api);
    expect(api.asked).toEqual([]);

    const leave = model.look();
    await settle();

    expect(model.items).toEqual([endpoint()]);
    expect([model.isReady, model.problem]).toEqual([true, null]);
    leave();
    leave();
    model.dispose();
    expect(model.isDisposed).toBe(true);
  });

  it('stay when the server does not answer, which is told', async () => {
    const api = new Api();
    const model = new EndpointsModel(api);
    model.look();
    await settle();
    api.answers = () => {
      throw new RequestError(0, 'gone');
    };

    await model.refresh();
    await settle();

    expect(model.items).toEqual([endpoint()]);
    expect(model.problem?.message).toBe('gone');
    model.dispose();
  });

  it('are stopped and rolled back, and whoever asked hears of a refusal', async () => {
    const model = new EndpointsModel(new Api());
    model.look();
    await settle();

    await model.stop('cancer');
    expect(model.find('cancer')?.state).toBe('stopped');
    expect(model.find('nobody')).toBeUndefined();

    await expect(model.rollback('cancer')).rejects.toThrow('Endpoint cancer has no version before 1.');
    expect([model.problem, model.find('cancer')?.state]).toEqual([null, 'stopped']);
    model.dispose();
  });
});

describe('a look at one endpoint', () => {
  it('asks it, keeps its last answer or refusal, and shows its log', async () => {
    const api = new Api();
    const all = new EndpointsModel(api);
    const model = new EndpointViewModel('cancer', all, api);
    await settle();

    const asking = model.ask('{}');
    expect(model.isAsking).toBe(true);
    await model.ask('twice at a time');
    await asking;
    expect([model.answer?.predictions, model.refusal, model.isAsking]).toEqual([[1], null, false]);

    const looks = () => api.asked.filter(each => each === 'list').length;
    const before = looks();
    await model.ask('{}');
    expect(looks()).toBe(before + 1); // Its figures are others now.

    await model.ask('wrong');
    expect([model.answer, model.refusal?.message]).toEqual([null, 'wrong']);
    expect(api.asked.filter(each => each !== 'list')).toEqual(['{}', '{}', 'wrong']);

    await model.showLog(true);
    expect(model.log).toBe('log of cancer');
    await model.showLog(false);
    expect(model.log).toBeNull();
    model.dispose();
    model.dispose();
    all.dispose();
  });
});

describe('a row', () => {
  it('has a field for each column, with the example in it', () => {
    expect(fieldsOf(endpoint())).toEqual([
      { name: 'n', kind: 'number', first: '1.5' },
      { name: 'w', kind: 'whole', first: '7' },
      { name: 't', kind: 'text', first: 'a' },
      { name: 'f', kind: 'flag', first: 'true' }
    ]);
    expect(fieldsOf(endpoint('x', { example: {} })).map(field => field.first)).toEqual([
      '0',
      '0',
      '',
      'false'
    ]);
    expect(fieldsOf(endpoint('x', { example: { n: null } }))[0]?.first).toBe('');
  });

  it('is sent with the types of its columns and every digit', () => {
    const fields = fieldsOf(endpoint());
    const body = bodyOf(fields, [' 1e-3 ', '12345678901234567', 'a "b"', 'false']);

    expect(body).toBe(
      '{"dataframe_records": [{"n": 1e-3, "w": 12345678901234567, "t": "a \\"b\\"", "f": false}]}'
    );
    expect(bodyOf(fields, ['', '1', '', 'true'])).toContain('"n": null');
  });

  it.each([
    [0, ['1x', '1', '', '']],
    [0, ['NaN', '1', '', '']],
    [0, ['0x10', '1', '', '']],
    [1, ['1', '1.5', '', '']],
    [1, ['1', '', '', '']],
    [1, ['1', '01', '', '']]
  ])('whose field %d holds no such number is not sent', (at, texts) => {
    const fields = fieldsOf(endpoint());

    expect(() => bodyOf(fields, texts)).toThrow(new FieldError(fields[at]!));
  });

  it('is JSON where it has too many columns, or none with names', () => {
    const many = Array.from({ length: 61 }, (_, n) => `c${n}`);
    const wide = endpoint('x', { example: {}, inputs: [tensor('X', { shape: [null, 61], columns: many })] });
    const image = endpoint('x', { inputs: [tensor('X', { shape: [null, 2, 2] })] });
    const two = endpoint('x', {
      inputs: [tensor('a', { shape: [null, 2] }), tensor('b', { type: 'str', shape: [null] })]
    });

    expect([wide, image, two].map(each => fieldsOf(each).length)).toEqual([0, 0, 0]);
    expect(JSON.parse(firstBody(wide)).dataframe_records[0].c60).toBe(0);
    expect(JSON.parse(firstBody(image))).toEqual({
      instances: [
        [
          [0, 0],
          [0, 0]
        ]
      ]
    });
    expect(JSON.parse(firstBody(two))).toEqual({ inputs: { a: [[0, 0]], b: [''] } });
  });

  it('is a command whose quotes hold', () => {
    expect(curlOf('http://x/y', `{"t": "it's"}`)).toBe(
      [
        "curl -X POST 'http://x/y'",
        '-H "Authorization: token $JUPYTER_TOKEN"',
        "-H 'Content-Type: application/json'",
        `-d '{"t": "it'\\''s"}'`
      ].join(' \\\n  ')
    );
  });
});
