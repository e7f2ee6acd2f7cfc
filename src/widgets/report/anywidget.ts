/** What anywidget asks of a module: it draws with the model of its widget, and gives back what ends it. */

import { IAsker, IReportHost, IShownReport } from './host';
import { ENGLISH } from './words';

/** The part of anywidget's model that a report needs. */
export interface IWidgetModel {
  get(name: string): unknown;
  /** `msg:custom` brings what the kernel sends. */
  on(event: string, heard: (data: unknown) => void): void;
  off(event: string, heard: (data: unknown) => void): void;
  /** Nothing happens where there is no kernel; a front end may throw instead. */
  send(data: unknown): void;
}

/** Asks a model until the widget goes. */
export interface IWidgetAsker extends IAsker, IShownReport {}

/** A module's default export. */
export interface IAnyWidget {
  render(context: { readonly model: IWidgetModel; readonly el: HTMLElement }): () => void;
}

/** Return the widget of a report: its trait `report` is the report's JSON as text. `asking` is for one that can ask. */
export function anyWidget(
  show: (place: HTMLElement, data: unknown, host: IReportHost) => IShownReport,
  asking?: (model: IWidgetModel, data: unknown) => IWidgetAsker
): IAnyWidget {
  return {
    render: ({ model, el }) => {
      const data = parsed(model.get('report'));
      const asker = asking?.(model, data);
      const shown = show(el, data, { words: ENGLISH, asker });
      return () => {
        shown.dispose();
        asker?.dispose();
      };
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
