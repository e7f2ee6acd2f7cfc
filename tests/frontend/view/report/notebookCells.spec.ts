import { INotebookTracker, NotebookActions } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';

import { IKernels } from '../../../../src/model/kernels';
import { NotebookCells } from '../../../../src/view/report/notebookCells';

const trans = nullTranslator.load('jupyter_mlops');

class Kernels implements IKernels {
  readonly changed: Signal<IKernels, void> = new Signal(this);
  gone = false;

  isGone(): boolean {
    return this.gone;
  }
}

/** A notebook of two cells, with an output in the second. */
class Story {
  readonly kernels = new Kernels();
  readonly output = document.createElement('div');
  readonly node = document.createElement('div');
  readonly done: string[] = [];
  readonly context: { session?: unknown } = {};
  readonly panel;
  readonly cells: NotebookCells;

  constructor() {
    const widgets = ['first', 'second', 'third'].map(source => this.cell(source));
    this.node.append(...widgets.map(each => each.node));
    widgets[1]!.node.append(this.output);
    const setSource = (text: string) => this.done.push(`write ${text}`);
    this.panel = {
      node: this.node,
      sessionContext: this.context,
      content: { widgets, activeCellIndex: 0, activeCell: { model: { sharedModel: { setSource } } } }
    };
    const find = (wanted: (panel: unknown) => boolean) => [this.panel].find(wanted);
    const tracker = { find } as unknown as INotebookTracker;
    this.cells = new NotebookCells(this.output, { tracker, kernels: this.kernels, trans });
    const insert = (source: string, at: number) =>
      this.panel.content.widgets.splice(at, 0, this.cell(source));
    jest.spyOn(NotebookActions, 'insertBelow').mockImplementation(() => {
      this.done.push(`insert below ${this.panel.content.activeCellIndex}`);
      insert('', 2);
    });
    jest.spyOn(NotebookActions, 'run').mockImplementation(async () => {
      this.done.push('run');
      if (this.writes) {
        insert(this.writes, 3);
      }
      return true;
    });
    jest.spyOn(NotebookActions, 'runCells').mockImplementation(async (_, cells) => {
      this.done.push(`run ${cells.map(each => each.model.sharedModel.getSource()).join()}`);
      return true;
    });
  }

  cell(source: string) {
    return { node: document.createElement('div'), model: { sharedModel: { getSource: () => source } } };
  }

  /** Have a kernel that answers so; what it is asked is kept. */
  answers(asked: unknown[], content: unknown): void {
    const requestExecute = (request: unknown) => {
      asked.push(request);
      return { done: Promise.resolve({ content }) };
    };
    this.context.session = { kernel: { requestExecute } };
  }

  /** The next cell, that the kernel writes. */
  writes = '';
}

/** An expression's value, as a kernel tells it. */
const text = (plain: string) => ({ status: 'ok', data: { 'text/plain': plain }, metadata: {} });

/** An expression that had none. */
const FAILED = { status: 'error', ename: 'AttributeError', evalue: 'no __self__', traceback: [] };

afterEach(() => jest.restoreAllMocks());

it('puts code below the cell that the report stands in, and runs it', async () => {
  const story = new Story();
  await story.cells.run('%fairness best', '%fairness both');
  expect(story.done).toEqual(['insert below 1', 'write %fairness best', 'run']);
});

it('runs the run that the code writes and what comes after, and no cell that was there', async () => {
  const story = new Story();
  story.writes = '%%train mitigated';
  await story.cells.run('%fairness best', '%fairness both');
  expect(story.done.slice(2)).toEqual([
    ...['run', 'run %%train mitigated'],
    ...['insert below 3', 'write %fairness both', 'run']
  ]);
  const other = new Story();
  other.writes = 'print(1)';
  await other.cells.run('%fairness best', '%fairness both');
  expect(other.done.slice(2)).toEqual(['run']);
});

it('does nothing where the report stands in no notebook, and says so', async () => {
  const story = new Story();
  story.output.remove();
  await story.cells.run('%fairness best', '%fairness both');
  expect(story.done).toEqual([]);
  expect(story.cells.problem).toBe('Mitigating needs the notebook that the report stands in.');
});

it('looks what the kernel has, in silence, and knows names of every script', async () => {
  const story = new Story();
  const asked: unknown[] = [];
  story.answers(asked, {
    status: 'ok',
    user_expressions: { missing: text("'größe,Xte'"), owed: FAILED, magic: text('False') }
  });
  expect(await story.cells.look(['wide', 'größe', 'Xte'])).toEqual({
    isLoaded: false,
    missing: ['größe', 'Xte']
  });
  expect(asked).toEqual([
    {
      code: '',
      silent: true,
      store_history: false,
      user_expressions: {
        missing: `','.join(name for name in ["wide","größe","Xte"] if name not in globals())`,
        owed: "','.join(get_ipython().find_line_magic('fairness').__self__.owed)",
        magic: "get_ipython().find_line_magic('fairness') is not None"
      }
    }
  ]);
});

it.each([
  ["''", "''", []],
  ["'wide'", "'deep,wide'", []],
  ["'wide,Xte'", "'wide'", ['Xte']]
])('takes a name that a run will give for there: missing %s, owed %s', async (missing, owed, told) => {
  const story = new Story();
  const user_expressions = { missing: text(missing), owed: text(owed), magic: text('True') };
  story.answers([], { status: 'ok', user_expressions });
  expect(await story.cells.look(['wide', 'Xte'])).toEqual({ isLoaded: true, missing: told });
});

it.each([
  ['is dying', { status: 'abort' }],
  ['is gone', null]
])('says that a kernel which %s did not say what it has', async (_, told) => {
  const story = new Story();
  if (told) {
    story.answers([], told);
  }
  await expect(story.cells.look(['wide'])).rejects.toThrow('The kernel did not say what it has.');
});

it('says whether the kernel is there', () => {
  const story = new Story();
  expect(story.cells.problem).toBe('');
  story.kernels.gone = true;
  expect(story.cells.problem).toBe('Mitigating needs the notebook’s kernel, which is gone. Start one.');
});

it('tells of kernels that come and go, and of another place, until nobody listens', () => {
  const story = new Story();
  const heard = jest.fn();
  const end = story.cells.subscribe(heard);
  story.kernels.changed.emit();
  story.cells.lookAgain();
  expect(heard).toHaveBeenCalledTimes(2);
  end();
  story.kernels.changed.emit();
  story.cells.lookAgain();
  expect(heard).toHaveBeenCalledTimes(2);
});
