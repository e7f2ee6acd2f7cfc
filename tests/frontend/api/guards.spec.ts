import { isRunId, own, readCard, readLiveMessage } from '../../../src/api/guards';
import { run, runId } from '../fakes';

const CARD = {
  version: 1,
  run_id: runId(1),
  name: 'baseline',
  status: 'SCHEDULED',
  submitted_at: '2026-11-21T12:00:00+00:00',
  pending: ['model'],
  travels: ['X', 'y']
};

describe('a card out of a notebook', () => {
  it('is read when it is one', () => {
    const { version, ...rest } = CARD;
    expect(version).toBe(1);
    expect(readCard(CARD)).toEqual(rest);
  });

  it.each([
    ['no object', '<img src=x onerror=alert(1)>'],
    ['a list', [CARD]],
    ['nothing', null],
    ['another version', { ...CARD, version: 2 }],
    ['no id', { ...CARD, run_id: '../../etc/passwd' }],
    ['an id that is too long', { ...CARD, run_id: 'a'.repeat(10_000) }],
    ['a state that there is not', { ...CARD, status: 'DONE' }],
    ['50 MB', { ...CARD, extra: 'x'.repeat(50_000_000) }],
    ['a million names', { ...CARD, pending: Array(1_000_000).fill('xy') }],
    ['a few names of a megabyte', { ...CARD, travels: Array(3).fill('x'.repeat(1_000_000)) }],
    ['large in what nobody asks for', { ...CARD, extra: { deep: { deeper: ['x'.repeat(3_000_000)] } } }],
    ['a key of three megabytes', { ...CARD, ['k'.repeat(3_000_000)]: 1 }]
  ])('is none when it is %s (B24, B25)', (_, data) => {
    expect(readCard(data)).toBeNull();
  });

  it('loses what is of another kind, and is cut where it is too long', () => {
    const card = readCard({
      ...CARD,
      name: 'n'.repeat(1000),
      submitted_at: { toString: 'x' },
      pending: 'model',
      travels: [...Array(1000).keys()].map(String).concat([7 as unknown as string])
    });
    expect(card?.name).toHaveLength(250);
    expect(card?.submitted_at).toBe('');
    expect(card?.pending).toEqual([]);
    expect(card?.travels).toHaveLength(100);
  });

  it('does not take keys from the prototype', () => {
    expect(readCard(JSON.parse('{"__proto__": {"version": 1}}'))).toBeNull();
  });
});

describe('a message of the live socket', () => {
  it.each([
    [{ run: run(1) }, { kind: 'run', run: run(1) }],
    [
      { skipped: runId(2), start: 3, end: 9 },
      { kind: 'skipped', runId: runId(2), start: 3, end: 9 }
    ],
    [{ gone: runId(2) }, { kind: 'gone', runId: runId(2) }],
    [{ changed: { home_id: 'h', cursor: 4 } }, { kind: 'changed', homeId: 'h', cursor: 4 }]
  ])('is understood: %j', (message, meaning) => {
    expect(readLiveMessage(JSON.stringify(message))).toEqual(meaning);
  });

  it.each([
    '',
    'no json',
    '[]',
    'null',
    '{"run": {"run_id": 3}}',
    '{"gone": "x"}',
    '{"changed": 1}',
    '{"later": 1}'
  ])('is dropped when it means nothing here: %s', text => expect(readLiveMessage(text)).toBeNull());
});

it('takes only own keys for metrics and parameters (B6)', () => {
  const metrics = JSON.parse('{"acc": 0.5, "__proto__": 1}') as Record<string, number>;
  expect(own(metrics, 'acc')).toBe(0.5);
  expect(own(metrics, '__proto__')).toBe(1);
  expect(own(metrics, 'toString')).toBeUndefined();
  expect(own(metrics, 'constructor')).toBeUndefined();
});

it.each([
  [runId(1), true],
  [runId(1).toUpperCase().replace('1', 'A'), false],
  ['abc', false],
  [`${runId(1)}\n`, false],
  [undefined, false]
])('knows an id of a run: %j', (text, is) => {
  expect(isRunId(text)).toBe(is);
});
