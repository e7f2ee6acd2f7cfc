import React from 'react';

import { ICurveLook } from '../../../../src/model/curves';
import { CurveChart } from '../../../../src/view/run/curveChart';
import { IDrawn, draw, happened } from '../../render';
import { trans } from '../../runScene';

type Range = (plot: object, low: number | null, high: number | null) => readonly [number, number];

interface IOptions {
  readonly width: number;
  readonly cursor: { readonly sync: { readonly key: string } };
  readonly scales: Record<'x' | 'y', { readonly range?: Range }>;
  readonly hooks: {
    readonly setCursor: ((plot: FakePlot) => void)[];
    readonly setScale: ((plot: FakePlot, key: string) => void)[];
  };
}

/** uPlot as far as a page without a canvas can have it. */
class FakePlot {
  static live: FakePlot[] = [];
  static made = 0;
  static rangeNum = jest.requireActual('uplot').rangeNum;
  readonly scales: { x: { min: number; max: number } };
  readonly cursor: { idx: number | null } = { idx: null };

  constructor(
    readonly options: IOptions,
    readonly data: readonly (readonly number[])[],
    readonly node: HTMLElement
  ) {
    FakePlot.live.push(this);
    FakePlot.made += 1;
    this.scales = { x: { min: this.xs[0] ?? 0, max: this.xs.at(-1) ?? 0 } };
  }

  static sync(key: string): { readonly plots: readonly FakePlot[] } {
    return { plots: FakePlot.live.filter(plot => plot.options.cursor.sync.key === key) };
  }

  get xs(): readonly number[] {
    return this.data[0] ?? [];
  }

  /** Zoom, as the pointer or a chart of the same group does. */
  setScale(_: 'x', range: { min: number; max: number }): void {
    Object.assign(this.scales.x, range);
    this.options.hooks.setScale.forEach(hook => hook(this, 'x'));
  }

  setData(): void {
    this.setScale('x', { min: this.xs[0] ?? 0, max: this.xs.at(-1) ?? 0 });
  }

  /** Move the pointer over a point, or away. */
  point(idx: number | null): void {
    this.cursor.idx = idx;
    this.options.hooks.setCursor.forEach(hook => hook(this));
  }

  setSize(): void {}

  destroy(): void {
    FakePlot.live = FakePlot.live.filter(plot => plot !== this);
  }
}

let isOffline = false;
jest.mock('../../../../src/view/run/uplot', () => {
  if (isOffline) {
    throw new Error('Loading chunk 915 failed.');
  }
  return jest.requireActual('../../../../src/view/run/uplot');
});
jest.mock('uplot', () => ({ __esModule: true, default: class {} }));
jest.mock('uplot/dist/uPlot.min.css', () => ({}), { virtual: true });

/** Everything is in sight here. */
class Seen {
  constructor(private readonly _tell: (entries: readonly object[]) => void) {}
  observe(): void {
    this._tell([{ isIntersecting: true }]);
  }
  disconnect(): void {}
}

const LOOK: ICurveLook = { axis: 'step', isLog: false, smoothing: 0 };
const CURVE = { runId: 'a', key: 'loss', xs: [0, 1, 2, 3], ys: [4, 3, 2, 1], total: 4 };
const points: (number | null)[] = [];

function Charts({
  look = LOOK,
  count = 1
}: {
  readonly look?: ICurveLook;
  readonly count?: number;
}): JSX.Element {
  return (
    <>
      {Array.from({ length: count }, (_, index) => (
        <CurveChart
          key={index}
          curves={[CURVE]}
          runs={RUNS}
          look={look}
          label={`chart ${index}`}
          trans={trans}
          group="g"
          onPoint={point}
        />
      ))}
    </>
  );
}

const RUNS = [{ runId: 'a', name: 'a', place: 0 }];
const point = (x: number | null) => void points.push(x);

async function open(element: JSX.Element): Promise<IDrawn> {
  const page = draw(element);
  await happened(async () => {
    await new Promise(resolve => setTimeout(resolve, 20));
  });
  return page;
}

beforeEach(() => {
  points.length = 0;
  FakePlot.made = 0;
  Object.assign(globalThis, { IntersectionObserver: Seen });
  Object.assign(jest.requireMock('uplot'), { default: FakePlot });
});

