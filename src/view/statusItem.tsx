/** The status bar's word on runs: how many go on, how many wait. Nothing while there are none. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { ISignal, Signal } from '@lumino/signaling';
import React from 'react';

import { runsIcon } from '../icons';
import { IRunManager } from '../tokens';

/** See the module. A click on it does `onClick`. */
export class StatusItem extends ReactWidget {
  /** Show the status of `manager`. */
  constructor(
    private readonly _manager: IRunManager,
    private readonly _trans: TranslationBundle,
    private readonly _onClick: () => void
  ) {
    super();
    this.addClass('mlops-StatusItem');
    _manager.statusChanged.connect(this._onStatus, this);
  }

  /** Whether there is something to say may have changed. */
  get activeChanged(): ISignal<this, void> {
    return this._activeChanged;
  }

  /** Listen no more. */
  override dispose(): void {
    this._manager.statusChanged.disconnect(this._onStatus, this);
    super.dispose();
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return <UseSignal signal={this._manager.statusChanged}>{() => this._item()}</UseSignal>;
  }

  private _onStatus(): void {
    this._activeChanged.emit();
  }

  private _item(): JSX.Element {
    const text = statusText(this._manager, this._trans);
    return (
      <button
        className="mlops-plainButton mlops-StatusItem-button"
        title={this._trans.__('Show the runs')}
        hidden={!text}
        onClick={this._onClick}
      >
        <runsIcon.react tag="span" />
        {text}
      </button>
    );
  }

  private readonly _activeChanged = new Signal<this, void>(this);
}

/** The item's text; empty when no run goes on or waits. */
export function statusText(manager: Pick<IRunManager, 'status'>, trans: TranslationBundle): string {
  const { live = 0, scheduled = 0 } = manager.status ?? {};
  return [live && trans.__('%1 running', live), scheduled && trans.__('%1 queued', scheduled)]
    .filter(Boolean)
    .join(', ');
}
