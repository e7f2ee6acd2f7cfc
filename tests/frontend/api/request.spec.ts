import { RequestError, apiUrl, request, requestJson, sending } from '../../../src/api/request';
import { FakeServer, Refusal } from '../fakes';

async function refusal(server: FakeServer): Promise<RequestError> {
  return requestJson(server.settings, apiUrl(server.settings, ['runs'])).then(
    () => Promise.reject(new Error('it was not refused')),
    error => error as RequestError
  );
}

describe('apiUrl', () => {
  const { settings } = new FakeServer();

  it('keeps the prefix of the server and encodes each part once', () => {
    expect(apiUrl(settings, ['runs', 'a/b c'])).toBe(
      'http://localhost/user/a%20b/jupyter-mlops/api/runs/a%2Fb%20c'
    );
  });

  it('repeats keys that have a list and leaves out what is not said', () => {
    const url = apiUrl(settings, ['x'], {
      key: ['a b', 'c&d'],
      none: undefined,
      empty: '',
      limit: 0,
      yes: true
    });
    expect(new URL(url).search).toBe('?key=a+b&key=c%26d&limit=0&yes=true');
  });
});

describe('request', () => {
  it('returns what the server answers', async () => {
    const server = new FakeServer(() => ({ total: 3 }));
    expect(await requestJson(server.settings, apiUrl(server.settings, ['runs']))).toEqual({ total: 3 });
  });

  it('says what the server says when it refuses, and which field it is about', async () => {
    const server = new FakeServer(() => new Refusal(400, { message: 'Not a query: "(".', field: 'query' }));
    expect(await refusal(server)).toMatchObject({
      status: 400,
      message: 'Not a query: "(".',
      field: 'query'
    });
  });

  it.each([['<html>'], [[1, 2]], [{ message: '' }], [{ message: { a: 1 } }]])(
    'says the status when the refusal is %j',
    async body => {
      const server = new FakeServer(() => new Refusal(502, body));
      expect(await refusal(server)).toMatchObject({ status: 502, field: '' });
      expect((await refusal(server)).message).toContain('502');
    }
  );

  it('says that nobody answers', async () => {
    const server = new FakeServer(() => {
      throw new TypeError('Failed to fetch');
    });
    expect(await refusal(server)).toMatchObject({
      status: 0,
      message: 'The Jupyter server does not answer.'
    });
  });

  it('is no refusal when the asker has turned away', async () => {
    const server = new FakeServer(() => ({}));
    const abort = new AbortController();
    abort.abort();
    const asked = request(server.settings, apiUrl(server.settings, ['runs']), { signal: abort.signal });
    await expect(asked).rejects.not.toBeInstanceOf(RequestError);
  });

  it('sends JSON with what changes something', async () => {
    const server = new FakeServer();
    await request(server.settings, apiUrl(server.settings, ['runs', 'x']), sending('PATCH', { name: 'a' }));
    expect(server.asked).toMatchObject([{ method: 'PATCH', path: 'runs/x', body: { name: 'a' } }]);
    expect(sending('DELETE')).toEqual({ method: 'DELETE' });
  });
});
