/** What anywidget asks of a module: it draws with the model of its widget, and gives back what ends it. */

import { IReportHost, IShownReport } from './host';
import { ENGLISH } from './words';

/** The part of anywidget's model that a report needs. */
export interface IWidgetModel {
  get(name: string): unknown;
}

/** A module's default export. */
export interface IAnyWidget {
  render(context: { readonly model: IWidgetModel; readonly el: HTMLElement }): () => void;
}

/** Return the widget of a report: its trait `report` is the report's JSON as text. */
export function anyWidget(
  show: (place: HTMLElement, data: unknown, host: IReportHost) => IShownReport
): IAnyWidget {
  return {
    render: ({ model, el }) => {
      const shown = show(el, parsed(model.get('report')), { words: ENGLISH });
      return () => shown.dispose();
    }
  };
}

/** Null for what is no JSON: no report can be read from it. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
