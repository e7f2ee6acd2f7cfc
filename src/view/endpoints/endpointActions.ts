/** What a user can do with endpoints, from wherever one is shown: ask, tell the server, say what came of it. */

import { Clipboard, InputDialog, Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { EndpointApi } from '../../api/endpoints';
import { RequestError } from '../../api/request';
import { IEndpoint } from '../../api/types';
import { curlOf, requestToBegin, versionBefore } from '../../model/endpointRow';
import { EndpointsModel } from '../../model/endpoints';
import { formatFigure } from '../../model/format';
import { problemText } from '../../model/problemText';
import { askSure } from '../dialogs';
import { BRIEFLY, orSayWhy } from '../refusals';

/** See the module. */
export class EndpointActions {
  /** Act on the endpoints of `model`. */
  constructor(
    private readonly _model: EndpointsModel,
    private readonly _api: Pick<EndpointApi, 'ask' | 'addressOf'>,
    private readonly _trans: TranslationBundle
  ) {}

  /** Return the endpoint of a name, or the only one, or the one that the user chooses; null where there is none, which is said. */
  async find(name?: string): Promise<IEndpoint | null> {
    const trans = this._trans;
    if (name === undefined || !this._model.find(name)) {
      await this._model.refresh();
    }
    const { items, problem } = this._model;
    const found = name === undefined ? undefined : this._model.find(name);
    if (found) {
      return found;
    }
    if (problem || !items.length || name !== undefined) {
      Notification.warning(this._absence(name ?? '', problem), BRIEFLY);
      return null;
    }
    const [only, ...others] = items;
    if (only && !others.length) {
      return only;
    }
    const result = await InputDialog.getItem({
      title: trans.__('Which endpoint?'),
      items: items.map(each => each.name),
      okLabel: trans.__('Choose')
    });
    return result.button.accept ? (this._model.find(result.value ?? '') ?? null) : null;
  }

  /** Ask it its example row, and say what it answers. */
  async test(endpoint: IEndpoint): Promise<void> {
    const trans = this._trans;
    await orSayWhy(async () => {
      const { predictions, milliseconds } = await this._api.ask(endpoint, requestToBegin(endpoint));
      const took = formatFigure(Number(milliseconds.toPrecision(3)));
      const said = JSON.stringify(predictions[0] ?? null);
      Notification.success(
        trans.__(
          '%1, version %2, answers one row with %3, in %4 ms.',
          endpoint.name,
          endpoint.current,
          said,
          took
        ),
        BRIEFLY
      );
      await this._model.refresh();
    }, trans);
  }

  /** Copy where rows are sent. */
  copyUrl(endpoint: IEndpoint): void {
    this._copy(this._api.addressOf(endpoint));
  }

  /** Copy a command for a terminal that asks it a row. */
  copyCurl(endpoint: IEndpoint, body = requestToBegin(endpoint)): void {
    this._copy(curlOf(this._api.addressOf(endpoint), body));
  }

  /** Ask, and let it serve the version before. */
  async rollBack(endpoint: IEndpoint): Promise<void> {
    const trans = this._trans;
    const before = versionBefore(endpoint);
    if (!before) {
      Notification.warning(
        trans.__('%1 has no version before %2.', endpoint.name, endpoint.current),
        BRIEFLY
      );
      return;
    }
    const isSure = await askSure(
      trans.__('Roll the endpoint back?'),
      trans.__(
        '%1 answers with version %2 (%3) from now on. Version %4 stays.',
        endpoint.name,
        before.number,
        before.label || trans.__('model'),
        endpoint.current
      ),
      { no: trans.__('Keep it'), yes: trans.__('Roll back') }
    );
    if (isSure) {
      await orSayWhy(() => this._model.rollback(endpoint.name), trans);
    }
  }

  /** Ask, and end it. */
  async stop(endpoint: IEndpoint): Promise<void> {
    const trans = this._trans;
    const isSure = await askSure(
      trans.__('Stop the endpoint?'),
      trans.__('%1 answers no more until somebody deploys to it again. Its versions stay.', endpoint.name),
      { no: trans.__('Let it run'), yes: trans.__('Stop') }
    );
    if (isSure) {
      await orSayWhy(() => this._model.stop(endpoint.name), trans);
    }
  }

  private _absence(name: string, problem: RequestError | null): string {
    const trans = this._trans;
    if (problem) {
      return problemText(problem, trans);
    }
    return name
      ? trans.__('There is no endpoint %1.', name)
      : trans.__('No endpoints yet. In a notebook: %1', '%deploy best --to local -n NAME');
  }

  private _copy(text: string): void {
    Clipboard.copyToSystem(text);
    Notification.info(this._trans.__('Copied'), { autoClose: 2000 });
  }
}
