/** Reports that a run keeps: a tag tells that there is one, an artifact is the report. */

import { own } from '../api/guards';
import { IRunSummary } from '../api/types';

/** The kinds of reports. */
export type ReportKind = 'fairness' | 'explanation';

/** Whether a run has a report. */
export function hasReport(run: IRunSummary, kind: ReportKind): boolean {
  return Boolean(own(run.tags, `mlops.${kind}`));
}

/** What changes when the run gets another report in its place, as far as any of its summaries tells. */
export function reportState(
  summaries: readonly (IRunSummary | null | undefined)[],
  kind: ReportKind
): string {
  const tags = summaries.map(each => each?.tags ?? {});
  return tags.flatMap(each => [own(each, `mlops.${kind}`), own(each, `mlops.${kind}.data`)]).join(' ');
}

/** Where the report is, below the run's artifacts. */
export function reportPath(kind: ReportKind): string {
  return `reports/${kind}.json`;
}
