/** What a user can do with runs: ask where it matters, tell the server, say when it refuses. */

import { Clipboard, Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { IChangeRun, IRunSummary } from '../api/types';
import { isDeletable, isEnded, isOurs, runName } from '../model/runs';
import { IRunManager } from '../tokens';
import { askDelete, askName, askNote, askStop, askTag } from './dialogs';
import { eachOrSayWhy, orSayWhy } from './refusals';

/** See the module. */
export class RunActions {
  /** Act on the runs of `manager`. */
  constructor(
    private readonly _manager: IRunManager,
    private readonly _trans: TranslationBundle
  ) {}

  /** Return the summaries of runs that are given by id; those that are `known` are not asked for. */
  async find(runIds: readonly string[], known: readonly IRunSummary[]): Promise<readonly IRunSummary[]> {
    const summaries = new Map(known.map(run => [run.run_id, run]));
    const find = async (runId: string) =>
      summaries.get(runId) ?? (await this._manager.api.detail(runId)).summary;
    return eachOrSayWhy(runIds, find, this._trans);
  }

  /** Stop those that go on. */
  async stop(runs: readonly IRunSummary[]): Promise<void> {
    const live = runs.filter(run => !isEnded(run.status));
    if (live.length && (await askStop(live, this._trans))) {
      await this._forEach(live, run => this._manager.api.stop(run.run_id));
    }
  }

  /** Delete those that are not going on. */
  async remove(runs: readonly IRunSummary[]): Promise<void> {
    const deletable = runs.filter(isDeletable);
    if (deletable.length && (await askDelete(deletable, this._trans))) {
      await this._forEach(deletable, run => this._manager.api.remove(run.run_id));
    }
  }

  /** Give a run another name. */
  async rename(run: IRunSummary): Promise<void> {
    const name = await askName(run, this._trans);
    if (name !== null) {
      await this._change([run], { name });
    }
  }

  /** Set or remove a tag. */
  async tag(runs: readonly IRunSummary[]): Promise<void> {
    const tag = await askTag(runs, this._trans);
    if (tag) {
      await this._change(runs, { tags: Object.fromEntries([tag]) });
    }
  }

  /** Write a note. */
  async note(run: IRunSummary): Promise<void> {
    const detail = await orSayWhy(() => this._manager.api.detail(run.run_id), this._trans);
    const note = detail && (await askNote(detail.note, this._trans));
    if (typeof note === 'string') {
      await this._change([run], { note });
    }
  }

  /** Put runs out of the way, or back. */
  async archive(runs: readonly IRunSummary[]): Promise<void> {
    await this._change(runs, { archived: !runs.every(run => run.archived) });
  }

  /** Keep runs from being cleared away, or no longer; those of other tools never are. */
  async keep(runs: readonly IRunSummary[]): Promise<void> {
    await this._change(runs.filter(isOurs), { kept: !runs.every(run => run.kept) });
  }

  /** Write the notebook that repeats a run into `folder`, and return its path. */
  async reproduce(run: IRunSummary, folder: string): Promise<string | null> {
    const stem = runName(run)
      .replace(/[^\w.-]+/g, '-')
      .slice(0, 60);
    const path = `${folder ? `${folder}/` : ''}${stem}-${run.run_id.slice(0, 8)}.ipynb`;
    const written = await orSayWhy(() => this._manager.api.notebook(run.run_id, path), this._trans);
    return written?.path ?? null;
  }

  /** Copy ids, a line each. */
  copyIds(runs: readonly IRunSummary[]): void {
    Clipboard.copyToSystem(runs.map(run => run.run_id).join('\n'));
    Notification.info(this._trans._n('Run id copied', '%1 run ids copied', runs.length), { autoClose: 2000 });
  }

  private async _change(runs: readonly IRunSummary[], change: IChangeRun): Promise<void> {
    await this._forEach(runs, run => this._manager.api.change(run.run_id, change));
  }

  private async _forEach(
    runs: readonly IRunSummary[],
    act: (run: IRunSummary) => Promise<unknown>
  ): Promise<void> {
    await eachOrSayWhy(runs, act, this._trans);
    await this._manager.refresh();
  }
}
