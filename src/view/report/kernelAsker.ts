/** Asks the kernel of the notebook that a report stands in, over a comm that is opened with the first question. */

import { Kernel } from '@jupyterlab/services';

import { IWhatIfAnswer, IWhatIfQuestion } from '../../api/types';
import { Answers } from '../../widgets/report/answers';
import { IAsker } from '../../widgets/report/host';
import { INotebooks, InNotebook } from './inNotebook';

/** The kernel's side is in Python's `magics`. */
const TARGET = 'jupyter-mlops.what-if';

/** See the module. */
export class KernelAsker extends InNotebook implements IAsker {
  /** Ask the kernel of the notebook around an element. */
  constructor(element: Node, around: INotebooks) {
    const { trans } = around;
    super(
      element,
      around,
      trans.__('What-if needs the notebook that the report stands in.'),
      trans.__('What-if needs the notebook’s kernel, which is gone. Start one, and run the cell again.')
    );
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
    if (comm && !comm.isDisposed && this._kernel) {
      comm.close();
    }
  }

  /** A restarted kernel has disposed of the comms that it had. */
  private _open(): Kernel.IComm {
    if (this._comm && !this._comm.isDisposed) {
      return this._comm;
    }
    const { trans } = this._around;
    const kernel = this._kernel;
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

  private get _kernel() {
    return this._panel?.sessionContext.session?.kernel;
  }

  private _comm: Kernel.IComm | null = null;
  private readonly _answers = new Answers();
}
