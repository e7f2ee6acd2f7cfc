import { Figure } from '../../../../src/api/types';
import { formatFigure, toNumber } from '../../../../src/model/format';
import {
  IEstimate,
  dotAndLine,
  estimateCell,
  formatCount,
  hasInterval,
  intervalLine,
  intervalText,
  valueText
} from '../../../../src/widgets/report/estimates';
import { signed } from '../../../../src/widgets/explanation/localChart';
import { scaleOf } from '../../../../src/widgets/report/scale';
import { ENGLISH } from '../../../../src/widgets/report/words';
import CASES from '../../reports/figure_texts.json';

const WHOLE: IEstimate = { value: 0.5, low: 0.25, high: 0.75 };
const BARE: IEstimate = { value: 0.5, low: NaN, high: NaN };
const NOTHING: IEstimate = { value: NaN, low: NaN, high: NaN };
const SCALE = scaleOf([0, 1]);

describe('an estimate in words', () => {
  it.each([
    [WHOLE, '0.5', true],
    [BARE, '0.5', false],
    [NOTHING, '–', false],
    [{ ...WHOLE, high: NaN }, '0.5', false],
    [{ ...WHOLE, value: Infinity }, '∞', true],
    [{ ...WHOLE, value: 1 / 3 }, '0.3333', true]
  ])('%j is %s', (estimate, said, isWithInterval) => {
    expect([valueText(estimate), hasInterval(estimate)]).toEqual([said, isWithInterval]);
  });

  it.each(CASES.intervals as [string, Figure, Figure, string][])(
    'says its interval with two digits %s',
    (_, low, high, said) => {
      expect(intervalText({ value: 0, low: toNumber(low), high: toNumber(high) }, ENGLISH)).toBe(said);
    }
  );

  it.each(CASES.figures as [Figure, string][])('%j is read %s, as the kernel writes it', (value, said) => {
    expect(formatFigure(value)).toBe(said);
  });

  it.each(CASES.steps as [number, string][])('a step of %d is %s', (value, said) => {
    expect(signed(value)).toBe(said);
  });

  it('is whole when the mouse rests on it', () => {
    const [bare, whole, none] = [BARE, { value: 1 / 3, low: 0.1, high: 0.7 }, NOTHING].map(each =>
      estimateCell(each, ENGLISH)
    );
    expect([bare!.title, bare!.textContent]).toEqual(['0.5', '0.5']);
    expect([whole!.title, whole!.textContent]).toEqual([
      '0.3333333333333333 (0.1 to 0.7)',
      '0.3333 (0.1 to 0.7)'
    ]);
    expect([none!.title, none!.textContent]).toEqual(['', '–']);
  });

  it('counts in thousands', () => {
    expect([0, 999, 3201, 1_000_000, 306.076].map(formatCount)).toEqual([
      '0',
      '999',
      '3,201',
      '1,000,000',
      '306'
    ]);
  });
});

describe('an estimate as a picture', () => {
  const places = (elements: readonly SVGElement[]) =>
    elements
      .flatMap(each => [...each.querySelectorAll('line')])
      .map(line => [line.getAttribute('x1'), line.getAttribute('x2')]);

  it('is a line with two ends, and a dot on it', () => {
    const parts = dotAndLine(WHOLE, SCALE, 10, 0, false);
    expect(parts.map(each => each.tagName)).toEqual(['g', 'svg']);
    expect(places(parts)).toEqual([
      ['26.5%', '73.5%'],
      ['26.5%', '26.5%'],
      ['73.5%', '73.5%']
    ]);
    expect([parts[1]!.getAttribute('x'), parts[1]!.getAttribute('y')]).toEqual(['50%', '10']);
  });

  it('is a dot alone without an interval, and nothing without a figure', () => {
    expect(dotAndLine(BARE, SCALE, 10, 0, false).map(each => each.tagName)).toEqual(['svg']);
    expect(dotAndLine(NOTHING, SCALE, 10, 0, false)).toEqual([]);
    expect(intervalLine({ ...WHOLE, low: -Infinity }, SCALE, 10)).toEqual([]);
  });

  it('has the colour of its model', () => {
    const [line, dot] = dotAndLine(WHOLE, SCALE, 10, 9, true);
    expect(line!.getAttribute('class')).toBe('mlops-Interval mlops-mod-series1');
    expect(dot!.firstElementChild!.getAttribute('class')).toBe(
      'mlops-Symbol mlops-mod-series1 mlops-mod-hollow'
    );
  });
});
