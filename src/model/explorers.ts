/** All lists of runs of a tab, and which of them was used last: commands act on its selection. */

import { ISignal, Signal } from '@lumino/signaling';

import { IRunSummary } from '../api/types';
import { IRunExplorer, IRunManager } from '../tokens';
import { exported } from './columns';
import { ExplorerModel } from './explorer';

/** A group of a list, for commands. */
export interface IGroupInUse {
  readonly isOpen: boolean;
  readonly toggle: () => void;
  readonly closeAll: () => void;
}

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

  /** The group that the keyboard is on in the list that was used last, and how to open or close groups there. */
  get group(): IGroupInUse | null {
    const model = this._current;
    const row = model && !model.isDisposed ? model.rowAt(model.active) : null;
    return model && row?.kind === 'group'
      ? {
          isOpen: row.isOpen,
          toggle: () => model.toggle(row.group.key),
          closeAll: () => model.closeGroups()
        }
      : null;
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

  /** Whether this is the list that was used last. */
  isUsed(model: ExplorerModel): boolean {
    return this._current === model;
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
