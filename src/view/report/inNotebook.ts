/** What a report needs of the notebook that it stands in: which one, whether its kernel is there, and when that changes. */

import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { TranslationBundle } from '@jupyterlab/translation';

import { IKernels } from '../../model/kernels';

/** The notebooks that are open, and their kernels. */
export interface INotebooks {
  readonly tracker: INotebookTracker;
  readonly kernels: IKernels;
  readonly trans: TranslationBundle;
}

/** See the module. Looks for the notebook around an element whenever it is asked for. */
export class InNotebook {
  /** Say `absent` where there is no notebook, `gone` where it has no kernel. */
  constructor(
    private readonly _element: Node,
    protected readonly _around: INotebooks,
    private readonly _absent: string,
    private readonly _gone: string
  ) {}

  /** Why nothing can be done with it now; empty where something can. */
  get problem(): string {
    if (!this._panel) {
      return this._absent;
    }
    return this._around.kernels.isGone(this._element) ? this._gone : '';
  }

  /** Tell a listener when that may have changed; returns what ends it. */
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

  /** Which of the notebook's cells the element stands in; less than 0 in none. */
  protected get _index(): number {
    return this._panel?.content.widgets.findIndex(cell => cell.node.contains(this._element)) ?? -1;
  }

  protected get _panel(): NotebookPanel | undefined {
    return this._around.tracker.find(panel => panel.node.contains(this._element));
  }

  private readonly _listeners = new Set<() => void>();
}
