/** JupyterLab's renderer of reports: they are data, and are drawn the same in an untrusted notebook and without a kernel. */

import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { IModelFiles, IReportHost, IShownReport } from '../../widgets/report/host';
import { IWords } from '../../widgets/report/words';
import { KernelAsker } from './kernelAsker';
import { INotebooks } from './inNotebook';
import { NotebookCells } from './notebookCells';

/** Draws a report into a place. */
export type ShowReport = (place: HTMLElement, data: unknown, host: IReportHost) => IShownReport;

/** One output. */
export class ReportRenderer extends Widget implements IRenderMime.IRenderer {
  /** Show nothing before `renderModel`. */
  constructor(
    private readonly _mimeType: string,
    private readonly _show: ShowReport,
    private readonly _words: IWords,
    private readonly _notebooks: INotebooks | null,
    private readonly _filesAround: (element: Node) => IModelFiles
  ) {
    super();
    this.addClass('mlops-ReportRenderer');
  }

  /** Show an output's data. */
  async renderModel(output: IRenderMime.IMimeModel): Promise<void> {
    this._shown?.dispose();
    // What the user does not trust puts no code anywhere, and asks no kernel.
    this._asker?.dispose();
    const notebooks = output.trusted ? this._notebooks : null;
    this._cells = notebooks ? new NotebookCells(this.node, notebooks) : undefined;
    this._asker = notebooks ? new KernelAsker(this.node, notebooks) : undefined;
    const files = output.trusted ? this._filesAround(this.node) : undefined;
    const host: IReportHost = { words: this._words, cells: this._cells, asker: this._asker, files };
    this._shown = this._show(this.node, output.data[this._mimeType], host);
  }

  /** Take the report away. */
  override dispose(): void {
    this._shown?.dispose();
    this._shown = null;
    this._asker?.dispose();
    super.dispose();
  }

  /** Look in which notebook it stands. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._cells?.lookAgain();
    this._asker?.lookAgain();
  }

  private _cells: NotebookCells | undefined;
  private _asker: KernelAsker | undefined;
  private _shown: IShownReport | null = null;
}
