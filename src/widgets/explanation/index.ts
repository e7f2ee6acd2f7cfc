/** The ES module of the explanation, without JupyterLab, as the fairness report's. */

import { anyWidget } from '../report/anywidget';
import { IReportHost, IShownReport } from '../report/host';
import { refusal } from '../report/refusal';
import { ENGLISH } from '../report/words';
import { ExplanationView } from './explanationView';
import { readExplanation } from './readExplanation';
import { WidgetAsker } from './widgetAsker';

/** Show a report in a place, or why it cannot be shown. */
export function show(
  place: HTMLElement,
  data: unknown,
  host: IReportHost = { words: ENGLISH }
): IShownReport {
  const { report, problem } = readExplanation(data, host);
  if (!report) {
    const said = refusal(problem);
    place.append(said);
    return { dispose: () => said.remove() };
  }
  const view = new ExplanationView(report, host);
  place.append(view.node);
  return view;
}

export default anyWidget(show, (model, data) => new WidgetAsker(model, data, ENGLISH));
