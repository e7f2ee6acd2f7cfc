/** Asks the kernel of the notebook that a report stands in, over a comm that is opened with the first question. */

import { Kernel } from '@jupyterlab/services';

import { IWhatIfAnswer, IWhatIfQuestion } from '../../api/types';
import { IAsker } from '../../widgets/report/host';
import { Answers } from './answers';
import { INotebooks } from './notebookCells';

/** The kernel's side is in Python's `magics`. */
const TARGET = 'jupyter-mlops.what-if';

/** See the module. */
export class KernelAsker implements IAsker {
  /** Look for the notebook around an element whenever it is asked for. */
  constructor(
    private readonly _element: Node,
    private readonly _around: INotebooks
  ) {}

  /** See `IAsker`. */
  get problem(): string {
    const { kernels, trans } = this._around;
    if (!this._session) {
      return trans.__('What-if needs the notebook that the report stands in.');
    }
    return kernels.isGone(this._element)
      ? trans.__('What-if needs the notebook’s kernel, which is gone. Start one, and run the cell again.')
      : '';
  }

  /** See `IAsker`. */
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

  /** See `IAsker`. */
  ask(question: IWhatIfQuestion): Promise<IWhatIfAnswer> {
    return this._answers.wait(question.request, () => void this._open().send({ ...question }));
  }

  /** Close the comm. */
  dispose(): void {
    const comm = this._comm;
    this._comm = null;
    this._answers.end('');
    if (comm && !comm.isDisposed && this._session?.session?.kernel) {
      comm.close();
    }
  }

  /** A restarted kernel has disposed of the comms that it had. */
  private _open(): Kernel.IComm {
    if (this._comm && !this._comm.isDisposed) {
      return this._comm;
    }
    const { trans } = this._around;
    const kernel = this._session?.session?.kernel;
    if (!kernel) {
      throw new Error(trans.__('The notebook has no kernel. Start one, and run the cell again.'));
    }
    const comm = (this._comm = kernel.createComm(TARGET));
    comm.onMsg = message => this._answers.take(message.content.data);
    comm.onClose = () => {
      this._comm = null;
      this._answers.end(trans.__('This kernel does not know the report. Run its cell again.'));
    };
    comm.open({});
    return comm;
  }

  private get _session() {
    return this._around.tracker.find(panel => panel.node.contains(this._element))?.sessionContext;
  }

  private _comm: Kernel.IComm | null = null;
  private readonly _answers = new Answers();
  private readonly _listeners = new Set<() => void>();
}
