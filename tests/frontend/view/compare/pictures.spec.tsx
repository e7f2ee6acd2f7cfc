import React from 'react';

import { IRunSummary } from '../../../../src/api/types';
import { comparisonAxes } from '../../../../src/model/comparisonFacts';
import { IPictureProps, ParallelAxes } from '../../../../src/view/compare/parallelAxes';
import { ScatterPlot } from '../../../../src/view/compare/scatterPlot';
import { run, runId } from '../../fakes';
import { IDrawn, draw, happened } from '../../render';
import { trans } from '../../runScene';

const RUNS = [
  run(1, { params: { lr: '0.1', kind: 'linear' }, metrics: { acc: 0.7, loss: 0.6 } }),
  run(2, { params: { lr: '0.01', kind: 'tree' }, metrics: { acc: 0.9, loss: 0.2 } }),
  run(3, { params: { lr: '0.001', kind: 'tree' }, metrics: { acc: 0.8 } })
];

/** A picture of runs, and which of them were opened from it. */
function picture(Picture: (props: IPictureProps) => JSX.Element, runs: readonly IRunSummary[] = RUNS) {
  const opened: string[] = [];
  const drawn = draw(
    <Picture
      runs={runs}
      places={runs.map((_, place) => place)}
      axes={comparisonAxes(runs)}
      open={id => opened.push(id)}
      trans={trans}
    />
  );
  return { drawn, opened };
}

/** What stands for each run in the picture, with what hovering says. */
function marks(drawn: IDrawn): readonly SVGElement[] {
  return [...drawn.node.querySelectorAll<SVGElement>('circle, path.mlops-Picture-line')];
}

function hints(drawn: IDrawn): readonly string[] {
  return marks(drawn).map(mark => mark.querySelector('title')?.textContent ?? '');
}

/** The runs that stand back because another one is looked at. */
function faint(drawn: IDrawn): readonly string[] {
  const back = marks(drawn).filter(mark => mark.classList.contains('mlops-mod-faint'));
  return back.map(mark => mark.querySelector('title')?.textContent?.split('\n')[0] ?? '');
}

function axes(drawn: IDrawn): readonly string[] {
  const names = drawn.node.querySelectorAll('.mlops-Picture-axis > .mlops-mod-param, .mlops-mod-metric');
  return [...names].map(name => name.querySelector('title')?.textContent ?? name.textContent ?? '');
}

