/** All lists of runs of a tab, and which of them was used last: commands act on its selection. */

import { ISignal, Signal } from '@lumino/signaling';

import { IRunSummary } from '../api/types';
import { IRunExplorer, IRunManager } from '../tokens';
import { exported } from './columns';
import { ExplorerModel } from './explorer';

/** See `IRunExplorer`. */
export class Explorers implements IRunExplorer {
  /** No list yet. */
  constructor(private readonly _manager: IRunManager) {}

  /** What a command without arguments acts on. */
  get selected(): readonly IRunSummary[] {
    const model = this._current;
    if (!model || model.isDisposed) {
      return [];
    }
    if (model.selection.size) {
      return model.selection.runs;
    }
    const row = model.rowAt(model.active);
    return row.kind === 'run' ? [row.run] : [];
  }

  /** Another selection. */
  get selectedChanged(): ISignal<this, void> {
    return this._selectedChanged;
  }

  /** Take a list in. */
  add(model: ExplorerModel): void {
    this._current ??= model;
    model.changed.connect(() => this._selectedChanged.emit());
  }

  /** Say that a list is being used. */
  use(model: ExplorerModel): void {
    if (this._current !== model) {
      this._current = model;
      this._selectedChanged.emit();
    }
  }

  /** The table that is shown, as CSV. */
  csv(): Promise<Blob> {
    const query = this._current?.asQuery() ?? {};
    return this._manager.api.csv(query, exported(this._current?.choice.columns ?? []));
  }

  private readonly _selectedChanged = new Signal<this, void>(this);
  private _current: ExplorerModel | null = null;
}
