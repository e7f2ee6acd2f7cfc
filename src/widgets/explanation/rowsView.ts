/** The rows that were named, one at a time: what leads to the answer, and what if the row were another. */

import { IExplanationReport, ILocalExplanations, IWhatIfAnswer } from '../../api/types';
import { toNumber } from '../../model/format';
import { select } from '../report/controls';
import { Child, make } from '../report/dom';
import { IReportHost } from '../report/host';
import { imageSaliency } from './imageSaliency';
import { answerSentence, localChart } from './localChart';
import { textSaliency } from './textSaliency';
import { Value } from './whatIf';
import { WhatIfControl } from './whatIfControl';

/** See the module. */
export class RowsView {
  readonly node: HTMLElement;

  /** Show the first row; `say` hears a sentence after each choice. */
  constructor(
    private readonly _report: IExplanationReport,
    private readonly _host: IReportHost,
    private _output: number,
    private readonly _say: (part: HTMLElement) => void
  ) {
    const { words } = _host;
    const { local } = _report;
    const head = make('h3', {}, words.__('Single rows'));
    if (!local || local.rows.length === 0) {
      const hint = words.__(
        'None was named. “--rows 0,17” explains rows, and stores their values with the report.'
      );
      this.node = make('div', {}, head, make('p', { class: 'mlops-Report-note' }, hint));
      return;
    }
    const options = local.rows.map((row, index) => ({
      value: String(index),
      label: words.__('row %1', row)
    }));
    const choose = (value: string) => {
      this._place = Number(value);
      this._showRow(local);
      this._say(this._row);
    };
    this.node = make(
      'div',
      {},
      head,
      make('div', { class: 'mlops-Report-controls' }, select(words.__('Row'), options, '0', choose)),
      this._row,
      this._whatIfPlace
    );
    this._showRow(local);
  }

  /** Another output is looked at. */
  show(output: number): void {
    this._output = output;
    if (this._report.local && this._shown) {
      this._draw(this._shown);
    }
  }

  /** Ask nothing more. */
  dispose(): void {
    this._whatIf?.dispose();
  }

  private _showRow(local: ILocalExplanations): void {
    this._draw(local);
    this._whatIf?.dispose();
    const { what_if } = this._report;
    if (what_if) {
      const tell = (answer: IWhatIfAnswer | null, changes: ReadonlyMap<number, Value>) =>
        this._draw(changedBy(local, this._place, answer, changes));
      this._whatIf = new WhatIfControl(this._report, local, what_if, this._place, this._host, tell);
      this._whatIfPlace.replaceChildren(this._whatIf.node);
    }
  }

  private _draw(local: ILocalExplanations): void {
    this._shown = local;
    const [report, { words }] = [{ ...this._report, local }, this._host];
    const row = local.rows[this._place];
    const parts = [
      ...report.texts
        .filter(each => each.row === row)
        .map(each => textSaliency(report, each, this._output, words)),
      ...report.images
        .filter(each => each.row === row)
        .map(each => imageSaliency(report, each, this._output, words))
    ].flat();
    const hasWay = local.contributions[this._place] !== undefined;
    const said: Child = make(
      'p',
      { class: 'mlops-Report-sentence' },
      answerSentence(report, local, this._place, words)
    );
    this._row.replaceChildren(
      ...(parts.length ? [said, ...parts] : []),
      ...(hasWay || parts.length === 0 ? localChart(report, local, this._place, this._output, words) : [])
    );
  }

  private _place = 0;
  private _shown: ILocalExplanations | null = null;
  private _whatIf: WhatIfControl | undefined;
  private readonly _row = make('div');
  private readonly _whatIfPlace = make('div');
}

/** The output to begin with: the class that was predicted for the first row, where rows are shown. */
export function firstOutput(report: IExplanationReport): number {
  const predicted = (report.local?.predicted[0] ?? []).map(toNumber);
  const isOneOfSeveral = report.task === 'multiclass' && predicted.length === report.outputs.length;
  return isOneOfSeveral ? Math.max(0, predicted.indexOf(Math.max(...predicted))) : 0;
}

/** The rows as they are, but one, which the model was asked about anew. */
function changedBy(
  local: ILocalExplanations,
  place: number,
  answer: IWhatIfAnswer | null,
  changes: ReadonlyMap<number, Value>
): ILocalExplanations {
  if (!answer || answer.contributions.length === 0) {
    return local;
  }
  const put = <T>(all: readonly T[], one: T) => all.map((each, index) => (index === place ? one : each));
  const values = (local.values[place] ?? []).map((value, feature) =>
    changes.has(feature) ? (changes.get(feature) ?? 'NaN') : value
  );
  return {
    ...local,
    values: put(local.values, values),
    predicted: put(local.predicted, answer.predicted),
    contributions: put(local.contributions, answer.contributions),
    actual: []
  };
}
