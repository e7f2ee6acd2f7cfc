import { raised, scaleOf } from '../../../../src/widgets/report/scale';

describe('an axis', () => {
  it.each([
    [
      [0, 1],
      [0, 0.2, 0.4, 0.6, 0.8, 1]
    ],
    [
      [0.27, 0.56],
      [0.3, 0.4, 0.5]
    ],
    [
      [-3, 12],
      [0, 5, 10]
    ],
    [
      [1000, 1002],
      [1000, 1000.5, 1001, 1001.5, 1002]
    ],
    [
      [0, 3e-7],
      [0, 1e-7, 2e-7, 3e-7]
    ]
  ])('of %j has ticks at round numbers: %j', (values, ticks) => {
    expect(scaleOf(values).ticks).toEqual(ticks);
  });

  it('leaves room for a dot at both ends', () => {
    const scale = scaleOf([2, 4]);
    expect([2, 3, 4].map(value => scale.place(value))).toEqual([3, 50, 97]);
  });

  it('can stand above a foot', () => {
    const scale = raised(scaleOf([2, 4]), 20);
    expect([2, 3, 4, NaN].map(value => scale.place(value))).toEqual([22.4, 60, 97.6, null]);
    expect(scale.ticks).toEqual(scaleOf([2, 4]).ticks);
  });

  it('has no place for what is no number', () => {
    const scale = scaleOf([0, NaN, Infinity, 1]);
    expect([NaN, Infinity, -Infinity, 1].map(value => scale.place(value))).toEqual([null, null, null, 97]);
  });

  it.each([[[]], [[NaN]], [[5]], [[0, 0]], [[1, 1 + 1e-16]], [[1e-320, 2e-320]], [[-1.7e308, 1.7e308]]])(
    'of %j is an axis all the same',
    values => {
      const scale = scaleOf(values);
      expect(scale.ticks.length).toBeGreaterThan(0);
      expect(scale.ticks.length).toBeLessThan(13);
      for (const value of [...scale.ticks, ...values.filter(each => Math.abs(each) < 1e300)]) {
        expect(scale.place(value)).toBeGreaterThanOrEqual(0);
        expect(scale.place(value)).toBeLessThanOrEqual(100);
      }
    }
  );
});
