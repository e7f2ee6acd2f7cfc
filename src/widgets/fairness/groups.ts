/** Groups as rows: name and size, a dot with its interval for each model, and the line of all rows. */

import { IFairnessReport } from '../../api/types';
import { formatFigure } from '../../model/format';
import { Child, draw, make, named } from '../report/dom';
import { IEstimate, dotAndLine, estimateCell, formatCount } from '../report/estimates';
import { IScale, scaleOf } from '../report/scale';
import { seriesClass, symbolKey } from '../report/symbols';
import { WindowedRows } from '../report/windowedRows';
import { IWords } from '../report/words';
import { IGap, IGroupRow, ISelection, groupingName, modelsOf, overallOf } from './selection';

const LINE_HEIGHT = 20;
const NAME_HEIGHT = 40;
/** In characters: longer names have more lines, for the feature that tells two groups apart is often the last one. */
const LONGEST_NAME = 24;
/** Of a name that is broken between words. */
const A_LINE = 20;
const MOST_LINES = 8;
const LINE_OF_NAME = 17;
const MOST_HEIGHT = 460;

/** The chart of the groups. It is its own table: every figure stands in its row as text. */
export class GroupsChart {
  readonly node: HTMLElement;

  /** Show nothing before `show`. */
  constructor(
    private readonly _report: IFairnessReport,
    private readonly _words: IWords
  ) {
    this._rows = new WindowedRows({ label: _words.__('Metric by group'), mostHeight: MOST_HEIGHT });
    this._rows.node.classList.add('mlops-Groups');
    this.node = this._rows.node;
  }

  /** Show a selection's rows. */
  show(selection: ISelection, rows: readonly IGroupRow[], gaps: readonly IGap[]): void {
    const [report, words] = [this._report, this._words];
    const models = modelsOf(report, selection);
    const overall = models.map(model => overallOf(report, selection, model));
    const scale = scaleOf(figuresOf(rows, overall));
    const lineCount = linesOf(rows);
    const nameHeight = NAME_HEIGHT + (lineCount - 1) * LINE_OF_NAME;
    const rowHeight = Math.max(nameHeight, models.length * LINE_HEIGHT + 8);
    const grouping = report.groupings[selection.grouping];
    const metric = report.metrics[selection.metric];
    const lines = models.map((model, place) => ({
      model,
      overall: overall[place] ?? NOTHING,
      y: rowHeight / 2 + (place - (models.length - 1) / 2) * LINE_HEIGHT
    }));
    this.node.classList.toggle('mlops-mod-long', lineCount > 1);
    this.node.style.setProperty('--mlops-lines', String(lineCount));
    this._rows.show({
      heads: [grouping ? groupingName(report, grouping) : '', axis(scale), metric?.label ?? ''],
      count: rows.length,
      rowHeight,
      cells: index => {
        const row = rows[index];
        return row ? [this._name(row, gaps), this._plot(row, scale, lines), this._figures(row, models)] : [];
      }
    });
    this.node.setAttribute('aria-label', words.__('%1 by group', metric?.label ?? ''));
  }

  private _name(row: IGroupRow, gaps: readonly IGap[]): Child {
    const words = this._words;
    const only = gaps.length === 1 ? gaps[0] : undefined;
    const marks = [
      row.isUncertain && !row.isSuppressed ? words.__('uncertain') : '',
      only?.least === row && only.most !== row ? words.__('lowest') : '',
      only?.most === row && only.least !== row ? words.__('highest') : ''
    ].filter(Boolean);
    const size = row.size === null ? words.__('withheld') : `n = ${formatCount(row.size)}`;
    return make(
      'div',
      { class: 'mlops-Groups-name', title: row.name },
      make('div', { class: 'mlops-Groups-label' }, named(row.name)),
      make(
        'div',
        { class: 'mlops-Groups-size' },
        size,
        ...marks.map(mark => make('span', { class: 'mlops-Groups-mark' }, ` · ${mark}`))
      )
    );
  }

  private _plot(row: IGroupRow, scale: IScale, lines: readonly ILine[]): Child {
    const parts = lines.flatMap(({ model, overall, y }, place) => {
      const all = scale.place(overall.value);
      const isHollow = Boolean(this._report.models[model]?.mitigator);
      return [
        ...(all === null ? [] : [overallLine(all, y, lines.length, model)]),
        ...dotAndLine(row.estimates[place] ?? NOTHING, scale, y, model, isHollow)
      ];
    });
    const className = row.isUncertain ? 'mlops-Groups-plot mlops-mod-uncertain' : 'mlops-Groups-plot';
    const at = scale.ticks.map(tick => `${scale.place(tick) ?? 0}%`);
    const grid = at.map(x => draw('line', { class: 'mlops-Plot-line', x1: x, x2: x, y1: 0, y2: '100%' }));
    return draw(
      'svg',
      { class: className, 'aria-hidden': 'true', width: '100%', height: '100%' },
      ...grid,
      ...parts
    );
  }

  private _figures(row: IGroupRow, models: readonly number[]): Child {
    const lines = models.map((model, place) => {
      const { name, mitigator } = this._report.models[model] ?? { name: '', mitigator: '' };
      return make(
        'div',
        { class: 'mlops-Groups-figure' },
        models.length > 1 ? symbolKey(model, Boolean(mitigator)) : null,
        models.length > 1 ? make('span', { class: 'mlops-Report-heard' }, `${name}: `) : null,
        estimateCell(row.estimates[place] ?? NOTHING, this._words)
      );
    });
    return make('div', {}, ...lines);
  }

  private readonly _rows: WindowedRows;
}

interface ILine {
  readonly model: number;
  readonly overall: IEstimate;
  /** Where it stands in its row, in pixels. */
  readonly y: number;
}

const NOTHING: IEstimate = { value: NaN, low: NaN, high: NaN };

function* figuresOf(rows: readonly IGroupRow[], overall: readonly IEstimate[]): Generator<number> {
  for (const estimates of [overall, ...rows.map(row => row.estimates)]) {
    for (const { value, low, high } of estimates) {
      yield value;
      yield low;
      yield high;
    }
  }
}

/** How many lines the longest name needs. */
function linesOf(rows: readonly IGroupRow[]): number {
  const longest = rows.reduce((most, { name }) => Math.max(most, name.length), 0);
  return longest > LONGEST_NAME ? Math.min(MOST_LINES, Math.ceil(longest / A_LINE)) : 1;
}

/** Through the whole row where one model is shown, else along the model's own line. */
function overallLine(x: number, y: number, count: number, model: number): SVGElement {
  const [top, bottom] = count === 1 ? ['0', '100%'] : [y - LINE_HEIGHT / 2, y + LINE_HEIGHT / 2];
  const line = { x1: `${x}%`, x2: `${x}%`, y1: top, y2: bottom };
  return draw('line', { class: `mlops-Groups-overall ${seriesClass(model)}`, ...line });
}

function axis(scale: IScale): HTMLElement {
  const ticks = scale.ticks.map(tick =>
    make('span', { style: `left: ${scale.place(tick) ?? 0}%` }, formatFigure(tick))
  );
  return make('div', { class: 'mlops-Rows-axis', 'aria-hidden': 'true' }, ...ticks);
}
