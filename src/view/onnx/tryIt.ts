/** Runs the model on a row that the reader types, in a worker of the browser: without a kernel, and nothing leaves it. */

import { IOnnxCard } from '../../api/types';
import { OWN_KEYS } from '../../widgets/report/controls';
import { make } from '../../widgets/report/dom';
import { IReportHost } from '../../widgets/report/host';
import { isolated } from '../../widgets/report/words';
import { answersView } from './answersView';
import { FieldError } from './feeds';
import { RowForm, strangeInputs } from './rowForm';
import { milliseconds } from './sentences';
import { IAnswer, IFeed, IModelSession, IRuntime } from './session';

/** See the module. */
export class TryIt {
  readonly node = make('div', { class: 'mlops-OnnxTry' });

  /** Offer it; say why where it cannot be. The runtime is loaded when the reader asks for it. */
  constructor(
    private readonly _card: IOnnxCard,
    private readonly _host: IReportHost,
    private readonly _load: () => Promise<IRuntime> = async () => import('./runtime')
  ) {
    this._button.textContent = _host.words.__('Try it here');
    this._button.addEventListener('click', () => void this._open());
    this._button.disabled = this._problem !== '';
    this._said.textContent = this._problem;
    this._stop.textContent = _host.words.__('Stop');
    this._stop.addEventListener('click', () => this._session?.dispose());
    this.node.append(
      make('div', { class: 'mlops-Report-controls' }, this._button, this._stop, this._said),
      this._place,
      this._answer
    );
  }

  /** Let go of the model. */
  dispose(): void {
    this._isDisposed = true;
    this._session?.dispose();
    this._session = null;
  }

  private get _problem(): string {
    const { words, files } = this._host;
    const [strange] = strangeInputs(this._card.inputs);
    if (strange) {
      return words.__(
        'It cannot be tried here: nothing can be typed for %1, which is of %2.',
        isolated(strange.name),
        strange.type
      );
    }
    return files ? '' : words.__('Trying it here needs the notebook to be trusted.');
  }

  private async _open(): Promise<void> {
    const { words, files } = this._host;
    const card = this._card;
    if (!files) {
      return;
    }
    this._button.disabled = true;
    this._said.textContent = words.__('Loading the model, and onnxruntime for the browser (14 MB once)…');
    const started = performance.now();
    try {
      const wanted = { runId: card.run_id, path: card.path, size: card.size, sha256: card.sha256 };
      const bytes = await files.find(wanted);
      const runtime = await this._load();
      this._keep(await runtime.openModel(bytes));
    } catch (error) {
      this._said.textContent = reason(error);
      this._button.disabled = false;
      return;
    }
    const took = milliseconds((performance.now() - started) / 1000);
    this._said.textContent = words.__('Ready after %1 ms. The row stays in this page.', took);
    this._showForm();
  }

  /** The card may have gone meanwhile. */
  private _keep(session: IModelSession): void {
    this._session = session;
    if (this._isDisposed) {
      this.dispose();
    }
  }

  private _showForm(): void {
    const form = new RowForm(this._card.inputs, this._host.words, () => void this._predict(form));
    this._button.hidden = true;
    this._stop.hidden = false;
    this._stop.disabled = true;
    this._place.replaceChildren(form.node);
    form.node.querySelector<HTMLElement>('input, textarea')?.focus();
  }

  private async _predict(form: RowForm): Promise<void> {
    const { words } = this._host;
    if (this._isBusy) {
      return; // Enter in a field, while it thinks.
    }
    this._setBusy(form, true);
    try {
      const feeds = form.feeds();
      this._said.textContent = words.__('The model thinks…');
      const [answers, took] = await this._answers(feeds);
      this._answer.replaceChildren(answersView(this._card.outputs, answers, words));
      this._said.textContent = words.__('Answered in %1 ms, in this browser.', took);
    } catch (error) {
      this._answer.replaceChildren();
      this._said.textContent =
        error instanceof FieldError
          ? error.message
          : words.__('The model does not answer this row: %1', reason(error));
    }
    this._setBusy(form, false);
    if (this._session?.isDisposed) {
      this._begin();
    }
  }

  private async _answers(feeds: readonly IFeed[]): Promise<readonly [readonly IAnswer[], string]> {
    const names = this._card.outputs.map(output => output.name);
    if (!this._isWarm) {
      // The first answer takes longer than all others: it is not what the model takes.
      await this._session?.run(feeds, names);
      this._isWarm = true;
    }
    const started = performance.now();
    const answers = (await this._session?.run(feeds, names)) ?? [];
    return [answers, milliseconds((performance.now() - started) / 1000)];
  }

  private _setBusy(form: RowForm, isBusy: boolean): void {
    this._isBusy = isBusy;
    form.isBusy(isBusy);
    this._stop.disabled = !isBusy;
  }

  /** The model was stopped, and its worker has ended: offer to load it again. */
  private _begin(): void {
    this._session = null;
    this._isWarm = false;
    this._place.replaceChildren();
    this._button.hidden = this._button.disabled = false;
    this._stop.hidden = true;
  }

  private _isDisposed = false;
  private _isWarm = false;
  private _isBusy = false;
  private _session: IModelSession | null = null;
  private readonly _button = make('button', { ...OWN_KEYS, type: 'button', class: 'mlops-Report-button' });
  private readonly _stop = make('button', {
    ...OWN_KEYS,
    type: 'button',
    class: 'mlops-Report-button',
    hidden: true
  });
  private readonly _said = make('span', { class: 'mlops-Report-note', role: 'status' });
  private readonly _place = make('div');
  private readonly _answer = make('div', { 'aria-live': 'polite' });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
