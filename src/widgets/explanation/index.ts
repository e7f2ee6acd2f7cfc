/** The ES module of the explanation, without JupyterLab, as the fairness report's. */

import { anyWidget } from '../report/anywidget';
import { IReportHost, IShownReport } from '../report/host';
import { refusal } from '../report/refusal';
import { ENGLISH } from '../report/words';
import { ExplanationView } from './explanationView';
import { readExplanation } from './readExplanation';

/** Show a report in a place, or why it cannot be shown. */
export function show(
  place: HTMLElement,
  data: unknown,
  host: IReportHost = { words: ENGLISH }
): IShownReport {
  const { report, problem } = readExplanation(data, host);
  const node = report ? new ExplanationView(report, host.words).node : refusal(problem);
  place.append(node);
  return { dispose: () => node.remove() };
}

export default anyWidget(show);
