import { Cell, CodeCell } from '@jupyterlab/cells';
import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import { CARD_MIME } from '../../../src/api/guards';
import { CommandIDs } from '../../../src/commands';
import { cellToolbarPlugin } from '../../../src/plugins/cellToolbar';
import { rerunPlugin } from '../../../src/plugins/rerun';
import { Desk, FakeExplorer, said } from '../desk';
import { run, runId } from '../fakes';

/** A cell, as far as our plugins look at one. */
class FakeCell {
  readonly model;

  constructor(source: string, type = 'code', cards: readonly string[] = []) {
    let text = source;
    const data = cards.map(run_id => ({ data: { [CARD_MIME]: { version: 1, run_id, status: 'FINISHED' } } }));
    this.model = {
      type,
      sharedModel: { getSource: () => text, setSource: (other: string) => void (text = other) },
      outputs: { length: data.length, get: (index: number) => data[index] }
    };
  }

  get source(): string {
    return this.model.sharedModel.getSource();
  }

  /** For `instanceof CodeCell`. */
  get asCell(): Cell {
    return Object.setPrototypeOf(
      Object.defineProperty({}, 'model', { value: this.model }),
      CodeCell.prototype
    ) as Cell;
  }
}

/** A tracker of notebooks with one cell each, below one that is not code; the first is the one in use. */
class Notebooks {
  readonly activeCellChanged = new Signal<object, null>(this);
  readonly executed: string[] = [];
  readonly scrolled: number[] = [];
  readonly panels;

  constructor(readonly cells: readonly FakeCell[]) {
    this.panels = cells.map((cell, index) => ({
      id: `notebook-${index}`,
      content: {
        widgets: [null, cell.asCell],
        activeCell: cell.asCell,
        activeCellIndex: 0,
        scrollToItem: async (place: number) => void this.scrolled.push(place)
      },
      sessionContext: {
        session: {
          kernel: {
            requestExecute: ({ code }: { code: string }) => {
              this.executed.push(code);
              return { done: Promise.resolve() };
            }
          }
        }
      }
    }));
  }

  get currentWidget() {
    return this.panels[0] ?? null;
  }

  get activeCell() {
    return this.currentWidget?.content.activeCell ?? null;
  }

  filter(isIt: (panel: unknown) => boolean) {
    return this.panels.filter(isIt);
  }

  get asTracker(): INotebookTracker {
    return this as unknown as INotebookTracker;
  }
}

let ran: unknown[] = [];

beforeEach(() => {
  ran = [];
  jest.spyOn(NotebookActions, 'run').mockImplementation(async notebook => Boolean(ran.push(notebook)));
  jest
    .spyOn(NotebookActions, 'runCells')
    .mockImplementation(async (notebook, cells) => Boolean(ran.push([notebook, ...cells])));
  jest.spyOn(NotebookActions, 'insertBelow').mockImplementation(() => undefined);
});
afterEach(() => jest.restoreAllMocks());

