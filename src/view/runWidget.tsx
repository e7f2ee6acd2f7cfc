/** A run's tab in the main area. */

import { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { CardModel } from '../model/card';
import { runName } from '../model/runs';
import { IRunManager } from '../tokens';
import { RunPanel } from './runPanel';

/** See the module. */
export class RunWidget extends ReactWidget {
  /** Show a run until disposed. */
  constructor(
    readonly runId: string,
    private readonly _manager: IRunManager,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('mlops-RunWidget');
    const snapshot = {
      run_id: runId,
      name: '',
      status: 'SCHEDULED' as const,
      submitted_at: '',
      pending: [],
      travels: []
    };
    this._card = new CardModel(snapshot, _manager);
    this.title.label = runId.slice(0, 8);
    this._card.changed.connect(() => {
      if (this._card.summary) {
        this.title.label = runName(this._card.summary);
        this.title.caption = `${runName(this._card.summary)}\n${runId}`;
      }
    });
  }

  /** Draw. */
  protected override render(): JSX.Element {
    return (
      <RunPanel
        runId={this.runId}
        card={this._card}
        manager={this._manager}
        commands={this._commands}
        trans={this._trans}
      />
    );
  }

  /** Let go of the run. */
  override dispose(): void {
    this._card.dispose();
    super.dispose();
  }

  private readonly _card: CardModel;
}
