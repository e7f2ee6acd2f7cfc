/** Runs the model on a row that the reader types, in the browser: without a kernel, and nothing leaves the page. */

import { IOnnxCard } from '../../api/types';
import { OWN_KEYS } from '../../widgets/report/controls';
import { make } from '../../widgets/report/dom';
import { IReportHost } from '../../widgets/report/host';
import { answersView } from './answersView';
import { FieldError, ITableInput, tableInputs } from './feeds';
import { RowForm } from './rowForm';
import { milliseconds } from './sentences';
import { IModelSession, IRuntime } from './session';

/** See the module. */
export class TryIt {
  readonly node = make('div', { class: 'mlops-OnnxTry' });

  /** Offer it; say why where it cannot be. The runtime is loaded when the reader asks for it. */
  constructor(
    private readonly _card: IOnnxCard,
    private readonly _host: IReportHost,
    private readonly _load: () => Promise<IRuntime> = async () => import('./runtime')
  ) {
    this._inputs = tableInputs(_card.inputs);
    this._button.textContent = _host.words.__('Try it here');
    this._button.addEventListener('click', () => void this._open());
    this._button.disabled = this._problem !== '';
    this._said.textContent = this._problem;
    this.node.append(
      make('div', { class: 'mlops-Report-controls' }, this._button, this._said),
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
    if (!this._inputs) {
      return words.__('Trying it here is for tables; this model takes something else.');
    }
    return files ? '' : words.__('Trying it here needs the notebook to be trusted.');
  }

  private async _open(): Promise<void> {
    const { words, files } = this._host;
    const [inputs, card] = [this._inputs, this._card];
    if (!inputs || !files) {
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
    this._showForm(inputs);
  }

  /** The card may have gone meanwhile. */
  private _keep(session: IModelSession): void {
    this._session = session;
    if (this._isDisposed) {
      this.dispose();
    }
  }

  private _showForm(inputs: readonly ITableInput[]): void {
    const form = new RowForm(inputs, this._host.words, () => void this._predict(form));
    this._button.remove();
    this._place.replaceChildren(form.node);
    form.node.querySelector<HTMLElement>('input, textarea')?.focus();
  }

  private async _predict(form: RowForm): Promise<void> {
    const { words } = this._host;
    const { outputs } = this._card;
    try {
      const feeds = form.feeds();
      const names = outputs.map(output => output.name);
      if (!this._isWarm) {
        // The first answer takes longer than all others: it is not what the model takes.
        await this._session?.run(feeds, names);
        this._isWarm = true;
      }
      const started = performance.now();
      const answers = (await this._session?.run(feeds, names)) ?? [];
      const took = milliseconds((performance.now() - started) / 1000);
      this._answer.replaceChildren(answersView(outputs, answers, words));
      this._said.textContent = words.__('Answered in %1 ms, in this browser.', took);
    } catch (error) {
      this._answer.replaceChildren();
      this._said.textContent =
        error instanceof FieldError
          ? error.message
          : words.__('The model does not answer this row: %1', reason(error));
    }
  }

  private _isDisposed = false;
  private _isWarm = false;
  private _session: IModelSession | null = null;
  private readonly _inputs: readonly ITableInput[] | null;
  private readonly _button = make('button', { ...OWN_KEYS, type: 'button', class: 'mlops-Report-button' });
  private readonly _said = make('span', { class: 'mlops-Report-note', role: 'status' });
  private readonly _place = make('div');
  private readonly _answer = make('div', { 'aria-live': 'polite' });
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
