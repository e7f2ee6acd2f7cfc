/** What a user can do with the TensorBoards that the server supervises: choose one, end one. */

import { InputDialog, Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';

import { ITensorBoardInstance } from '../../api/types';
import { problemText } from '../../model/problemText';
import { TensorBoardsModel } from '../../model/tensorBoards';
import { askSure } from '../dialogs';
import { BRIEFLY, orSayWhy } from '../refusals';

/** See the module. */
export class TensorBoardActions {
  /** Act on what `model` lists; `onStopped` hears of one that has ended. */
  constructor(
    private readonly _model: TensorBoardsModel,
    private readonly _onStopped: (board: ITensorBoardInstance) => void,
    private readonly _trans: TranslationBundle
  ) {}

  /** Ask which one is meant, where there are several; null where there is none, which is said, and when the user thinks better of it. */
  async choose(): Promise<ITensorBoardInstance | null> {
    const trans = this._trans;
    await this._model.refresh();
    const { items, problem } = this._model;
    if (!items.length) {
      Notification.info(problem ? problemText(problem, trans) : trans.__('No TensorBoard runs.'), BRIEFLY);
      return null;
    }
    const [only, ...others] = items;
    if (only && !others.length) {
      return only;
    }
    const labels = items.map((each, at) => trans.__('%1. %2', at + 1, each.label));
    const result = await InputDialog.getItem({
      title: trans.__('Which TensorBoard?'),
      items: labels,
      okLabel: trans.__('Choose')
    });
    return result.button.accept ? (items[labels.indexOf(result.value ?? '')] ?? null) : null;
  }

  /** Ask, and end one. */
  async stop(board: ITensorBoardInstance): Promise<void> {
    const trans = this._trans;
    const isSure = await askSure(
      trans.__('Stop the TensorBoard?'),
      trans.__(
        '%1: its tabs close. What the runs have logged stays, and it can be opened again.',
        board.label
      ),
      { no: trans.__('Let it run'), yes: trans.__('Stop') }
    );
    if (isSure && (await orSayWhy(() => this._model.stop(board.instance_id), trans)) !== null) {
      this._onStopped(board);
    }
  }
}
