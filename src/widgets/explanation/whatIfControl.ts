/** The dials of a row, and the model's answer before and now. Without a kernel they rest, and say why. */

import { IExplanationReport, ILocalExplanations, IWhatIf, IWhatIfAnswer } from '../../api/types';
import { formatFigure, toNumber } from '../../model/format';
import { OWN_KEYS } from '../report/controls';
import { Child, draw, make, named } from '../report/dom';
import { IReportHost } from '../report/host';
import { scaleOf } from '../report/scale';
import { symbol } from '../report/symbols';
import { WindowedRows } from '../report/windowedRows';
import { IWords, isolated } from '../report/words';
import { IDials, dials } from './dials';
import { signed } from './localChart';
import { ChangedRow, Value, dialsOf, valueOf } from './whatIf';

const ROW_HEIGHT = 26;
const MOST_HEIGHT = 240;
/** A kernel that is free answers sooner. */
const SOON_MS = 400;

/** See the module. */
export class WhatIfControl {
  readonly node: HTMLElement;

  /** Show a row as it is. `heard` is told of every answer, null for the row as it is. */
  constructor(
    private readonly _report: IExplanationReport,
    private readonly _local: ILocalExplanations,
    whatIf: IWhatIf,
    private readonly _place: number,
    private readonly _host: IReportHost,
    private readonly _tell: (answer: IWhatIfAnswer | null, changes: ReadonlyMap<number, Value>) => void
  ) {
    const { words, asker } = _host;
    const row = _local.rows[_place] ?? _place;
    const first = (_local.values[_place] ?? []).map(valueOf);
    this._row =
      asker &&
      new ChangedRow(asker, whatIf.channel, row, first, (answer, problem) => this._hear(answer, problem));
    const all = dialsOf(_report, _local, whatIf, _place);
    this._dials = dials(all, words, (feature, value) => {
      this._row?.set(feature, value);
      this._wait();
    });
    this._back.textContent = words.__('Back to the row as it is');
    this._back.addEventListener('click', () => {
      this._dials.reset();
      this._row?.reset();
    });
    this._answers = new WindowedRows({ label: words.__('What the model answers'), mostHeight: MOST_HEIGHT });
    this._answers.node.classList.add('mlops-WhatIf');
    this.node = make(
      'div',
      {},
      make('h4', {}, words.__('What if the row were another?')),
      this._dials.node,
      _report.features.names.length > all.length
        ? make(
            'p',
            { class: 'mlops-Report-note' },
            words.__('The %1 features that matter most; the others stay as they are.', all.length)
          )
        : null,
      make('div', { class: 'mlops-Report-controls' }, this._back, this._said),
      this._answers.node,
      this._sentence
    );
    this._unsubscribe = asker?.subscribe(() => this._update());
    this._update();
    this._show(null);
  }

  /** Ask nothing more. */
  dispose(): void {
    clearTimeout(this._waiting);
    this._row?.dispose();
    this._unsubscribe?.();
  }

  private _update(): void {
    const { words, asker } = this._host;
    const none = words.__(
      'What-if needs the notebook, trusted and with its kernel: the model is asked anew.'
    );
    const problem = this._gone || (asker ? asker.problem : none);
    this._dials.disable(problem !== '');
    this._back.disabled = problem !== '' || this._row?.changes.size === 0;
    if (problem !== this._problem) {
      this._problem = problem;
      this._said.textContent = problem;
      if (!this._isAsked) {
        this._sentence.textContent = this._invitation;
      }
    }
  }

  /** Said until there is an answer. */
  private get _invitation(): string {
    const { words } = this._host;
    return this._problem
      ? words.__('Hollow: the row as it is.')
      : words.__('Change a value to ask the model anew. Hollow: the row as it is.');
  }

  private _wait(): void {
    clearTimeout(this._waiting);
    const said = this._host.words.__('The kernel is busy; the answer comes when it is free.');
    this._waiting = window.setTimeout(() => (this._said.textContent = said), SOON_MS);
  }

  private _hear(answer: IWhatIfAnswer | null, problem: string): void {
    clearTimeout(this._waiting);
    if (answer?.gone) {
      this._gone = problem;
    }
    this._said.textContent = problem;
    this._update();
    if (!problem) {
      this._show(answer);
      this._tell(answer, this._row?.changes ?? new Map());
    }
  }

  /** Hollow: the row as it is. */
  private _show(answer: IWhatIfAnswer | null): void {
    const [report, words] = [this._report, this._host.words];
    const before = (this._local.predicted[this._place] ?? []).map(toNumber);
    const now = answer ? answer.predicted.map(toNumber) : before;
    const scale = scaleOf([...before, ...now]);
    const cells = (index: number): readonly Child[] => {
      const [was, is] = [before[index] ?? NaN, now[index] ?? NaN];
      const dot = (value: number, isHollow: boolean) => {
        const at = scale.place(value);
        return at === null ? null : symbol(0, isHollow, `${at}%`, String(ROW_HEIGHT / 2));
      };
      return [
        named(report.outputs[index] ?? report.outputs[0] ?? ''),
        draw(
          'svg',
          { 'aria-hidden': 'true', width: '100%', height: '100%' },
          dot(was, true),
          answer ? dot(is, false) : null
        ),
        make('span', { class: 'mlops-Report-number' }, answer ? change(was, is) : formatFigure(was))
      ];
    };
    const heads = [words.__('answer'), '', words.__('before → now')];
    this._answers.show({ heads, count: Math.max(before.length, 1), rowHeight: ROW_HEIGHT, cells });
    this._isAsked = answer !== null;
    this._sentence.textContent = answer ? sentence(report, before, now, words) : this._invitation;
  }

  private _gone = '';
  private _isAsked = false;
  private _problem = '';
  private _waiting = 0;
  private _unsubscribe: (() => void) | undefined;
  private readonly _row: ChangedRow | undefined;
  private readonly _dials: IDials;
  private readonly _answers: WindowedRows;
  private readonly _back = make('button', { ...OWN_KEYS, type: 'button', class: 'mlops-Report-button' });
  private readonly _said = make('span', { class: 'mlops-Report-note', role: 'status' });
  private readonly _sentence = make('p', { class: 'mlops-Report-sentence', 'aria-live': 'polite' });
}

function change(was: number, is: number): string {
  return is === was ? formatFigure(is) : `${formatFigure(was)} → ${formatFigure(is)} (${signed(is - was)})`;
}

/** Says what moved most. */
function sentence(
  report: IExplanationReport,
  before: readonly number[],
  now: readonly number[],
  words: IWords
): string {
  const by = now.map((value, index) => value - (before[index] ?? NaN));
  const most = by.reduce((a, b, index) => (Math.abs(b) > Math.abs(by[a] ?? 0) ? index : a), 0);
  const name = isolated(report.outputs[most] ?? report.outputs[0] ?? '');
  const [was, is] = [formatFigure(before[most] ?? NaN), formatFigure(now[most] ?? NaN)];
  return by[most]
    ? words.__('The answer for %1 goes from %2 to %3. Hollow: the row as it is.', name, was, is)
    : words.__('The answer stays what it was.');
}
