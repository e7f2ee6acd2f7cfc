/** An explanation: what matters, how each feature works, which work together, and single rows. */

import { IExplanationReport } from '../../api/types';
import { OWN_KEYS, select } from '../report/controls';
import { Child, make, named } from '../report/dom';
import { formatCount } from '../report/estimates';
import { IReportHost } from '../report/host';
import { IWords, isolated } from '../report/words';
import { heatMap, interactionName } from './heatMap';
import { importanceRows, importanceSentence } from './importance';
import { RowsView, firstOutput } from './rowsView';
import { shapeChart } from './shapeChart';

/** The view of a report that was read. */
export class ExplanationView {
  readonly node: HTMLElement;

  /** Show the term that matters most. */
  constructor(
    private readonly _report: IExplanationReport,
    host: IReportHost
  ) {
    const words = (this._words = host.words);
    this._output = firstOutput(_report);
    this._rows = new RowsView(_report, host, this._output, part => this._say(part));
    this.node = make(
      'section',
      { class: 'mlops-Report mlops-Explanation', 'aria-label': labelOf(_report, words) },
      ...this._head(),
      this._outputChoice(),
      ...this._global(),
      ...this._interactions(),
      this._rows.node,
      ..._report.notes.map(note => make('p', { class: 'mlops-Report-note' }, note)),
      this._status
    );
  }

  /** Ask nothing more, and take it away. */
  dispose(): void {
    this._rows.dispose();
    this.node.remove();
  }

  /** What holds over all rows; an image has no features of which that could be said. */
  private _global(): readonly Child[] {
    const [{ importance }, words] = [this._report, this._words];
    if (importance.names.length === 0) {
      return [];
    }
    // Words of a text have no course that could be drawn.
    const hasMore = this._report.shapes.length + this._report.interactions.length > 0;
    const rows = importanceRows(importance, words, hasMore ? term => this._openTerm(term) : undefined);
    if (hasMore) {
      this._showDetail();
    }
    return [
      make('h3', {}, words.__('What matters')),
      rows.node,
      make('p', { class: 'mlops-Report-sentence' }, importanceSentence(importance, words)),
      hasMore ? this._detail : null
    ];
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
      if (this._detail.childElementCount) {
        this._showDetail();
      }
      this._rows.show(this._output);
      this._say(this._detail.childElementCount ? this._detail : this._rows.node);
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

  private _say(part: HTMLElement): void {
    this._status.textContent = part.querySelector('.mlops-Report-sentence')?.textContent ?? part.textContent;
  }

  private _term = 0;
  private _interaction = -1;
  private _output: number;
  private readonly _detail = make('div');
  private readonly _words: IWords;
  private readonly _rows: RowsView;
  /** What a screen reader says after a choice: the sentence, not all figures. */
  private readonly _status = make('div', { class: 'mlops-Report-heard', role: 'status' });
}

/** A page may have several. */
function labelOf({ model }: IExplanationReport, words: IWords): string {
  return model ? words.__('Explanation of %1', isolated(model)) : words.__('Explanation');
}
