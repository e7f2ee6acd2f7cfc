import React from 'react';
import uPlot from 'uplot';

import { CurvesModel } from '../../../../src/model/curves';
import { ICurvePlot, plotData, plotOptions, showAll } from '../../../../src/view/run/curvePlot';
import { CurvesView } from '../../../../src/view/run/curvesView';
import { runColour, runDash, runSwatch } from '../../../../src/view/run/colours';
import { FakeManager, FakeServer, IAsked, run, runId, settle, until } from '../../fakes';
import { IDrawn, draw, happened, type } from '../../render';
import { trans } from '../../runScene';
import { askedRun, detail, series } from '../../runStories';
import { RunStory } from './runStory';

/** Metrics of each run that its summary does not tell. */
const MORE = 240;

function answer(metrics: Readonly<Record<string, readonly (number | string)[]>>) {
  const last = Object.fromEntries(Object.entries(metrics).map(([key, values]) => [key, values.at(-1) ?? 0]));
  return (asked: IAsked) =>
    asked.path.endsWith('/metrics')
      ? {
          series: asked.query
            .getAll('key')
            .map(key => series(key, metrics[key] ?? [], { run_id: askedRun(asked) })),
          total: asked.query.getAll('key').length + MORE
        }
      : detail(run(asked.path.endsWith(runId(2)) ? 2 : 1, { metrics: last }));
}

class Story {
  readonly model: CurvesModel;
  readonly view: IDrawn;

  constructor(metrics: Readonly<Record<string, readonly (number | string)[]>>, ids = [runId(1), runId(2)]) {
    this.model = new CurvesModel(new FakeManager(new FakeServer(answer(metrics))), ids);
    this.view = draw(<CurvesView model={this.model} trans={trans} />);
  }

  static async open(...given: ConstructorParameters<typeof Story>): Promise<Story> {
    const story = new Story(...given);
    await happened(settle);
    return story;
  }

  get rows(): readonly (readonly string[])[] {
    return [...this.view.node.querySelectorAll('tr')].map(row =>
      [...row.children].map(cell => cell.textContent ?? '')
    );
  }
}

it('has a table of figures under every chart, for those who do not see it', async () => {
  const story = await Story.open({ loss: [3, 1, 'NaN', 2] });
  expect(story.rows).toEqual([
    ['Run', 'Last', 'Least', 'Greatest', 'Points'],
    ['run 1', '2', '1', '3', '4 ⚠'],
    ['run 2', '2', '1', '3', '4 ⚠']
  ]);
  expect(story.view.one('img').getAttribute('aria-label')).toBe(
    'Course of loss. Its figures are in the table below.'
  );
});

it('is looked at otherwise: logarithmic, smoothed, by time', async () => {
  const story = await Story.open({ loss: [3, 1, 2] });
  const [logarithmic, smoothing] = ['checkbox', 'range'].map(kind =>
    story.view.node.querySelector<HTMLInputElement>(`input[type=${kind}]`)!
  );
  await happened(() => logarithmic!.click());
  await type(smoothing!, '0.5');
  await happened(() => {
    const select = story.view.node.querySelector('select')!;
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(select, 'elapsed');
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  expect(story.model.look).toEqual({ axis: 'elapsed', isLog: true, smoothing: 0.5 });
  expect(story.view.text).toContain('0.50');
});

it('says what a logarithm leaves out', async () => {
  const story = await Story.open({ loss: [3, 1, 0, 2], acc: [0.1, 'NaN', 0.9] }, [runId(1)]);
  const captions = () => [...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent);
  expect(captions()).toEqual(['loss', 'acc']);
  await happened(() => story.model.setLook({ isLog: true }));
  expect(captions()).toEqual(['lossA logarithm has no place for 0 and less: such points are holes.', 'acc']);
});

it('finds a metric among many, and has no field for few', async () => {
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`metric-${n}`, [1, 2]]));
  const story = await Story.open(many, [runId(1)]);
  await type(story.view.node.querySelector('input[type=search]')!, 'METRIC-11');
  expect([...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent)).toEqual([
    'metric-11'
  ]);
  const few = await Story.open({ loss: [1] }, [runId(1)]);
  expect(few.view.node.querySelector('input[type=search]')).toBeNull();
});

