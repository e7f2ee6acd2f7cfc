/** What a smaller gap costs: one dot a model, how well it does across, its gap up, and the front of the best. No DOM. */

import { IFairnessReport } from '../../api/types';
import { IEstimate } from '../report/estimates';
import { ISelection, gapOf, groupRows, modelsOf, overallOf } from './selection';

/** One model. */
export interface IPoint {
  readonly model: number;
  readonly name: string;
  /** The Fairlearn class that mitigated it, or empty. */
  readonly mitigator: string;
  readonly performance: IEstimate;
  readonly gap: IEstimate;
  /** Whether no other model is better in one and no worse in the other. */
  readonly isOnFront: boolean;
}

/** Metrics, by number, that say how well a model does. */
export function performanceMetrics(report: IFairnessReport): readonly number[] {
  return [...report.metrics.keys()].filter(index => {
    const metric = report.metrics[index];
    return metric !== undefined && metric.better !== '' && metric.of_class === '' && metric.kind !== 'count';
  });
}

/** The metric to begin with: an accuracy, where there is one. */
export function firstPerformance(report: IFairnessReport): number {
  const metrics = performanceMetrics(report);
  return metrics.find(index => report.metrics[index]?.key.includes('accuracy')) ?? metrics[0] ?? -1;
}

/** The models that are shown, with a place on both axes. */
export function tradeOff(
  report: IFairnessReport,
  selection: ISelection,
  performance: number
): readonly IPoint[] {
  const rows = groupRows(report, selection);
  const points = modelsOf(report, selection).map(model => ({
    model,
    name: report.models[model]?.name ?? '',
    mitigator: report.models[model]?.mitigator ?? '',
    performance: overallOf(report, { ...selection, metric: performance }, model),
    gap: gapOf(report, selection, model, rows)
  }));
  const upward = report.metrics[performance]?.better === 'lower' ? -1 : 1;
  const closer = selection.method === 'ratio' ? 1 : -1;
  const goods = points.map(point => [upward * point.performance.value, closer * point.gap.value] as const);
  return points
    .map((point, index) => ({ ...point, isOnFront: isOnFront(goods, index) }))
    .filter(point => Number.isFinite(point.performance.value) && Number.isFinite(point.gap.value));
}

/** `goods` are better when they are larger. */
function isOnFront(goods: readonly (readonly [number, number])[], index: number): boolean {
  const [a, b] = goods[index] ?? [NaN, NaN];
  return !goods.some(([c, d]) => c >= a && d >= b && (c > a || d > b));
}
