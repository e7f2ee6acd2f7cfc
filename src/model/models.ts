/** The registered models as a list: models, and the versions of those that are open. Asks while it is on the screen. */

import { Poll } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { IChangeModel, IEndpoint, IModelVersion, IRegisteredModel } from '../api/types';
import { IRunManager } from '../tokens';

const EVERY_MS = 15_000;
const PATIENCE_MS = 120_000;

/** A line of the list. */
export type ModelRow =
  | { readonly kind: 'model'; readonly model: IRegisteredModel; readonly isOpen: boolean }
  | { readonly kind: 'version'; readonly model: IRegisteredModel; readonly version: IModelVersion };

/** See the module. */
export class ModelsModel {
  /** Ask the server of `manager`. */
  constructor(private readonly _manager: IRunManager) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-mlops:models',
      factory: () => this._read(),
      frequency: { interval: EVERY_MS, backoff: true, max: PATIENCE_MS },
      standby: 'when-hidden'
    });
  }

  /** Anything here is another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** By name. */
  get models(): readonly IRegisteredModel[] {
    return this._models;
  }

  /** How many there are; null before the first answer. */
  get total(): number | null {
    return this._isReady ? this._total : null;
  }

  /** What the server could not look at, in its words. */
  get missing(): readonly string[] {
    return this._missing;
  }

  /** Why there is no answer; null when all is well. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Whether the section is open. */
  get isOpen(): boolean {
    return this._isOpen;
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** The lines that are to be seen. */
  get rows(): readonly ModelRow[] {
    return this._models.flatMap(model => {
      const isOpen = this._unfolded.has(model.model_id);
      const versions = isOpen ? model.versions : [];
      return [
        { kind: 'model' as const, model, isOpen },
        ...versions.map(version => ({ kind: 'version' as const, model, version }))
      ];
    });
  }

  /** The line that the keyboard is on. */
  get active(): number {
    return Math.max(0, Math.min(this._active, this.rows.length - 1));
  }

  /** Put the keyboard on a line. */
  activate(index: number): void {
    this._active = index;
    this._changed.emit();
  }

  /** Open or close the section. */
  open(isOpen = !this._isOpen): void {
    this._isOpen = isOpen;
    this._changed.emit();
  }

  /** Show or hide the versions of a model. */
  unfold(modelId: string, isOpen = !this._unfolded.has(modelId)): void {
    if (isOpen) {
      this._unfolded.add(modelId);
    } else {
      this._unfolded.delete(modelId);
    }
    this._changed.emit();
  }

  /** Ask until the function that is returned is called. */
  look(): () => void {
    void this._poll.start();
    void this.refresh();
    return () => void this._poll.stop();
  }

  /** Ask now. */
  async refresh(): Promise<void> {
    try {
      await this._poll.refresh();
      await this._poll.tick;
    } catch (error) {
      // The section was closed for good while it waited.
      if (!this.isDisposed) {
        throw error;
      }
    }
  }

  /** Make what a run made a new version of a name; throws `RequestError`. */
  async register(runId: string, name: string): Promise<IModelVersion> {
    const wish = { run_id: runId, name, description: '', aliases: [] };
    const version = await this._manager.api.registerModel(wish);
    void this.refresh();
    return version;
  }

  /** Change a model; throws `RequestError`. */
  async change(modelId: string, change: IChangeModel): Promise<void> {
    const changed = await this._manager.api.changeModel(modelId, change);
    this._mark = '';
    this._models = this._models.map(model => (model.model_id === modelId ? changed : model));
    this._changed.emit();
  }

  /** Delete a version, or a model with all of them; throws `RequestError`. */
  async delete(modelId: string, version?: number): Promise<void> {
    await this._manager.api.deleteModel(modelId, version);
    await this.refresh();
  }

  /** End. */
  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    try {
      const told = await this._manager.api.models(this._mark);
      const hadProblem = this._problem !== null;
      this._problem = null;
      if (told.unchanged) {
        if (hadProblem) {
          this._changed.emit();
        }
        return;
      }
      this._mark = told.mark;
      this._total = told.total;
      this._missing = told.missing;
      this._models = told.models;
    } catch (error) {
      if (error instanceof RequestError) {
        this._problem = error;
        this._isReady = true;
        this._changed.emit();
      }
      throw error; // The poll asks less often then.
    }
    this._isReady = true;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _poll: Poll<void>;
  private readonly _unfolded = new Set<string>();
  private _models: readonly IRegisteredModel[] = [];
  private _missing: readonly string[] = [];
  private _problem: RequestError | null = null;
  private _total = 0;
  private _mark = '';
  private _active = 0;
  private _isReady = false;
  private _isOpen = false;
}

/** The version that a line is about: a model's newest; undefined where it has none. */
export function versionOf(row: ModelRow): IModelVersion | undefined {
  return row.kind === 'version' ? row.version : row.model.versions[0];
}

/** The address by which MLflow loads what a line is about. */
export function uriOf(row: ModelRow): string {
  return row.kind === 'version'
    ? `models:/${row.model.name}/${row.version.version}`
    : `models:/${row.model.name}/latest`;
}

/** The aliases that a line shows: a version's own, or all of a model's with what they mean. */
export function aliasesOf(row: ModelRow): readonly (readonly [string, number])[] {
  const versions = row.kind === 'version' ? [row.version] : row.model.versions;
  return versions.flatMap(version => version.aliases.map(alias => [alias, version.version] as const));
}

/** What a line is called where a model is named: `NAME`, or `NAME/3`. */
export function labelOf(row: ModelRow): string {
  return row.kind === 'version' ? `${row.model.name}/${row.version.version}` : row.model.name;
}

/** The names of the endpoints that answer with what a line is about: the same file, or what the same run made. */
export function endpointsOf(row: ModelRow, endpoints: readonly IEndpoint[]): readonly string[] {
  const versions = row.kind === 'version' ? [row.version] : row.model.versions;
  const files = new Set(versions.map(version => version.onnx_sha256).filter(Boolean));
  const runs = new Set(versions.filter(version => !version.onnx_sha256).map(version => version.run_id));
  runs.delete('');
  return endpoints
    .filter(({ current, versions: served }) =>
      served.some(
        version => version.number === current && (files.has(version.sha256) || runs.has(version.run_id))
      )
    )
    .map(({ name }) => name);
}
