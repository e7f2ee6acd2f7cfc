/** An explanation: what matters, how each feature works, which work together, and single rows. */

import { IExplanationReport, ILocalExplanations } from '../../api/types';
import { OWN_KEYS, select } from '../report/controls';
import { Child, make, named } from '../report/dom';
import { formatCount } from '../report/estimates';
import { IWords } from '../report/words';
import { heatMap, interactionName } from './heatMap';
import { importanceRows, importanceSentence } from './importance';
import { localChart } from './localChart';
import { shapeChart } from './shapeChart';

/** The view of a report that was read. */
export class ExplanationView {
  readonly node: HTMLElement;

  /** Show the term that matters most. */
  constructor(
    private readonly _report: IExplanationReport,
    private readonly _words: IWords
  ) {
    const words = _words;
    const rows = importanceRows(_report.importance, words, term => this._openTerm(term));
    this.node = make(
      'section',
      { class: 'mlops-Report mlops-Explanation', 'aria-label': words.__('Explanation') },
      ...this._head(),
      this._outputChoice(),
      make('h3', {}, words.__('What matters')),
      rows.node,
      make('p', { class: 'mlops-Report-sentence' }, importanceSentence(_report.importance, words)),
      this._detail,
      ...this._interactions(),
      ...this._rows(),
      ..._report.notes.map(note => make('p', { class: 'mlops-Report-note' }, note)),
      this._status
    );
    this._showDetail();
    this._showRow();
  }

  private _head(): readonly Child[] {
    const [report, words] = [this._report, this._words];
    const used =
      report.rows_used > 0 && report.rows_used < report.rows
        ? words.__('%1 of %2 rows', formatCount(report.rows_used), formatCount(report.rows))
        : words.__('%1 rows', formatCount(report.rows));
    const parts = [report.method_title, report.model, used].filter(Boolean);
    return [
      make('p', { class: 'mlops-Report-head' }, parts.join(' · ')),
      make('p', { class: 'mlops-Report-note' }, words.__('Chosen because %1.', report.chosen_because)),
      report.contains_data
        ? make('p', { class: 'mlops-Report-data' }, words.__('Contains data: values of single rows.'))
        : null
    ];
  }

  private _outputChoice(): Child {
    const { outputs } = this._report;
    if (outputs.length < 2) {
      return null;
    }
    const options = outputs.map((label, index) => ({ value: String(index), label }));
    const choose = (value: string) => {
      this._output = Number(value);
      this._showDetail();
      this._showRow();
      this._say(this._detail);
    };
    return make(
      'div',
      { class: 'mlops-Report-controls' },
      select(this._words.__('Output'), options, String(this._output), choose)
    );
  }

  private _interactions(): readonly Child[] {
    const { interactions } = this._report;
    if (interactions.length === 0) {
      return [];
    }
    const items = interactions.map((interaction, index) => {
      const button = make(
        'button',
        { ...OWN_KEYS, type: 'button', class: 'mlops-Report-button' },
        named(interactionName(this._report, interaction))
      );
      button.addEventListener('click', () => this._openInteraction(index));
      return make('li', {}, button);
    });
    return [
      make('h3', {}, this._words.__('What works together')),
      make('ul', { class: 'mlops-Explanation-interactions' }, ...items)
    ];
  }

  private _rows(): readonly Child[] {
    const [{ local }, words] = [this._report, this._words];
    const head = make('h3', {}, words.__('Single rows'));
    if (!local || local.rows.length === 0) {
      const hint = words.__(
        'None was named. “--rows 0,17” explains rows, and stores their values with the report.'
      );
      return [head, make('p', { class: 'mlops-Report-note' }, hint)];
    }
    const options = local.rows.map((row, index) => ({
      value: String(index),
      label: words.__('row %1', row)
    }));
    const choose = (value: string) => {
      this._place = Number(value);
      this._showRow();
      this._say(this._row);
    };
    return [
      head,
      make('div', { class: 'mlops-Report-controls' }, select(words.__('Row'), options, '0', choose)),
      this._row
    ];
  }

  /** A term is a feature, or a pair of them. */
  private _openTerm(term: number): void {
    const features = this._report.importance.features[term] ?? [];
    const pair = this._report.interactions.findIndex(
      each => features.length > 1 && each.features.every(feature => features.includes(feature))
    );
    this._term = term;
    this._interaction = pair;
    this._showDetail();
    this._say(this._detail);
  }

  private _openInteraction(index: number): void {
    this._interaction = index;
    this._showDetail();
    this._say(this._detail);
    this._detail.scrollIntoView?.({ block: 'nearest' });
  }

  private _showDetail(): void {
    const [report, words] = [this._report, this._words];
    const interaction = report.interactions[this._interaction];
    if (interaction) {
      const parts = heatMap(report, interaction, words);
      this._detail.replaceChildren(make('h3', {}, named(interactionName(report, interaction))), ...parts);
      return;
    }
    const [feature] = report.importance.features[this._term] ?? [];
    const shape = report.shapes.find(each => each.feature === feature);
    const name = report.importance.names[this._term] ?? '';
    const parts = shape
      ? shapeChart(report, shape, this._output, words)
      : [make('p', { class: 'mlops-Report-note' }, words.__('The report has no shape of %1.', name))];
    this._detail.replaceChildren(make('h3', {}, named(name)), ...parts);
  }

  private _showRow(): void {
    const local: ILocalExplanations | null = this._report.local;
    if (local) {
      this._row.replaceChildren(...localChart(this._report, local, this._place, this._output, this._words));
    }
  }

  private _say(part: HTMLElement): void {
    this._status.textContent = part.querySelector('.mlops-Report-sentence')?.textContent ?? part.textContent;
  }

  private _term = 0;
  private _interaction = -1;
  private _output = 0;
  private _place = 0;
  private readonly _detail = make('div');
  private readonly _row = make('div');
  /** What a screen reader says after a choice: the sentence, not all figures. */
  private readonly _status = make('div', { class: 'mlops-Report-heard', role: 'status' });
}
