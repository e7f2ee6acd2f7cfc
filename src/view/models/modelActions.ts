/** What a user can do with registered models: ask, tell the server, say what came of it. */

import { Clipboard, InputDialog, Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { RequestError } from '../../api/request';
import { IRunSummary } from '../../api/types';
import { ModelRow, ModelsModel, aliasesOf, uriOf, versionOf } from '../../model/models';
import { problemText } from '../../model/problemText';
import { runName } from '../../model/runs';

const ALIASES = ['champion', 'challenger'];

/** See the module. */
export class ModelActions {
  /** Act on the models of `model`; `openRun` shows a run. */
  constructor(
    private readonly _model: ModelsModel,
    private readonly _openRun: (runId: string) => void,
    private readonly _trans: TranslationBundle
  ) {}

  /** Return the menu of a line; its owner disposes it. */
  menu(row: ModelRow): Menu {
    const trans = this._trans;
    const commands = new CommandRegistry();
    const menu = new Menu({ commands });
    const add = (id: string, label: string, execute: () => unknown, isEnabled = true) => {
      commands.addCommand(id, { label, isEnabled: () => isEnabled, execute });
      menu.addItem({ command: id });
    };
    const version = versionOf(row);
    const run = version?.run_name ? version.run_id : '';
    add('copy', trans.__('Copy URI'), () => this.copy(row), version !== undefined);
    add('run', trans.__('Open Run'), () => this._openRun(run), run !== '');
    menu.addItem({ type: 'separator' });
    add('alias', trans.__('Set Alias…'), () => this.setAlias(row), version !== undefined);
    for (const [alias] of aliasesOf(row)) {
      add(`remove:${alias}`, trans.__('Remove Alias “%1”', alias), () => this.removeAlias(row, alias));
    }
    return menu;
  }

  /** Copy the address by which MLflow loads it. */
  copy(row: ModelRow): void {
    Clipboard.copyToSystem(uriOf(row));
    Notification.info(this._trans.__('Copied %1', uriOf(row)), { autoClose: 2000 });
  }

  /** Ask for an alias, and let it mean the line's version. */
  async setAlias(row: ModelRow): Promise<void> {
    const version = versionOf(row);
    if (!version) {
      return;
    }
    const known = row.model.versions.flatMap(each => each.aliases);
    const result = await InputDialog.getItem({
      title: this._trans.__('Set an alias of %1, version %2', row.model.name, version.version),
      label: this._trans.__('Alias; it moves here when it means another version'),
      items: [...new Set([...ALIASES, ...known])],
      editable: true,
      okLabel: this._trans.__('Set')
    });
    const alias = result.value?.trim();
    if (result.button.accept && alias) {
      await this._tell(() =>
        this._model.change(row.model.model_id, { aliases: Object.fromEntries([[alias, version.version]]) })
      );
    }
  }

  /** Remove an alias; the version stays. */
  async removeAlias(row: ModelRow, alias: string): Promise<void> {
    await this._tell(() =>
      this._model.change(row.model.model_id, { aliases: Object.fromEntries([[alias, null]]) })
    );
  }

  /** Ask for a name, and register what a run made. */
  async register(run: IRunSummary): Promise<void> {
    const trans = this._trans;
    const result = await InputDialog.getItem({
      title: trans.__('Register the model of %1', runName(run)),
      label: trans.__('Name; one that there is gets a new version'),
      items: this._model.models.map(model => model.name),
      editable: true,
      placeholder: 'cancer',
      okLabel: trans.__('Register')
    });
    const name = result.value?.trim();
    if (!result.button.accept || !name) {
      return;
    }
    const id = Notification.emit(trans.__('Registering %1 as %2…', runName(run), name), 'in-progress', {
      autoClose: false
    });
    try {
      const version = await this._model.register(run.run_id, name);
      const message = trans.__(
        'Registered %1 as %2, version %3',
        runName(run),
        version.name,
        version.version
      );
      Notification.update({ id, message, type: 'success', autoClose: 5000 });
      this._model.open(true);
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      Notification.update({ id, message: problemText(error, trans), type: 'error', autoClose: false });
    }
  }

  /** Do what may be refused, and say so when it is. */
  private async _tell(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error;
      }
      Notification.error(problemText(error, this._trans), { autoClose: false });
    }
  }
}
