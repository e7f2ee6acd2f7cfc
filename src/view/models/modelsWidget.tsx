/** The section of models as a Lumino widget: it asks only while it is on the screen. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { IModelsSectionProps, ModelsSection } from './modelsSection';

/** See the module. */
export class ModelsWidget extends ReactWidget {
  /** Show `model`, and dispose it with the widget. */
  constructor(private readonly _props: IModelsSectionProps) {
    super();
    this.addClass('mlops-FooterSection');
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <ModelsSection {...this._props} />;
  }

  /** Begin to ask, when it is attached where it can be seen. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      void this._props.model.show();
    }
  }

  /** Begin to ask. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    void this._props.model.show();
  }

  /** Ask no more. */
  protected override onBeforeHide(message: Message): void {
    void this._props.model.hide();
    super.onBeforeHide(message);
  }

  /** Let go of the models. */
  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._props.model.dispose();
    }
  }
}
