/** Whether the notebook around a card still has its kernel. A run does not need it; the names that come back do. */

import { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { ISignal, Signal } from '@lumino/signaling';

/** What a card asks. */
export interface IKernels {
  /** A kernel has come or gone. */
  readonly changed: ISignal<IKernels, void>;
  /** Whether the notebook that an element stands in has lost its kernel. */
  isGone(element: Node): boolean;
}

/** The kernels of the notebooks that are open. */
export class NotebookKernels implements IKernels {
  /** Look at the notebooks of `tracker`, and at those that are opened later. */
  constructor(private readonly _tracker: INotebookTracker) {
    _tracker.forEach(panel => this._add(panel));
    _tracker.widgetAdded.connect((_, panel) => this._add(panel));
  }

  /** See `IKernels`. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** See `IKernels`. A kernel that only starts, or that is being restarted, is not gone. */
  isGone(element: Node): boolean {
    const panel = this._tracker.find(each => each.node.contains(element));
    if (!panel) {
      return false;
    }
    const { kernelDisplayStatus, hasNoKernel } = panel.sessionContext;
    return hasNoKernel || kernelDisplayStatus === 'dead' || kernelDisplayStatus === 'terminating';
  }

  private _add(panel: NotebookPanel): void {
    const tell = () => this._changed.emit();
    panel.sessionContext.statusChanged.connect(tell);
    panel.sessionContext.kernelChanged.connect(tell);
    panel.sessionContext.sessionChanged.connect(tell);
  }

  private readonly _changed = new Signal<this, void>(this);
}
