/** Writes the run that lessens a gap into the notebook; where it cannot, it says why. */

import { IFairnessReport } from '../../api/types';
import { OWN_KEYS, select } from '../report/controls';
import { make } from '../report/dom';
import { IReportHost } from '../report/host';
import { IWords, isolated } from '../report/words';
import { IMitigation, LOAD, isMitigable, mitigationsOf } from './mitigation';

/** See the module. */
export class MitigateControl {
  /** A sentence where nothing can be done. */
  readonly node = make('div', { class: 'mlops-Report-controls' });

  /** Offer what fits the report's models. */
  constructor(
    report: IFairnessReport,
    private readonly _host: IReportHost
  ) {
    const { words, cells } = _host;
    const mitigations = mitigationsOf(report);
    this._chosen = mitigations[0];
    if (!this._chosen) {
      this.node.append(...whyNone(report, words).map(why => make('p', { class: 'mlops-Report-note' }, why)));
      return;
    }
    const options = mitigations.map(({ model, mitigator }, index) => ({
      value: String(index),
      label: words.__('%1 by %2', model, mitigator)
    }));
    const choose = (value: string) => (this._chosen = mitigations[Number(value)]);
    this._button.textContent = words.__('Mitigate');
    this._button.addEventListener('click', () => void this._mitigate());
    this.node.append(select(words.__('Lessen the gap of'), options, '0', choose), this._button, this._said);
    this._unsubscribe = cells?.subscribe(() => this._update());
    this._update();
  }

  /** Listen no longer. */
  dispose(): void {
    this._unsubscribe?.();
  }

  private _update(): void {
    const { words, cells } = this._host;
    const problem = cells
      ? cells.problem
      : words.__('Mitigating needs the notebook, trusted and with its kernel.');
    this._button.disabled = problem !== '';
    // A kernel tells often that it is busy: what was said stays until there is something else to say.
    if (problem !== this._problem) {
      this._problem = problem;
      this._said.textContent = problem;
    }
  }

  private async _mitigate(): Promise<void> {
    const { words, cells } = this._host;
    const chosen = this._chosen;
    if (!cells || !chosen || cells.problem !== '' || this._isLooking) {
      return;
    }
    this._isLooking = true;
    this._said.textContent = words.__('The kernel is asked what it has; it answers when it is free.');
    try {
      const { isLoaded, missing: unknown } = await cells.look(chosen.names);
      const wanted = unknown.length ? (chosen.byRun ?? chosen) : chosen;
      const missing = unknown.filter(name => wanted.names.includes(name));
      this._said.textContent = missing.length
        ? words.__(
            'The kernel does not have %1, as after a restart. Run the cells above first.',
            missing.join(', ')
          )
        : words.__(
            'Below: the run that lessens the gap, as a cell to read, change and run again; then before and after on the same axes.'
          );
      if (!missing.length) {
        await cells.run((isLoaded ? '' : LOAD) + wanted.code, wanted.after);
      }
    } catch (error) {
      this._said.textContent = error instanceof Error ? error.message : String(error);
    } finally {
      this._isLooking = false;
    }
  }

  private _chosen: IMitigation | undefined;
  private _problem = '';
  private _isLooking = false;
  private _unsubscribe: (() => void) | undefined;
  private readonly _button = make('button', { ...OWN_KEYS, type: 'button', class: 'mlops-Report-button' });
  private readonly _said = make('span', { class: 'mlops-Report-note', role: 'status' });
}

/** Why there is nothing to choose, a sentence or two for each model. */
function whyNone(report: IFairnessReport, words: IWords): readonly string[] {
  if (isMitigable(report)) {
    const line = words.__(
      'Mitigating needs a line: %fairness with models, rows, outcome and features under names that it can hold.'
    );
    return [line];
  }
  return report.models.map(({ name, unmitigated }) =>
    words.__(
      'No mitigator fits %1. %2',
      isolated(name),
      unmitigated || words.__('“--mitigate GridSearch” says why.')
    )
  );
}
