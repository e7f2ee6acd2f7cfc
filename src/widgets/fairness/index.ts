/**
 * The ES module of the fairness report, without JupyterLab: the labextension, the anywidget shell and a saved page draw
 * with it. It fetches nothing and takes a report for what it is: data that anybody may have written.
 */

import { anyWidget } from '../report/anywidget';
import { IReportHost, IShownReport } from '../report/host';
import { refusal } from '../report/refusal';
import { ENGLISH } from '../report/words';
import { FairnessView } from './fairnessView';
import { readFairness } from './readFairness';

/** Show a report in a place, or why it cannot be shown. */
export function show(
  place: HTMLElement,
  data: unknown,
  host: IReportHost = { words: ENGLISH }
): IShownReport {
  const { report, problem } = readFairness(data, host);
  if (!report) {
    const said = refusal(problem);
    place.append(said);
    return { dispose: () => said.remove() };
  }
  const view = new FairnessView(report, host);
  place.append(view.node);
  return view;
}

export default anyWidget(show);