async function choose(drawn: IDrawn, label: string, option: string): Promise<void> {
  const select = drawn.node.querySelector<HTMLSelectElement>(`select[aria-label="${label}"]`)!;
  await happened(() => {
    select.value = [...select.options].find(each => each.textContent === option)!.value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

/** React hears of the pointer's coming and going by what bubbles. */
async function pointer(element: Element, how: 'over' | 'out'): Promise<void> {
  await happened(() => element.dispatchEvent(new MouseEvent(`mouse${how}`, { bubbles: true })));
}

describe.each([
  ['dots', ScatterPlot],
  ['lines', ParallelAxes]
] as const)('a picture of %s', (_, Picture) => {
  it('lets the run stand out that the pointer is on, and all when it leaves', async () => {
    const { drawn } = picture(Picture);
    const mark = marks(drawn)[0]!;

    await pointer(mark, 'over');
    expect(faint(drawn)).not.toContain('run 1');
    expect(faint(drawn)).toHaveLength(marks(drawn).length - 1);

    await pointer(mark, 'out');
    expect(faint(drawn)).toEqual([]);
  });

  it('opens the run that is clicked', async () => {
    const { drawn, opened } = picture(Picture);
    await happened(() => marks(drawn)[1]!.dispatchEvent(new MouseEvent('click', { bubbles: true })));
    expect(opened).toEqual([runId(2)]);
  });

  it('lets a run stand out from its key, by the pointer as by the keyboard', async () => {
    const { drawn, opened } = picture(Picture);
    const button = drawn.one('button', 'run 2');

    await pointer(button, 'over');
    expect(faint(drawn)).not.toContain('run 2');
    await pointer(button, 'out');
    expect(faint(drawn)).toEqual([]);

    await happened(() => button.focus());
    expect(faint(drawn)).toContain('run 1');
    await happened(() => button.blur());
    expect(faint(drawn)).toEqual([]);

    await happened(() => button.click());
    expect(opened).toEqual([runId(2)]);
  });

  it('names its runs in the key, each as a way to open it', () => {
    const { drawn } = picture(Picture);
    const key = drawn.node.querySelector('ul[aria-label="Runs"]')!;
    const names = [...key.querySelectorAll('button')].map(each => [each.textContent, each.title]);
    expect(names).toEqual([1, 2, 3].map(n => [`run ${n}`, `Open run ${n}`]));
  });
});

describe('one against another', () => {
  it('begins with the first parameter and a metric, and draws what the user chooses instead', async () => {
    const { drawn } = picture(ScatterPlot);
    expect(drawn.one('img').getAttribute('aria-label')).toMatch(/^acc against lr;/);
    expect(hints(drawn)).toEqual([
      'run 1\nlr 0.1\nacc 0.7',
      'run 2\nlr 0.01\nacc 0.9',
      'run 3\nlr 0.001\nacc 0.8'
    ]);

    await choose(drawn, 'Across', 'kind');
    await choose(drawn, 'Up', 'lr');
    expect(drawn.one('img').getAttribute('aria-label')).toMatch(/^lr against kind;/);
    expect(hints(drawn)).toEqual([
      'run 1\nkind linear\nlr 0.1',
      'run 2\nkind tree\nlr 0.01',
      'run 3\nkind tree\nlr 0.001'
    ]);
  });

  it('leaves out a run that has no value, and keeps it in the key', async () => {
    const { drawn } = picture(ScatterPlot);
    await choose(drawn, 'Up', 'loss');
    expect(hints(drawn).map(hint => hint.split('\n')[0])).toEqual(['run 1', 'run 2']);
    expect(drawn.all('button', 'run 3')).toHaveLength(1);
  });

  it('stands higher and further to the right for more', async () => {
    const { drawn } = picture(ScatterPlot);
    const places = marks(drawn).map(mark => ['cx', 'cy'].map(name => Number(mark.getAttribute(name))));
    const [first, second, third] = places;
    expect(first![0]).toBeGreaterThan(second![0]!); // lr 0.1 and 0.01
    expect(second![0]).toBeGreaterThan(third![0]!);
    expect(second![1]).toBeLessThan(third![1]!); // acc 0.9 and 0.8; the page counts from above
    expect(third![1]).toBeLessThan(first![1]!);
  });

  it('tells by a hollow dot runs apart whose colours come round again', () => {
    const many = Array.from({ length: 24 }, (_, n) =>
      run(n + 1, { params: { lr: String(n) }, metrics: { acc: n / 24 } })
    );
    const { drawn } = picture(ScatterPlot, many);
    const looks = marks(drawn).map(
      mark => `${mark.getAttribute('stroke')} ${mark.getAttribute('fill') === 'none'}`
    );
    expect(new Set(looks.slice(0, 16)).size).toBe(16);
    expect(marks(drawn).some(mark => mark.getAttribute('fill') === 'none')).toBe(true);
  });
});

describe('parallel axes', () => {
  it('have one for each parameter and metric that tells the runs apart, and give one back that was left out', async () => {
    const { drawn } = picture(ParallelAxes);
    expect(axes(drawn)).toEqual(['lr', 'kind', 'acc', 'loss']);
    const box = () => [...drawn.node.querySelectorAll('label')].find(each => each.textContent === 'kind')!;

    await happened(() => box().querySelector('input')!.click());
    expect(axes(drawn)).toEqual(['lr', 'acc', 'loss']);
    await happened(() => box().querySelector('input')!.click());
    expect(axes(drawn)).toEqual(['lr', 'kind', 'acc', 'loss']);
  });

  it('cut a long name, which hovering says in full', () => {
    const name = 'learning_rate_of_the_second_head';
    const { drawn } = picture(
      ParallelAxes,
      [1, 2].map(n => run(n, { params: { [name]: String(n) }, metrics: {} }))
    );
    const head = drawn.node.querySelector('.mlops-Picture-axis > .mlops-mod-param')!;
    expect(head.firstChild!.textContent).toBe('learning_rate_of_…');
    expect(head.querySelector('title')!.textContent).toBe(name);
  });

  it('write of many words only so many that they can be read', () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      run(n + 1, { params: { kind: `kind ${n}` }, metrics: {} })
    );
    const { drawn } = picture(ParallelAxes, many);
    const ticks = drawn.node.querySelectorAll('.mlops-Picture-axis > text[text-anchor="end"]');
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(8);
  });

  it('leave out what only one of many runs has: it says little of the others', () => {
    const many = Array.from({ length: 10 }, (_, n) =>
      run(n + 1, { params: { lr: String(n), ...(n ? {} : { alone: '1' }) }, metrics: {} })
    );
    const { drawn } = picture(ParallelAxes, many);
    expect(axes(drawn)).toEqual(['lr']);
  });
});
