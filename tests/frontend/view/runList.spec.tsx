import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import React, { act } from 'react';

import { ExplorerModel } from '../../../src/model/explorer';
import { Explorer } from '../../../src/view/explorer';
import { FakeManager, FakeServer, page, run, runId, settle } from '../fakes';
import { IDrawn, draw, happened, press } from '../render';

const trans = nullTranslator.load('jupyter_mlops');
const NAME = 'gradient-boosting-baseline';

/** Nothing is laid out here: the list is told how wide it is. */
class Layout {
  static width = 0;
  private static readonly _tell = new Set<() => void>();
  private readonly _mine: () => void;

  constructor(tell: (entries: readonly object[]) => void) {
    this._mine = () => tell([{ contentRect: { width: Layout.width } }]);
  }

  static isWide(width: number): void {
    this.width = width;
    act(() => this._tell.forEach(tell => tell()));
  }

  observe(element: Element): void {
    if (element.matches('[role="treegrid"]')) {
      Layout._tell.add(this._mine);
    }
  }

  unobserve(): void {}

  disconnect(): void {
    Layout._tell.delete(this._mine);
  }
}

beforeEach(() => {
  Object.assign(globalThis, { ResizeObserver: Layout });
  Object.defineProperties(HTMLElement.prototype, {
    offsetHeight: { configurable: true, value: 480 },
    offsetWidth: { configurable: true, value: 300 },
    clientHeight: { configurable: true, value: 480 },
    scrollTo: { configurable: true, value: () => undefined }
  });
});

/** A sidebar's list of three runs, drawn so wide. */
async function sidebar(width: number): Promise<IDrawn> {
  const runs = [1, 2, 3].map(n => run(n, { name: `${NAME}-${n}`, spark: [3, 2, 1] }));
  const manager = new FakeManager(new FakeServer(() => page(runs)));
  const model = new ExplorerModel(manager, {
    groupBy: '',
    sort: { key: 'submitted_at', order: 'desc' },
    columns: ['age', 'duration', 'metric', 'spark'],
    archived: false
  });
  const commands = new CommandRegistry();
  const list = draw(<Explorer {...{ model, manager, commands, trans }} hasHeader={false} />);
  await happened(async () => {
    model.show();
    await settle();
  });
  await happened(settle);
  Layout.isWide(width);
  return list;
}

/** What the first run's line shows beside the name; a course is a picture. */
function facts(list: IDrawn): readonly string[] {
  const [, ...cells] = list.all('row')[0]!.querySelectorAll('[role="gridcell"]');
  return cells.map(cell => (cell.querySelector('svg') ? 'course' : (cell.textContent ?? '')));
}

function hint(list: IDrawn): readonly string[] {
  return list.all('row')[0]!.querySelector('bdi')!.title.split('\n');
}

describe('the sidebar’s list', () => {
  it('shows every column that was chosen, where there is room', async () => {
    const list = await sidebar(420);
    expect(facts(list).slice(1)).toEqual(['01:00', '0.9', 'course']);
    expect(facts(list)[0]).not.toBe('');
    expect(hint(list)).toEqual([`${NAME}-1`, runId(1)]);
  });

  it.each([
    [349, ['01:00', '0.9', 'course'], ['When']],
    [285, ['01:00', '0.9', 'course'], ['When']], // As the sidebar opens, beside a scroll bar.
    [250, ['01:00', '0.9'], ['When']],
    [220, ['0.9'], ['When', 'Time']]
  ])('gives the name its place at %d pixels, and says on hover what has gone', async (width, shown, gone) => {
    const list = await sidebar(width);
    expect(facts(list)).toEqual(shown);
    const told = hint(list).slice(1, -1);
    expect(told.map(each => each.split(': ')[0])).toEqual(gone);
    expect(told.every(each => /: .+/.test(each))).toBe(true);
  });

  it('follows the sidebar as it is drawn wider and narrower', async () => {
    const list = await sidebar(220);
    Layout.isWide(420);
    expect(facts(list)).toHaveLength(4);
    Layout.isWide(220);
    expect(facts(list)).toHaveLength(1);
  });

  it('opens the menu of the line that the keyboard is on, and gets the focus back', async () => {
    const list = await sidebar(420);
    const grid = list.one('treegrid', 'Runs');
    const menus: string[] = [];
    list.node.addEventListener('contextmenu', event => {
      menus.push((event.target as HTMLElement).dataset.runId ?? '');
      const menu = document.createElement('div');
      menu.className = 'lm-Menu';
      document.body.append(menu);
    });
    await happened(() => grid.focus());

    await press(grid, 'ArrowDown');
    await press(grid, 'F10', { shiftKey: true });
    expect(menus).toEqual([runId(2)]);

    // JupyterLab's menu takes the focus, and leaves it nowhere.
    grid.blur();
    document.querySelector('.lm-Menu')!.remove();
    await happened(settle);
    expect(document.activeElement).toBe(grid);
  });
});