describe('the button of a cell', () => {
  function begin(...cells: FakeCell[]): readonly [Desk, Notebooks] {
    const [desk, notebooks] = [new Desk(), new Notebooks(cells)];
    void cellToolbarPlugin.activate(desk.app, notebooks.asTracker, null, desk.commandPalette);
    return [desk, notebooks];
  }

  it('puts %%train on the cell, has the kernel know it, and runs the cell', async () => {
    const cell = new FakeCell('x = 1');
    const [desk, notebooks] = begin(cell);
    expect(desk.commands.caption(CommandIDs.runCellTracked)).toBe(
      'Run as tracked run: put %%train on this cell'
    );
    await desk.commands.execute(CommandIDs.runCellTracked);
    expect(cell.source).toBe('%%train\nx = 1');
    expect(notebooks.executed).toEqual(['%load_ext jupyter_mlops']);
    expect(ran).toEqual([notebooks.currentWidget!.content]);
  });

  it('runs a cell that has it as it is', async () => {
    const cell = new FakeCell('%%train wide -p lr=1\nx = 1');
    await begin(cell)[0].commands.execute(CommandIDs.runCellTracked);
    expect([cell.source, ran.length]).toEqual(['%%train wide -p lr=1\nx = 1', 1]);
  });

  it.each([
    [new FakeCell('%%bash\nls'), true],
    [new FakeCell(' \n'), true],
    [new FakeCell('# Title', 'markdown'), false]
  ])('cannot be used where it means nothing: %#', async (cell, isVisible) => {
    const [desk, notebooks] = begin(cell);
    expect(desk.commands.isEnabled(CommandIDs.runCellTracked)).toBe(false);
    expect(desk.commands.isVisible(CommandIDs.runCellTracked)).toBe(isVisible);
    await desk.commands.execute(CommandIDs.runCellTracked);
    expect([ran, notebooks.executed]).toEqual([[], []]);
  });

  it('is there, and dead, without a notebook', () => {
    const [desk] = begin();
    expect(desk.commands.isEnabled(CommandIDs.runCellTracked)).toBe(false);
    expect(desk.palette).toEqual([CommandIDs.runCellTracked]);
  });

  it('is looked at again with another cell', () => {
    const [desk, notebooks] = begin(new FakeCell('x'));
    let told = 0;
    desk.commands.commandChanged.connect(() => (told += 1));
    notebooks.activeCellChanged.emit(null);
    expect(told).toBe(1);
  });
});

describe('running again', () => {
  function begin(...cells: FakeCell[]): readonly [Desk, Notebooks, FakeExplorer] {
    const [desk, notebooks, explorer] = [new Desk(), new Notebooks(cells), new FakeExplorer()];
    void rerunPlugin.activate(desk.app, notebooks.asTracker, explorer, null);
    return [desk, notebooks, explorer];
  }

  it('runs the cell that shows the card, in whichever notebook it is', async () => {
    const [desk, notebooks] = begin(
      new FakeCell('a', 'code', [runId(7)]),
      new FakeCell('b', 'code', [runId(8), runId(9)])
    );
    await desk.commands.execute(CommandIDs.rerunRun, { runIds: [runId(9)] });
    const { content, id } = notebooks.panels[1]!;
    expect(desk.activated).toEqual([id]);
    expect(ran).toEqual([[content, content.widgets[1]]]);
    expect([content.activeCellIndex, notebooks.scrolled]).toEqual([1, [1]]);
    expect(notebooks.executed).toEqual(['%load_ext jupyter_mlops']);
  });

  it('writes a cell that repeats the run where no notebook shows it', async () => {
    const cell = new FakeCell('');
    const [desk, notebooks, explorer] = begin(cell);
    explorer.selected = [run(9)];
    await desk.commands.execute(CommandIDs.rerunRun);
    expect(cell.source).toBe(`%runs rerun ${runId(9)}`);
    expect(notebooks.executed).toEqual(['%load_ext jupyter_mlops']);
    expect(ran).toEqual([notebooks.currentWidget!.content]);
  });

  it('asks for a notebook where none is open', async () => {
    const [desk] = begin();
    await desk.commands.execute(CommandIDs.rerunRun, { runIds: [runId(9)] });
    expect(said()).toEqual(['warning: Open a notebook for the new run first.']);
    expect(ran).toEqual([]);
  });

  it.each([
    [[], false],
    [[run(1)], true],
    [[run(1), run(2)], false],
    [[run(1, { source: 'mlflow' })], false]
  ])('is offered for one run of ours: %#', (selected, isEnabled) => {
    const [desk, , explorer] = begin();
    explorer.selected = selected;
    expect(desk.commands.isEnabled(CommandIDs.rerunRun)).toBe(isEnabled);
  });

  it('takes no id that is none', async () => {
    const [desk] = begin(new FakeCell('a'));
    await desk.commands.execute(CommandIDs.rerunRun, { runIds: ['"; rm'] });
    expect(ran).toEqual([]);
  });
});
