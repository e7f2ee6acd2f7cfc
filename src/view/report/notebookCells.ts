/** Puts code into the notebook that a report stands in, where its reader sees it, and runs it there. */

import { INotebookTracker, NotebookActions, NotebookPanel } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { IKernels } from '../../model/kernels';
import { ICells } from '../../widgets/report/host';

/** The notebooks that are open, and their kernels. */
export interface INotebooks {
  readonly tracker: INotebookTracker;
  readonly kernels: IKernels;
  readonly trans: TranslationBundle;
}

/** See the module. */
export class NotebookCells implements ICells {
  /** Look for the notebook around an element whenever it is asked for. */
  constructor(
    private readonly _element: Node,
    private readonly _around: INotebooks
  ) {}

  /** See `ICells`. */
  get problem(): string {
    const { kernels, trans } = this._around;
    if (!this._panel) {
      return trans.__('Mitigating needs the notebook that the report stands in.');
    }
    return kernels.isGone(this._element)
      ? trans.__('Mitigating needs the notebook’s kernel, which is gone. Start one.')
      : '';
  }

  /** See `ICells`. */
  subscribe(listener: () => void): () => void {
    const { kernels } = this._around;
    this._listeners.add(listener);
    kernels.changed.connect(listener);
    return () => {
      this._listeners.delete(listener);
      kernels.changed.disconnect(listener);
    };
  }

  /** The element stands somewhere else now. */
  lookAgain(): void {
    this._listeners.forEach(listener => listener());
  }

  /** See `ICells`. */
  async run(code: string, after: string): Promise<void> {
    const panel = this._panel;
    const index = panel?.content.widgets.findIndex(cell => cell.node.contains(this._element)) ?? -1;
    if (!panel || index < 0) {
      return;
    }
    const count = panel.content.widgets.length + 1;
    await runBelow(panel, index, code);
    const written = panel.content.widgets[index + 2];
    const isNew = panel.content.widgets.length > count;
    if (isNew && written?.model.sharedModel.getSource().startsWith('%%train ')) {
      await NotebookActions.runCells(panel.content, [written], panel.sessionContext);
      await runBelow(panel, index + 2, after);
    }
  }

  private get _panel(): NotebookPanel | undefined {
    return this._around.tracker.find(panel => panel.node.contains(this._element));
  }

  private readonly _listeners = new Set<() => void>();
}

async function runBelow(panel: NotebookPanel, index: number, code: string): Promise<void> {
  panel.content.activeCellIndex = index;
  NotebookActions.insertBelow(panel.content);
  panel.content.activeCell?.model.sharedModel.setSource(code);
  await NotebookActions.run(panel.content, panel.sessionContext);
}
