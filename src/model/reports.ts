/** Reports that a run keeps: a tag tells that there is one, an artifact is the report. */

import { own } from '../api/guards';
import { IRunSummary } from '../api/types';

/** The kinds of reports. */
export type ReportKind = 'fairness' | 'explanation';

/** Whether a run has a report. */
export function hasReport(run: IRunSummary, kind: ReportKind): boolean {
  return Boolean(own(run.tags, `mlops.${kind}`));
}

/** What changes when the run gets another report in its place. */
export function reportState(run: IRunSummary | null, kind: ReportKind): string {
  return run ? [own(run.tags, `mlops.${kind}`), own(run.tags, `mlops.${kind}.data`)].join(' ') : '';
}

/** Where the report is, below the run's artifacts. */
export function reportPath(kind: ReportKind): string {
  return `reports/${kind}.json`;
}
