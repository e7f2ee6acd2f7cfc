/** What of a report is shown, and the figures that follow from it. No DOM. */

import {
  Figure,
  IFairnessGrouping,
  IFairnessReport,
  IFairnessResult,
  IFairnessSpread
} from '../../api/types';
import { toNumber } from '../../model/format';
import { IEstimate } from '../report/estimates';

/** How groups are held against each other. */
export type Method = 'difference' | 'ratio';

/** In which order groups stand. */
export type Order = 'given' | 'value' | 'size';

/** What the reader chose; all by number. */
export interface ISelection {
  readonly metric: number;
  readonly grouping: number;
  readonly stratum: number;
  readonly method: Method;
  readonly order: Order;
  readonly models: ReadonlySet<number>;
}

/** One group, with one estimate a model that is shown. */
export interface IGroupRow {
  readonly group: number;
  readonly name: string;
  /** Null where it is withheld. */
  readonly size: number | null;
  readonly isUncertain: boolean;
  readonly isSuppressed: boolean;
  readonly estimates: readonly IEstimate[];
}

/** How far apart the groups of a model are. */
export interface IGap extends IEstimate {
  readonly model: number;
  /** The groups at the ends; null where they are not among those shown. */
  readonly least: IGroupRow | null;
  readonly most: IGroupRow | null;
  /** Their figures. */
  readonly minimum: number;
  readonly maximum: number;
}

/** Where a reader begins: how often groups are selected, all features together, the first four models. */
export function firstSelection(report: IFairnessReport): ISelection {
  const selected = report.metrics.findIndex(each => each.key === 'selection_rate');
  const metric = selected >= 0 ? selected : report.metrics.findIndex(each => each.kind !== 'count');
  return {
    metric: Math.max(0, metric),
    grouping: report.groupings.length - 1,
    stratum: 0,
    method: 'difference',
    order: 'given',
    models: new Set([...report.models.keys()].slice(0, FIRST_MODELS))
  };
}

const FIRST_MODELS = 4;

/** The models that are shown, in the report's order. */
export function modelsOf(report: IFairnessReport, selection: ISelection): readonly number[] {
  return [...report.models.keys()].filter(model => selection.models.has(model));
}

/** A group as people read it: `female · black`. */
function groupName(report: IFairnessReport, grouping: IFairnessGrouping, group: number): string {
  return grouping.features
    .map((feature, place) => report.sensitive[feature]?.levels[grouping.levels[place]?.[group] ?? -1] ?? '?')
    .join(' · ');
}

/** The features of a grouping: `sex × race`. */
export function groupingName(report: IFairnessReport, grouping: IFairnessGrouping): string {
  return grouping.features.map(feature => report.sensitive[feature]?.name ?? '?').join(' × ');
}

/** A stratum of the control features: `full-time · 2025`. */
export function stratumName(report: IFairnessReport, stratum: number): string {
  const levels = report.strata[stratum] ?? [];
  return report.control.map((feature, place) => feature.levels[levels[place] ?? -1] ?? '?').join(' · ');
}

/** The rows of the chart. */
export function groupRows(report: IFairnessReport, selection: ISelection): readonly IGroupRow[] {
  const grouping = report.groupings[selection.grouping];
  if (!grouping) {
    return [];
  }
  const results = modelsOf(report, selection).map(model => resultOf(report, selection, model));
  const [uncertain, suppressed] = [new Set(grouping.uncertain), new Set(grouping.suppressed)];
  const rows = [...grouping.sizes.keys()]
    .filter(group => report.strata.length === 0 || grouping.strata[group] === selection.stratum)
    .map(group => ({
      group,
      name: groupName(report, grouping, group),
      size: grouping.sizes[group] ?? null,
      isUncertain: uncertain.has(group),
      isSuppressed: suppressed.has(group),
      estimates: results.map(result => estimate(result, selection.metric, group))
    }));
  return ordered(rows, selection.order);
}

/** The metric over all rows. */
export function overallOf(report: IFairnessReport, selection: ISelection, model: number): IEstimate {
  return estimate(asTable(report.overall[model]), selection.metric, selection.stratum);
}

/** The gap of one of the models that are shown. `rows` are those of the chart. */
export function gapOf(
  report: IFairnessReport,
  selection: ISelection,
  model: number,
  rows: readonly IGroupRow[]
): IGap {
  const result = resultOf(report, selection, model);
  const of = (spread: IFairnessSpread | undefined) =>
    estimate(asTable(spread), selection.metric, selection.stratum);
  const place = modelsOf(report, selection).indexOf(model);
  const [minimum, maximum] = [of(result?.minimum).value, of(result?.maximum).value];
  const at = (value: number) => rows.find(row => row.estimates[place]?.value === value) ?? null;
  return {
    ...of(result?.[selection.method]),
    model,
    minimum,
    maximum,
    least: at(minimum),
    most: at(maximum)
  };
}

/** The result of a model in the grouping that is shown. */
function resultOf(
  report: IFairnessReport,
  selection: ISelection,
  model: number
): IFairnessResult | undefined {
  return report.results.find(result => result.model === model && result.grouping === selection.grouping);
}

interface ITables {
  readonly by_group: readonly (readonly Figure[])[];
  readonly low: readonly (readonly Figure[])[];
  readonly high: readonly (readonly Figure[])[];
}

function asTable(spread: IFairnessSpread | undefined): ITables | undefined {
  return spread && { by_group: spread.values, low: spread.low, high: spread.high };
}

function estimate(tables: ITables | undefined, row: number, column: number): IEstimate {
  const at = (table: readonly (readonly Figure[])[] | undefined) => toNumber(table?.[row]?.[column] ?? 'NaN');
  return { value: at(tables?.by_group), low: at(tables?.low), high: at(tables?.high) };
}

/** By the first model that is shown; what is no number comes last. */
function ordered(rows: readonly IGroupRow[], order: Order): readonly IGroupRow[] {
  if (order === 'given') {
    return rows;
  }
  const key = (row: IGroupRow) => (order === 'size' ? -(row.size ?? 0) : (row.estimates[0]?.value ?? NaN));
  const rank = (row: IGroupRow) => (Number.isNaN(key(row)) ? Infinity : key(row));
  return [...rows].sort((a, b) => (rank(a) === rank(b) ? a.group - b.group : rank(a) - rank(b)));
}
