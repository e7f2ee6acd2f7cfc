/** The explorer as a Lumino widget: it asks only while it is on the screen. */

import { ReactWidget } from '@jupyterlab/ui-components';
import { Message } from '@lumino/messaging';
import React from 'react';

import { ExplorerModel } from '../model/explorer';
import { Explorer, IExplorerProps } from './explorer';

/** See the module. */
export class ExplorerWidget extends ReactWidget {
  /** `onUse` is called when the user turns to this list. */
  constructor(
    private readonly _props: IExplorerProps,
    private readonly _onUse: () => void
  ) {
    super();
    this.addClass('mlops-ExplorerWidget');
    this.node.addEventListener('focusin', this._onUse);
    this.node.addEventListener('pointerdown', this._onUse);
  }

  /** Say that the user has turned to this list: commands act on it. */
  use(): void {
    this._onUse();
  }

  /** What it shows. */
  get model(): ExplorerModel {
    return this._props.model;
  }

  /** Whether it has heads of columns. */
  get hasHeader(): boolean {
    return this._props.hasHeader;
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <Explorer {...this._props} onReady={() => this._onFirstAnswer()} />;
  }

  /** Begin to ask. */
  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message);
    this._props.model.show();
  }

  /** Begin to ask, when it is attached where it can be seen. */
  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    if (this.isVisible) {
      this._props.model.show();
    }
  }

  /** Ask no more. */
  protected override onBeforeHide(message: Message): void {
    this._props.model.hide();
    super.onBeforeHide(message);
  }

  /** The keyboard goes to the list, or to the search where there is no list. */
  protected override onActivateRequest(message: Message): void {
    super.onActivateRequest(message);
    // A panel that is shown for the first time is activated before it is drawn.
    void this.renderPromise?.then(() => {
      if (!this._focusList()) {
        this.node.querySelector('input')?.focus();
        this._isListAwaited = true;
      }
    });
  }

  /** The first answer is drawn: whoever has not begun to search goes on to the list, if there is one now. */
  private _onFirstAnswer(): void {
    const isSearching = document.activeElement !== this.node.querySelector('input') || this.model.query;
    if (this._isListAwaited && !isSearching) {
      this._focusList();
    }
  }

  private _focusList(): boolean {
    const list = this.node.querySelector<HTMLElement>('[role="treegrid"]');
    list?.focus();
    return list !== null;
  }

  /** Let go of the runs. */
  override dispose(): void {
    if (!this.isDisposed) {
      super.dispose();
      this._props.model.dispose();
    }
  }

  private _isListAwaited = false;
}
