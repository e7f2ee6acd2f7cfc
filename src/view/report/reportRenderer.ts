/** JupyterLab's renderer of reports: pure data, so that it draws the same in an untrusted notebook and without a kernel. */

import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { Widget } from '@lumino/widgets';

import { IReportHost, IShownReport } from '../../widgets/report/host';

/** Draws a report into a place. */
export type ShowReport = (place: HTMLElement, data: unknown, host: IReportHost) => IShownReport;

/** One output. */
export class ReportRenderer extends Widget implements IRenderMime.IRenderer {
  /** Show nothing before `renderModel`. */
  constructor(
    private readonly _mimeType: string,
    private readonly _show: ShowReport,
    private readonly _host: IReportHost
  ) {
    super();
    this.addClass('mlops-ReportRenderer');
  }

  /** Show an output's data. */
  async renderModel(output: IRenderMime.IMimeModel): Promise<void> {
    this._shown?.dispose();
    this._shown = this._show(this.node, output.data[this._mimeType], this._host);
  }

  /** Take the report away. */
  override dispose(): void {
    this._shown?.dispose();
    this._shown = null;
    super.dispose();
  }

  private _shown: IShownReport | null = null;
}
