/** A TensorBoard as a widget: the same in a tab and in a cell. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React from 'react';

import { TensorBoardModel } from '../../model/tensorBoard';
import { TensorBoardView } from './tensorBoardView';

/** See the module. The model ends with it. */
export class TensorBoardWidget extends ReactWidget {
  /** Open the model's TensorBoard. */
  constructor(
    readonly model: TensorBoardModel,
    private readonly _urlOf: (path: string) => string,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('mlops-TensorBoard');
    void model.open();
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <TensorBoardView model={this.model} urlOf={this._urlOf} trans={this._trans} />;
  }

  /** Let go. */
  override dispose(): void {
    this.model.dispose();
    super.dispose();
  }
}