it('finds a metric that is not among the first, and says so where there is none', async () => {
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`metric-${n}`, [1, 2]]));
  const story = await Story.open(many, [runId(1)]);
  const names = () => [...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent);
  const field = story.view.node.querySelector<HTMLInputElement>('input[type=search]')!;
  expect([names().length, names().includes('metric-149')]).toEqual([100, false]);
  await type(field, 'Metric-149');
  expect(story.view.text).toContain('Reading the curves…');
  await happened(() => until(() => story.model.keys.includes('metric-149')));
  expect(names()).toEqual(['metric-149']);
  await type(field, 'nothing');
  expect(story.view.text).toContain('No metric has “nothing” in its name.');
});

it('says how many metrics have no curve here, and where they have one', async () => {
  const story = await Story.open({ loss: [1, 2] });
  expect(story.view.all('status').map(each => each.textContent)).toEqual([
    '240 more metrics are not drawn. Find them by their names, or look at all in TensorBoard.'
  ]);
  await happened(() => [runId(1), runId(2)].forEach(id => story.model.remove(id)));
  expect(story.view.all('status').map(each => each.textContent)).not.toContain('240');
});

it('says how to log a metric where there is none', async () => {
  const story = await Story.open({});
  expect(story.view.one('status').textContent).toContain('mlflow.log_metric("loss", value, step=step)');
});

