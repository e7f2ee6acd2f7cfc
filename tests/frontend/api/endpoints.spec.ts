import { EndpointApi, parseExactly } from '../../../src/api/endpoints';
import { RequestError } from '../../../src/api/request';
import { endpoint } from '../endpoints';
import { FakeServer, Refusal } from '../fakes';

describe('the routes about endpoints', () => {
  it('are asked by name', async () => {
    const server = new FakeServer(({ path }) => (path.endsWith('/log') ? { text: 'hello' } : [endpoint()]));
    const api = new EndpointApi(server.settings);

    expect(await api.list()).toEqual([endpoint()]);
    expect(await api.log('a.b')).toBe('hello');
    await api.stop('a');
    await api.rollback('a');

    expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET endpoints',
      'GET endpoints/a.b/log',
      'POST endpoints/a/stop',
      'POST endpoints/a/rollback'
    ]);
  });

  it('send rows to the endpoint itself', async () => {
    const server = new FakeServer(() => ({ predictions: [1], outputs: { p: [[0.5, 0.5]] } }));
    const api = new EndpointApi(server.settings);

    const answer = await api.ask(endpoint(), '{"instances": [[1]]}');

    expect(server.asked[0]).toMatchObject({
      method: 'POST',
      path: '/user/a%20b/jupyter-mlops/endpoints/cancer/invocations',
      body: { instances: [[1]] }
    });
    expect([answer.predictions, answer.outputs]).toEqual([[1], { p: [[0.5, 0.5]] }]);
    expect(answer.milliseconds).toBeGreaterThanOrEqual(0);
  });

  it("tell an endpoint's refusal in its own words", async () => {
    const server = new FakeServer(
      () => new Refusal(400, { error_code: 'BAD_REQUEST', message: "column 'n'" })
    );

    const asked = new EndpointApi(server.settings).ask(endpoint(), '{}');

    await expect(asked).rejects.toEqual(new RequestError(400, "column 'n'", '', true));
  });
});

describe('an answer', () => {
  it.each([
    ['[12345678901234567, -12345678901234567]', ['12345678901234567', '-12345678901234567']],
    ['[0.9999999987841797,1e-300,123]', [0.9999999987841797, 1e-300, 123]],
    ['["a,12345678901234567,b\\"",1]', ['a,12345678901234567,b"', 1]],
    ['{"a":12345678901234567}', { a: '12345678901234567' }]
  ])('of %s loses no digit', (text, value) => {
    expect(parseExactly(text)).toEqual(value);
  });
});
