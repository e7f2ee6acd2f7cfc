/** A fairness report: what to look at, the groups, and what a smaller gap costs. */

import { IFairnessReport } from '../../api/types';
import { boxes, radios, select } from '../report/controls';
import { make } from '../report/dom';
import { formatCount } from '../report/estimates';
import { symbolKey } from '../report/symbols';
import { IReportHost } from '../report/host';
import { IWords, isolated } from '../report/words';
import { GroupsChart } from './groups';
import { MitigateControl } from './mitigateControl';
import {
  ISelection,
  Method,
  Order,
  firstSelection,
  gapOf,
  groupRows,
  groupingName,
  modelsOf,
  stratumName
} from './selection';
import { careSentences, gapSentence } from './sentences';
import { firstPerformance, performanceMetrics } from './tradeOff';
import { tradeOffChart } from './tradeOffChart';

/** The view of a report that was read. */
export class FairnessView {
  readonly node: HTMLElement;

  /** Show the first selection. */
  constructor(
    private readonly _report: IFairnessReport,
    host: IReportHost
  ) {
    this._words = host.words;
    this._mitigate = new MitigateControl(_report, host);
    this._selection = firstSelection(_report);
    this._performance = firstPerformance(_report);
    this._groups = new GroupsChart(_report, host.words);
    this.node = make(
      'section',
      { class: 'mlops-Report mlops-Fairness', 'aria-label': this._label() },
      this._head(),
      this._controls(),
      this._groups.node,
      this._said,
      make('h3', {}, host.words.__('Trade-off')),
      this._performanceChoice(),
      this._tradeOff,
      this._mitigate.node,
      ..._report.notes.map(note => make('p', { class: 'mlops-Report-note' }, note))
    );
    this._show();
  }

  /** Take it away. */
  dispose(): void {
    this._mitigate.dispose();
    this.node.remove();
  }

  /** A page may have several. */
  private _label(): string {
    const names = this._report.models.map(({ name }) => isolated(name));
    return this._words.__('Fairness report of %1', names.join(', '));
  }

  private _head(): HTMLElement {
    const [report, words] = [this._report, this._words];
    const parts = [
      // Of several, the boxes say the names.
      report.models.length === 1 ? isolated(report.models[0]?.name ?? '') : '',
      words.__('%1 rows', formatCount(report.rows)),
      report.weighted ? words.__('weighted') : '',
      report.positive ? words.__('selected: %1', report.positive) : '',
      words.__('made %1', report.made_at.slice(0, 10))
    ];
    return make('p', { class: 'mlops-Report-head' }, parts.filter(Boolean).join(' · '));
  }

  private _controls(): HTMLElement {
    const [report, words, selection] = [this._report, this._words, this._selection];
    const numbered = (labels: readonly string[]) =>
      labels.map((label, index) => ({ value: String(index), label }));
    const { metrics, groupings, models, strata } = report;
    return make(
      'div',
      { class: 'mlops-Report-controls' },
      select(
        words.__('Metric'),
        numbered(metrics.map(metric => metric.label)),
        String(selection.metric),
        value => this._choose({ metric: Number(value) })
      ),
      select(
        words.__('by'),
        numbered(groupings.map(grouping => groupingName(report, grouping))),
        String(selection.grouping),
        value => this._choose({ grouping: Number(value) })
      ),
      strata.length
        ? select(
            words.__('where %1', report.control.map(each => each.name).join(' × ')),
            numbered(strata.map((_, index) => stratumName(report, index))),
            String(selection.stratum),
            value => this._choose({ stratum: Number(value) })
          )
        : null,
      radios(words.__('Method'), this._methods(), selection.method, value =>
        this._choose({ method: value as Method })
      ),
      select(words.__('Order'), this._orders(), selection.order, value =>
        this._choose({ order: value as Order })
      ),
      models.length > 1
        ? boxes(
            words.__('Models'),
            numbered(models.map(model => model.name)),
            new Set([...selection.models].map(String)),
            values => this._choose({ models: new Set([...values].map(Number)) }),
            ({ value }) => symbolKey(Number(value), Boolean(models[Number(value)]?.mitigator))
          )
        : null
    );
  }

  private _methods(): readonly { readonly value: Method; readonly label: string }[] {
    return [
      { value: 'difference', label: this._words.__('difference') },
      { value: 'ratio', label: this._words.__('ratio') }
    ];
  }

  private _orders(): readonly { readonly value: Order; readonly label: string }[] {
    return [
      { value: 'given', label: this._words.__('as given') },
      { value: 'value', label: this._words.__('lowest first') },
      { value: 'size', label: this._words.__('largest group first') }
    ];
  }

  private _performanceChoice(): HTMLElement | null {
    const metrics = performanceMetrics(this._report);
    if (this._report.models.length < 2 || metrics.length === 0) {
      return null;
    }
    const options = metrics.map(index => ({
      value: String(index),
      label: this._report.metrics[index]?.label ?? ''
    }));
    const choose = (value: string) => {
      this._performance = Number(value);
      this._showTradeOff();
    };
    const control = select(this._words.__('Across'), options, String(this._performance), choose);
    return make('div', { class: 'mlops-Report-controls' }, control);
  }

  private _choose(change: Partial<ISelection>): void {
    this._selection = { ...this._selection, ...change };
    this._show();
  }

  private _show(): void {
    const [report, selection, words] = [this._report, this._selection, this._words];
    const rows = groupRows(report, selection);
    const gaps = modelsOf(report, selection).map(model => gapOf(report, selection, model, rows));
    this._groups.show(selection, rows, gaps);
    const sentences = [
      ...gaps.map(gap => gapSentence(report, selection, gap, words)),
      careSentences(report, selection, rows, words).join(' ')
    ];
    this._said.replaceChildren(
      ...sentences.map(sentence => make('p', { class: 'mlops-Report-sentence' }, sentence))
    );
    this._showTradeOff();
  }

  private _showTradeOff(): void {
    this._tradeOff.replaceChildren(
      ...tradeOffChart(this._report, this._selection, this._performance, this._words)
    );
  }

  private _selection: ISelection;
  private _performance: number;
  private readonly _words: IWords;
  private readonly _mitigate: MitigateControl;
  private readonly _groups: GroupsChart;
  /** Heard after every choice. */
  private readonly _said = make('div', { 'aria-live': 'polite' });
  private readonly _tradeOff = make('div');
}
