/** Reports that a run keeps: a tag tells that there is one, an artifact is the report. */

import { own } from '../api/guards';
import { IRunSummary } from '../api/types';

/** The kinds of reports. */
export type ReportKind = 'fairness' | 'explanation' | 'onnx';

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
  const names = ['', '.data', '.sha256'].map(part => `mlops.${kind}${part}`);
  return tags.flatMap(each => names.map(name => own(each, name))).join(' ');
}

/** Where the report is, below the run's artifacts. */
export function reportPath(kind: ReportKind): string {
  return `reports/${kind}.json`;
}
