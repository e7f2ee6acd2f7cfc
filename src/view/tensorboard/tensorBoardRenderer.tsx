/** JupyterLab's renderer of `%tensorboard`: in a trusted notebook it opens the TensorBoard, in another it says so. */

import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';

import { ITensorBoardCell, TENSORBOARD_MIME, readTensorBoardCell } from '../../api/tensorBoard';
import { IOpenTensorBoard } from '../../api/types';
import { TensorBoardWidget } from './tensorBoardWidget';

/** What a renderer needs to know of its surroundings. */
export interface ITensorBoardSurroundings {
  /** Make a widget that opens a TensorBoard. */
  readonly create: (wish: IOpenTensorBoard) => TensorBoardWidget;
  /** Show the same in a tab. */
  readonly openInTab: (cell: ITensorBoardCell) => void;
  readonly trans: TranslationBundle;
}

/** One output. */
export class TensorBoardRenderer extends Panel implements IRenderMime.IRenderer {
  /** Show nothing before `renderModel`. */
  constructor(private readonly _around: ITensorBoardSurroundings) {
    super();
    this.addClass('mlops-TensorBoardRenderer');
  }

  /** Show an output's data. */
  async renderModel(output: IRenderMime.IMimeModel): Promise<void> {
    const { create, trans } = this._around;
    const cell = readTensorBoardCell(output.data[TENSORBOARD_MIME]);
    this.widgets.slice().forEach(widget => widget.dispose());
    this.node.textContent = '';
    if (!cell) {
      this.node.textContent = trans.__('This TensorBoard was asked for by another version of jupyter-mlops.');
    } else if (!output.trusted) {
      this.node.textContent = trans.__('TensorBoard: %1. Trust this notebook to open it.', cell.label);
    } else {
      const widget = create(cell.wish);
      widget.node.style.height = `${cell.height}px`;
      this.addWidget(this._head(cell));
      this.addWidget(widget);
    }
  }

  private _head(cell: ITensorBoardCell): Widget {
    const { openInTab, trans } = this._around;
    const head = new Widget();
    head.addClass('mlops-TensorBoard-head');
    const label = document.createElement('bdi');
    label.textContent = cell.label;
    const button = document.createElement('button');
    button.className = 'mlops-linkButton';
    button.textContent = trans.__('Open in a Tab');
    button.addEventListener('click', () => openInTab(cell));
    head.node.append(label, button);
    return head;
  }
}
