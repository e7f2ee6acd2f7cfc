/** JupyterLab's renderer of our MIME type: it shows what the notebook says, and in a trusted one follows the run. */

import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Message } from '@lumino/messaging';
import { Panel } from '@lumino/widgets';
import React from 'react';

import { CARD_MIME, readCard } from '../api/guards';
import { CardModel } from '../model/card';
import { IKernels } from '../model/kernels';
import { IRunManager } from '../tokens';
import { RunCard } from './runCard';
import { RunOutputs } from './runOutputs';

/** What a renderer needs to know of its surroundings. */
export interface ICardSurroundings {
  readonly manager: IRunManager;
  readonly commands: CommandRegistry;
  readonly rendermime: IRenderMimeRegistry;
  /** The kernels of notebooks; null where there are none. */
  readonly kernels: IKernels | null;
  readonly trans: TranslationBundle;
}

/** One output. */
export class RunCardRenderer extends Panel implements IRenderMime.IRenderer {
  /** Show nothing before `renderModel`. */
  constructor(private readonly _around: ICardSurroundings) {
    super();
    this.addClass('mlops-RunCardRenderer');
    _around.kernels?.changed.connect(this._onKernel, this);
  }

  /** Show an output's data. */
  async renderModel(output: IRenderMime.IMimeModel): Promise<void> {
    const { manager, commands, rendermime, trans } = this._around;
    const snapshot = readCard(output.data[CARD_MIME]);
    this._clear();
    if (!snapshot) {
      this.node.textContent = trans.__('This card was made by another version of jupyter-mlops.');
      return;
    }
    const model = new CardModel(snapshot, output.trusted ? manager : null);
    this._model = model;
    this.addWidget(ReactWidget.create(<RunCard model={model} commands={commands} trans={trans} />));
    this._onKernel();
    if (model.displays) {
      this.addWidget(new RunOutputs(model.displays, rendermime));
    }
  }

  /** Let go of the run. */
  override dispose(): void {
    this._around.kernels?.changed.disconnect(this._onKernel, this);
    this._model?.dispose();
    super.dispose();
  }

  /** Look where the card stands now. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._onKernel();
  }

  private _onKernel(): void {
    this._model?.setKernelGone(this._around.kernels?.isGone(this.node) ?? false);
  }

  private _clear(): void {
    this._model?.dispose();
    this._model = null;
    this.widgets.slice().forEach(widget => widget.dispose());
    this.node.textContent = '';
  }

  private _model: CardModel | null = null;
}