it('lays other runs of the experiment over, and takes them away', async () => {
  const story = await RunStory.open(detail(run()), {
    tab: 'metrics',
    answer: ({ path }) =>
      path === 'runs'
        ? { runs: [run(1), run(2), run(3, { metrics: {} })], total: 3, offset: 0, cursor: 1 }
        : undefined
  });
  const select = story.view.node.querySelector<HTMLSelectElement>(
    'select[aria-label="Lay another run over"]'
  )!;
  expect([...select.options].map(option => option.textContent)).toEqual([
    'Lay another run over…',
    'run 2 (00000000)'
  ]);
  await happened(() => {
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(select, runId(2));
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await story.settle();
  expect(story.model.curves.runs.map(each => each.runId)).toEqual([runId(1), runId(2)]);
  await happened(() => story.view.node.querySelector<HTMLElement>('[title^="Take "]')!.click());
  expect(story.model.curves.runs.map(each => each.runId)).toEqual([runId(1)]);
});

it('shows the machine apart from the model', async () => {
  const story = await RunStory.open(detail(run(1, { metrics: { loss: 1, 'system/cpu': 2 } })), {
    tab: 'metrics'
  });
  expect([...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent)).toEqual(['loss']);
  await story.show('system');
  expect([...story.view.node.querySelectorAll('figcaption')].map(each => each.textContent)).toEqual([
    'system/cpu'
  ]);
});

it('shows all points again in every chart that moved together', () => {
  const set: unknown[] = [];
  const chart = (data: unknown) => ({ data, setData: (...given: unknown[]) => set.push(given) }) as never;
  showAll([chart('a'), chart('b')]);
  expect(set).toEqual([
    ['a', true],
    ['b', true]
  ]);
});

describe('what uPlot is told', () => {
  const curve = (id: string, ys: readonly number[]) => ({
    runId: id,
    key: 'm',
    xs: ys.map((_, x) => x),
    ys,
    total: ys.length
  });
  const plot = (change: Partial<ICurvePlot> = {}): ICurvePlot => ({
    curves: [curve('a', [1, 2]), curve('b', [3, NaN])],
    runs: [
      { runId: 'a', name: 'a', place: 0 },
      { runId: 'b', name: 'b', place: 11 }
    ],
    look: { axis: 'step', isLog: false, smoothing: 0 },
    group: 'g',
    onPoint: () => undefined,
    onZoom: () => undefined,
    ...change
  });
  const told = (change?: Partial<ICurvePlot>) => plotOptions(plot(change), document.body, uPlot);

  it('are the columns, and each run in its colour and dash', () => {
    expect(plotData(plot())).toEqual([
      [0, 1],
      [1, 2],
      [3, null]
    ]);
    expect(
      told()
        .series.slice(1)
        .map(({ stroke, dash }) => [stroke, dash])
    ).toEqual([
      [runColour(0), undefined],
      [runColour(1), [6, 4]]
    ]);
    expect(runDash(11)).toEqual([6, 4]);
  });

  it('is each curve twice when it is smoothed: faint as it was logged, and over it the average', () => {
    const look = { axis: 'step', isLog: false, smoothing: 0.5 } as const;
    expect(plotData(plot({ look }))).toHaveLength(5);
    expect(
      told({ look })
        .series.slice(1)
        .map(({ stroke }) => String(stroke).length)
    ).toEqual([9, 9, 7, 7]);
  });

  it('has whole steps on its axis, and whatever fits of seconds', () => {
    const between = (axis: 'step' | 'elapsed' | 'time') =>
      told({ look: { axis, isLog: false, smoothing: 0 } }).axes?.[0]?.incrs;
    const steps = between('step') as readonly number[];
    expect(steps.slice(0, 5)).toEqual([1, 2, 5, 10, 20]);
    expect(steps.every(Number.isSafeInteger)).toBe(true);
    expect([between('elapsed'), between('time')]).toEqual([undefined, undefined]);
  });

  it('is to show single points, and thin lines where there are more points than pixels', () => {
    const one = told({ curves: [curve('a', [1])] }).series[1]!;
    const many = told({
      curves: [
        curve(
          'a',
          Array.from({ length: 20_000 }, (_, x) => x)
        )
      ]
    }).series[1]!;
    expect([one.points?.show, one.width, many.points?.show, many.width]).toEqual([true, 1.5, false, 1]);
  });

  it('is the clock, the logarithm, and durations on the axis, as they are wanted', () => {
    expect(told({ look: { axis: 'time', isLog: true, smoothing: 0 } }).scales).toMatchObject({
      x: { time: true },
      y: { distr: 3 }
    });
    const { axes } = told({ look: { axis: 'elapsed', isLog: false, smoothing: 0 } });
    const values = axes![0]!.values as unknown as (plot: unknown, splits: number[]) => string[];
    expect(values(null, [0, 75])).toEqual(['00:00', '01:15']);
  });

  it('is to tell the point under the pointer, and whether part of it is shown', () => {
    const heard: unknown[] = [];
    const { hooks } = told({ onPoint: x => heard.push(x), onZoom: is => heard.push(is) });
    const at = (idx: number | null, min = 10, max = 20) =>
      ({ cursor: { idx }, data: [[10, 15, 20]], scales: { x: { min, max } } }) as never;
    hooks!.setCursor![0]!(at(2));
    hooks!.setCursor![0]!(at(null));
    hooks!.setScale![0]!(at(null, 12, 15), 'x');
    hooks!.setScale![0]!(at(null, 12, 15), 'y');
    hooks!.setScale![0]!(at(null), 'x');
    expect(heard).toEqual([20, null, true, false]);
  });
});

it('tells runs apart beyond the tenth: colours come again, then dashed', () => {
  expect(new Set(Array.from({ length: 10 }, (_, place) => runColour(place))).size).toBe(10);
  expect([runColour(10), runDash(9), runDash(10)]).toEqual([runColour(0), undefined, [6, 4]]);
  expect([runSwatch(0), runSwatch(10)]).toEqual([
    runColour(0),
    `repeating-linear-gradient(90deg, ${runColour(0)} 0 4px, transparent 4px 6px)`
  ]);
});
