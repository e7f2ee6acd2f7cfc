/** What a user can do with registered models: ask, tell the server, say what came of it. */

import { Clipboard, InputDialog, Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import { RequestError } from '../../api/request';
import { IEndpoint, IRunSummary } from '../../api/types';
import { ModelRow, ModelsModel, aliasesOf, endpointsOf, labelOf, uriOf, versionOf } from '../../model/models';
import { problemText } from '../../model/problemText';
import { runName } from '../../model/runs';
import { askSure, askText } from '../dialogs';
import { BRIEFLY, orSayWhy } from '../refusals';

/** Longer ones may have been cut on their way. */
const LONGEST_DESCRIPTION = 1_000;

const ALIASES = ['champion', 'challenger'];

/** See the module. */
export class ModelActions {
  /** Act on the models of `model`; `openRun` shows a run, `endpoints` asks which endpoints there are. */
  constructor(
    private readonly _model: ModelsModel,
    private readonly _openRun: (runId: string) => void,
    private readonly _endpoints: () => Promise<readonly IEndpoint[]>,
    private readonly _trans: TranslationBundle
  ) {}

  /** Return the menu of a line; its owner disposes it. */
  menu(row: ModelRow): Menu {
    const trans = this._trans;
    const commands = new CommandRegistry();
    const menu = new MenuSvg({ commands });
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
    menu.addItem({ type: 'separator' });
    add('describe', trans.__('Edit Description…'), () => this.describe(row));
    add(
      'delete',
      row.kind === 'model' ? trans.__('Delete Model…') : trans.__('Delete Version %1…', row.version.version),
      () => this.delete(row)
    );
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
      const aliases = Object.fromEntries([[alias, version.version]]);
      await orSayWhy(() => this._model.change(row.model.model_id, { aliases }), this._trans);
    }
  }

  /** Remove an alias; the version stays. */
  async removeAlias(row: ModelRow, alias: string): Promise<void> {
    const aliases = Object.fromEntries([[alias, null]]);
    await orSayWhy(() => this._model.change(row.model.model_id, { aliases }), this._trans);
  }

  /** Ask for the words of a version, or of a model. */
  async describe(row: ModelRow): Promise<void> {
    const trans = this._trans;
    const before = (row.kind === 'model' ? row.model : row.version).description;
    if (before.length >= LONGEST_DESCRIPTION) {
      const line = `%models describe ${labelOf(row)} TEXT`;
      Notification.warning(
        trans.__('The description is longer than what is shown here. In a notebook: %1', line),
        BRIEFLY
      );
      return;
    }
    const text = await askText(
      trans.__('Description of %1', labelOf(row)),
      before,
      trans.__('Description'),
      trans
    );
    if (text !== null && text !== before) {
      const version = row.kind === 'version' ? row.version.version : null;
      await orSayWhy(() => this._model.change(row.model.model_id, { description: text, version }), trans);
    }
  }

  /** Say what depends on a version or a model, ask, and delete it. */
  async delete(row: ModelRow): Promise<void> {
    const trans = this._trans;
    const isModel = row.kind === 'model';
    const isSure = await askSure(
      isModel ? trans.__('Delete the model?') : trans.__('Delete the version?'),
      [
        isModel
          ? trans._n('%2: %1 version.', '%2: all %1 versions.', row.model.version_count, row.model.name)
          : trans.__('%1.', labelOf(row)),
        await this._dependents(row),
        trans.__('Runs, their files and reports stay.')
      ].join(' '),
      { no: trans.__('Cancel'), yes: trans.__('Delete') }
    );
    if (isSure) {
      const version = isModel ? undefined : row.version.version;
      await orSayWhy(() => this._model.delete(row.model.model_id, version), trans);
    }
  }

  /** The aliases that go with it, and the endpoints that it was deployed to. */
  private async _dependents(row: ModelRow): Promise<string> {
    const trans = this._trans;
    const aliases = aliasesOf(row).map(([alias]) => alias);
    const said = [
      aliases.length > 0
        ? trans._n('Alias %2 goes with it.', 'Aliases %2 go with it.', aliases.length, aliases.join(', '))
        : trans.__('No alias means it.')
    ];
    try {
      const names = endpointsOf(row, await this._endpoints());
      said.push(
        names.length > 0
          ? trans._n(
              'Endpoint %2 has a copy, and goes on with it.',
              'Endpoints %2 have copies, and go on with them.',
              names.length,
              names.join(', ')
            )
          : trans.__('No endpoint serves it.')
      );
    } catch {
      // It is only told: the user decides without it.
      said.push(trans.__('Whether an endpoint serves it could not be asked.'));
    }
    return said.join(' ');
  }

  /** Ask for a name, and register what a run made. */
  async register(run: IRunSummary): Promise<void> {
    const trans = this._trans;
    const names = this._model.models.map(model => model.name);
    const result = await InputDialog.getItem({
      title: trans.__('Register the model of %1', runName(run)),
      label: trans.__('Name; one that there is gets a new version'),
      items: names,
      current: names[0] ?? runName(run),
      editable: true,
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
}