it('is drawn with its points, and called what it shows', async () => {
  const page = await open(<Charts />);
  expect(FakePlot.live.map(plot => plot.data)).toEqual([
    [
      [0, 1, 2, 3],
      [4, 3, 2, 1]
    ]
  ]);
  expect(page.one('img', 'chart 0')).toBe(FakePlot.live[0]!.node);
});

it('says that it cannot be drawn while the server gives no program for it, and tries again', async () => {
  isOffline = true;
  jest.resetModules();
  Object.assign(jest.requireMock('uplot'), { default: FakePlot });
  const page = await open(<Charts count={3} />);
  expect(page.all('alert').map(each => each.textContent)).toEqual(
    Array(3).fill(expect.stringContaining('could not be loaded'))
  );
  expect(FakePlot.live).toEqual([]);

  isOffline = false;
  await happened(async () => {
    page.all('button', 'Try again')[1]!.click();
    await new Promise(resolve => setTimeout(resolve, 20));
  });

  expect(page.all('alert')).toEqual([]);
  expect(FakePlot.live).toHaveLength(3);
});

it('tells the x under the pointer', async () => {
  await open(<Charts />);
  await happened(() => FakePlot.live[0]!.point(2));
  await happened(() => FakePlot.live[0]!.point(null));
  expect(points).toEqual([2, null]);
});

it('offers to show all points while it is zoomed, and only then', async () => {
  const page = await open(<Charts />);
  expect(page.all('button')).toEqual([]);
  await happened(() => FakePlot.live[0]!.setScale('x', { min: 1, max: 2 }));
  expect(page.all('button', 'Show all points')).toHaveLength(1);
  await happened(() => FakePlot.live[0]!.setData());
  expect(page.all('button')).toEqual([]);
});

it('ends the zoom of all charts that were zoomed together', async () => {
  const page = await open(<Charts count={3} />);
  await happened(() => FakePlot.live.forEach(plot => plot.setScale('x', { min: 1, max: 2 })));
  expect(page.all('button', 'Show all points')).toHaveLength(3);
  await happened(async () => {
    page.all('button', 'Show all points')[1]!.click();
    await new Promise(resolve => setTimeout(resolve, 20));
  });
  expect(page.all('button')).toEqual([]);
  expect(FakePlot.live.map(plot => plot.scales.x)).toEqual([0, 1, 2].map(() => ({ min: 0, max: 3 })));
});

it.each([
  ['values that are all zero', 0, 0, [-1, 1]],
  ['values that are all the same', 0.5, 0.5, [0, 1]],
  ['values that are all the same and below zero', -3, -3, [-6, 0]],
  ['values that differ', 10, 20, [9, 21]],
  ['nothing that can be drawn', null, null, [null, null]]
] as const)('shows %s in the middle', async (_, low, high, expected) => {
  await open(<Charts />);
  const [plot] = FakePlot.live;
  expect(plot!.options.scales.y.range?.(plot!, low, high)).toEqual(expected);
});

it.each([
  ['a single point in the middle, whatever uPlot asks for', [7], 0, 14, [6, 8]],
  ['a single point at zero too', [0], -0, 100, [-1, 1]],
  ['several points from the first to the last', [3, 5, 9], 3, 9, [3, 9]],
  ['a part of them where it is zoomed', [3, 5, 9], 4, 5, [4, 5]],
  ['nothing', [], null, null, [null, null]]
] as const)('has an x axis for %s', async (_, xs, low, high, expected) => {
  await open(<Charts />);
  const { range } = FakePlot.live[0]!.options.scales.x;
  expect(range?.({ data: [xs] }, low, high)).toEqual(expected);
});

it('leaves the axis of logarithms to uPlot', async () => {
  await open(<Charts look={{ ...LOOK, isLog: true }} />);
  expect(FakePlot.live[0]!.options.scales.y.range).toBeUndefined();
});

it('lets go of its canvas', async () => {
  const page = await open(<Charts count={2} />);
  expect(FakePlot.live).toHaveLength(2);
  page.end();
  expect(FakePlot.live).toEqual([]);
});
