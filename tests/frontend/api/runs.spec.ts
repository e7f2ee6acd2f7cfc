import { FakeServer, page, run, runId } from '../fakes';

const ID = runId(3);

it.each([
  ['status', (s: FakeServer) => s.api.status(), 'GET', 'status', ''],
  ['columns', (s: FakeServer) => s.api.columns(), 'GET', 'runs/columns', ''],
  ['detail', (s: FakeServer) => s.api.detail(ID), 'GET', `runs/${ID}`, ''],
  [
    'groups',
    (s: FakeServer) => s.api.groups('a b', 'notebook', true),
    'GET',
    'runs/groups',
    'query=a+b&by=notebook&archived=true'
  ],
  ['stop', (s: FakeServer) => s.api.stop(ID), 'POST', `runs/${ID}/stop`, ''],
  ['displays', (s: FakeServer) => s.api.displays(ID, 4), 'GET', `runs/${ID}/displays`, 'start=4'],
  [
    'metrics',
    (s: FakeServer) => s.api.metrics(ID, ['a', 'b'], 500),
    'GET',
    `runs/${ID}/metrics`,
    'key=a&key=b&points=500'
  ],
  ['artifacts', (s: FakeServer) => s.api.artifacts(ID, 'm/x'), 'GET', `runs/${ID}/artifacts`, 'path=m%2Fx'],
  [
    'searchLog',
    (s: FakeServer) => s.api.searchLog(ID, 'é', 9),
    'GET',
    `runs/${ID}/log/search`,
    'text=%C3%A9&start=9'
  ],
  ['compare', (s: FakeServer) => s.api.compare([ID, ID]), 'GET', 'comparisons', `id=${ID}&id=${ID}`],
  ['remove', (s: FakeServer) => s.api.remove(ID), 'DELETE', `runs/${ID}`, '']
])('%s asks its route', async (_, act, method, path, query) => {
  const server = new FakeServer(asked => (asked.method === 'DELETE' ? null : {}));
  await act(server);
  const [asked] = server.asked;
  expect(asked).toMatchObject({ method, path });
  expect(withoutStamp(asked!.query)).toBe(query);
});

it('asks for a page of what fits, in an order', async () => {
  const server = new FakeServer(() => page([run(1)]));
  const answer = await server.api.page({
    query: 'acc > 0.9',
    sort: 'metric.acc',
    order: 'desc',
    offset: 0,
    limit: 100
  });
  expect(answer.total).toBe(1);
  expect(withoutStamp(server.asked[0]!.query)).toBe(
    'query=acc+%3E+0.9&sort=metric.acc&order=desc&offset=0&limit=100'
  );
});

it('changes what is the user’s', async () => {
  const server = new FakeServer(() => run(3, { name: 'new' }));
  expect(await server.api.change(ID, { name: 'new', tags: { a: null } })).toMatchObject({ name: 'new' });
  expect(server.asked[0]).toMatchObject({ method: 'PATCH', body: { name: 'new', tags: { a: null } } });
});

it('reads a part of a log, and what the cap has freed of it', async () => {
  const headers = { 'X-Log-Size': '900', 'X-Log-Gap': '100-200' };
  const server = new FakeServer(() => new Response(new Uint8Array([1, 2, 3]), { headers }));
  expect(await server.api.log(ID, 50, 53)).toEqual({
    bytes: new Uint8Array([1, 2, 3]),
    size: 900,
    gap: { start: 100, end: 200 }
  });
  server.answers(() => new Response(new Uint8Array([1])));
  expect(await server.api.log(ID, 0)).toEqual({ bytes: new Uint8Array([1]), size: 1, gap: null });
});

it('names files by addresses that the browser may follow', () => {
  const { api } = new FakeServer();
  expect(api.artifactUrl(ID, 'a/b c#?.png')).toContain('/artifacts/content?path=a%2Fb+c%23%3F.png');
  expect(api.csvUrl({ query: 'x' }, ['metric.acc', 'param.lr'])).toContain(
    'runs.csv?query=x&columns=metric.acc%2Cparam.lr'
  );
});

/** JupyterLab adds the time to what must not be cached. */
function withoutStamp(query: URLSearchParams): string {
  return query.toString().replace(/&?\d{13}=$/, '');
}
