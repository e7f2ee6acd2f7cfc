import { findModels, mayHaveModels, readModel } from '../../../src/model/runViewModels';
import { FakeServer, IAsked, runId } from '../fakes';
import { entry } from '../runStories';

/** As MLflow 3 writes it. */
const SKLEARN = `artifact_path: file:///home/ada/.mlops/runs/x/artifacts
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    model_path: model.skops
  sklearn:
    code: null
    pickled_model: model.skops
    serialization_format: skops
    sklearn_version: 1.9.1
    skops_trusted_types: null
is_signature_from_type_hint: false
model_size_bytes: 40213
run_id: 20bf790e24924a868166173c54e80180
signature:
  inputs: '[{"type": "double", "name": "mean radius", "required": true}, {"type":
    "double", "name": "it''s a name", "required": false}, {"type": "double", "name":
    "mean concave
    points", "required": true}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: '[{"name": "threshold", "default": 0.5, "type": "double", "shape": null}]'
type_hint_from_example: false
utc_time_created: '2026-11-21 15:01:44.544682'
`;

it('reads what MLflow says of a model: flavor, size, when, and what goes in and comes out', () => {
  expect(readModel('models/m-1', SKLEARN)).toEqual({
    path: 'models/m-1',
    flavor: 'sklearn',
    facts: { pickled_model: 'model.skops', serialization_format: 'skops', sklearn_version: '1.9.1' },
    size: 40213,
    createdAt: '2026-11-21T15:01:44.544682Z',
    inputs: [
      { name: 'mean radius', type: 'double', isRequired: true },
      { name: "it's a name", type: 'double', isRequired: false },
      { name: 'mean concave points', type: 'double', isRequired: true }
    ],
    outputs: [{ name: '', type: 'int64 [-1]', isRequired: true }],
    params: [{ name: 'threshold', type: 'double = 0.5', isRequired: false }]
  });
});

it('reads names that YAML writes in double quotes, folded', () => {
  const text = 'signature:\n  inputs: "[{\\"type\\": \\"string\\", \\"name\\": \\"gr\\\\xF6\\\\xDFe\\"}]"\n';
  expect(readModel('m', text).inputs).toBeNull(); // \\x is not JSON's: the file says it, we do not guess.
  const folded = 'signature:\n  inputs: "[{\\"type\\": \\"long\\", \\"name\\":\\\n    \\ \\"a\\"}]"\n';
  expect(readModel('m', folded).inputs).toEqual([{ name: 'a', type: 'long', isRequired: true }]);
});

it('knows a model that was logged without a signature', () => {
  const model = readModel('model', 'flavors:\n  python_function:\n    loader_module: x\nsignature: null\n');
  expect([model.flavor, model.inputs, model.outputs, model.size, model.createdAt]).toEqual([
    'python_function',
    null,
    null,
    null,
    ''
  ]);
});

it('keeps nested types as they are said', () => {
  const text = `signature:\n  inputs: '[{"type": {"type": "array", "items": "double"}, "name": "x"}, {"type": "long"}, 7, null]'\n`;
  expect(readModel('m', text).inputs).toEqual([
    { name: 'x', type: '{"type":"array","items":"double"}', isRequired: true },
    { name: '', type: 'long', isRequired: true },
    { name: '', type: 'null', isRequired: true },
    { name: '', type: 'null', isRequired: true }
  ]);
});

it.each([
  '',
  'no yaml at all',
  '\u0000\u0001',
  'flavors: [',
  `signature:\n  inputs: '${'['.repeat(10_000)}'`
])('is not confused by %j', text => {
  expect(readModel('m', text)).toMatchObject({ path: 'm', flavor: '', inputs: null });
});

it('does not show a thousand columns too many', () => {
  const inputs = JSON.stringify(Array.from({ length: 5000 }, (_, n) => ({ type: 'long', name: `c${n}` })));
  expect(readModel('m', `signature:\n  inputs: '${inputs}'\n`).inputs).toHaveLength(1000);
});

it('looks for models only where MLflow puts them', () => {
  expect(mayHaveModels([entry('models'), entry('plots')])).toBe(true);
  expect(mayHaveModels([entry('model')])).toBe(true);
  expect(mayHaveModels([entry('models', 5), entry('plots'), entry('my-models')])).toBe(false);
});

it('finds the models of MLflow 3 and of MLflow 2', async () => {
  const folders: Readonly<Record<string, unknown>> = {
    models: [entry('models/m-1'), entry('models/m-2'), entry('models/readme.txt', 3)],
    'models/m-1': [entry('models/m-1/MLmodel', 500), entry('models/m-1/model.pkl', 5)],
    'models/m-2': [entry('models/m-2/MLmodel', 900_000_000)],
    model: [entry('model/MLmodel', 500), entry('model/data')],
    'model/data': [entry('model/data/weights', 5)]
  };
  const server = new FakeServer(({ path, query }: IAsked) =>
    path.endsWith('/content')
      ? new Response(SKLEARN)
      : { path: query.get('path'), entries: folders[query.get('path') ?? ''] }
  );
  const found = await findModels(
    server.api,
    runId(),
    [entry('models'), entry('model'), entry('x')],
    new AbortController().signal
  );
  expect(found.map(model => `${model.path} ${model.flavor}`).sort()).toEqual([
    'model sklearn',
    'models/m-1 sklearn'
  ]);
  expect(server.asked.filter(({ path }) => path.endsWith('/content'))).toHaveLength(2);
});
