import { Eta } from '../../../src/model/eta';
import { run } from '../fakes';

const START = Date.parse('2026-11-21T12:00:00Z');

/** The guess, in seconds after the start, once a bar has stood at each place. */
function left(...stands: readonly (readonly [seconds: number, done: number])[]): number | null {
  const eta = new Eta();
  stands.forEach(([seconds, done]) => eta.update(going(done), START + 1000 * seconds));
  return eta.secondsLeft(START + 1000 * (stands[stands.length - 1]?.[0] ?? 0));
}

function going(done: number) {
  return run(1, {
    status: 'RUNNING',
    started_at: '2026-11-21T12:00:00Z',
    progress: { label: '', done, total: 20 }
  });
}

it('goes on as fast as it went', () => {
  expect(left([10, 5])).toBe(30);
});

it('leaves the start out, once the loop has shown its own pace', () => {
  expect(left([10, 5], [30, 10])).toBe(40);
  expect(left([10, 5], [12, 6])).toBe(28);
});

it('counts down while the bar stands still, and claims nothing once it was too short', () => {
  expect(left([10, 5], [20, 5])).toBe(20);
  expect(left([10, 5], [50, 5])).toBeNull();
});

it.each([[[[10, 0]]], [[[10, 20]]], [[[1, 5]]]] as const)(
  'knows nothing before the loop has shown its pace, or when it is over: %j',
  stands => {
    expect(left(...stands)).toBeNull();
  }
);

it('knows nothing of a run without a bar, of one that waits, and of one that has ended', () => {
  const eta = new Eta();
  const now = START + 10_000;
  for (const other of [
    { ...going(5), progress: null },
    run(1, { status: 'SCHEDULED', started_at: '', duration_s: null }),
    run(1)
  ]) {
    eta.update(going(5), now);
    eta.update(other, now);
    expect(eta.secondsLeft(now)).toBeNull();
  }
});
