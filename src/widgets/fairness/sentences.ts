/** What a chart shows and how sure it is, in plain words. */

import { IFairnessReport } from '../../api/types';
import { formatFigure } from '../../model/format';
import { formatCount, hasInterval, intervalText } from '../report/estimates';
import { IWords, isolated } from '../report/words';
import { IGap, IGroupRow, ISelection, overallOf } from './selection';

/** The gap of one model. */
export function gapSentence(
  report: IFairnessReport,
  selection: ISelection,
  gap: IGap,
  words: IWords
): string {
  const model = isolated(report.models[gap.model]?.name ?? '');
  const metric = isolated(report.metrics[selection.metric]?.label ?? '');
  if (Number.isNaN(gap.value)) {
    return words.__('%1: %2 has no gap to show, because a group has no figure.', model, metric);
  }
  const range = words.__(
    '%1: %2 lies between %3 and %4; over all rows it is %5.',
    model,
    metric,
    endText(gap.minimum, gap.least, words),
    endText(gap.maximum, gap.most, words),
    formatFigure(overallOf(report, selection, gap.model).value)
  );
  return `${range} ${sizeText(report, selection, gap, words)}`;
}

/** How sure the figures are, and what is not shown. */
export function careSentences(
  report: IFairnessReport,
  selection: ISelection,
  rows: readonly IGroupRow[],
  words: IWords
): readonly string[] {
  const uncertain = rows.filter(row => row.isUncertain && !row.isSuppressed).length;
  const suppressed = rows.filter(row => row.isSuppressed).length;
  const undefinedCount = rows.filter(
    row => !row.isSuppressed && row.estimates.some(estimate => Number.isNaN(estimate.value))
  ).length;
  const grouping = report.groupings[selection.grouping];
  const hidden = grouping ? grouping.total - grouping.sizes.length : 0;
  return [
    intervalsSentence(report, words),
    uncertain
      ? words._n(
          '%1 group is uncertain: it has fewer than %2 rows, or one outcome only, and its figures can be chance.',
          '%1 groups are uncertain: they have fewer than %2 rows, or one outcome only, and their figures can be chance.',
          uncertain,
          formatCount(report.uncertain_below)
        )
      : '',
    suppressed
      ? words._n(
          '%1 group is withheld: it has fewer than %2 rows, or would tell by subtraction what such a group has.',
          '%1 groups are withheld: they have fewer than %2 rows, or would tell by subtraction what such a group has.',
          suppressed,
          formatCount(report.min_group)
        )
      : '',
    undefinedCount
      ? words._n(
          'In %1 group the metric is not defined.',
          'In %1 groups the metric is not defined.',
          undefinedCount
        )
      : '',
    hidden > 0
      ? words.__(
          'Shown are %1 of %2 groups: the largest and those at the ends. All are in the report’s file.',
          formatCount(grouping?.sizes.length ?? 0),
          formatCount(grouping?.total ?? 0)
        )
      : ''
  ].filter(Boolean);
}

function endText(value: number, row: IGroupRow | null, words: IWords): string {
  return row
    ? words.__(
        '%1 (%2, n = %3)',
        formatFigure(value),
        isolated(row.name),
        row.size === null ? '?' : formatCount(row.size)
      )
    : formatFigure(value);
}

function sizeText(report: IFairnessReport, selection: ISelection, gap: IGap, words: IWords): string {
  const figure = formatFigure(gap.value);
  const isRatio = selection.method === 'ratio';
  if (!hasInterval(gap) || !report.bootstrap) {
    return isRatio
      ? words.__('The lowest is %1 times the highest.', figure)
      : words.__('The largest gap is %1.', figure);
  }
  const interval = intervalText(gap, words);
  return isRatio
    ? words.__('The lowest is %1 times the highest (%2).', figure, interval)
    : words.__('The largest gap is %1 (%2).', figure, interval);
}

function intervalsSentence(report: IFairnessReport, words: IWords): string {
  const { bootstrap } = report;
  return bootstrap
    ? words.__(
        'Dotted: all rows. In brackets: where %1% of %2 resamples of the rows lie.',
        formatFigure(Math.round((bootstrap.high - bootstrap.low) * 1e4) / 100),
        formatCount(bootstrap.samples)
      )
    : words.__('Dotted: all rows. No intervals were asked for, so how sure the figures are is not known.');
}
