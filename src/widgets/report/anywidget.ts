/** What anywidget asks of a module: it draws with the model of its widget, and gives back what ends it. */

import { IWhatIfAnswer, IWhatIfQuestion } from '../../api/types';
import { Answers } from './answers';
import { IAsker, IReportHost, IShownReport } from './host';
import { ENGLISH } from './words';

/** The part of anywidget's model that a report needs. */
export interface IWidgetModel {
  get(name: string): unknown;
  send?(content: unknown): void;
  on?(event: string, callback: (content: unknown) => void): void;
  off?(event: string, callback: (content: unknown) => void): void;
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
      // Its trait `what_if` says that somebody answers.
      const asker = model.get('what_if') === true && model.send ? new WidgetAsker(model) : undefined;
      const shown = show(el, parsed(model.get('report')), { words: ENGLISH, asker });
      return () => {
        shown.dispose();
        asker?.dispose();
      };
    }
  };
}

/** Asks over the widget's own channel. */
class WidgetAsker implements IAsker {
  readonly problem = '';

  constructor(private readonly _model: IWidgetModel) {
    _model.on?.('msg:custom', this._take);
  }

  subscribe(): () => void {
    return () => undefined;
  }

  ask(question: IWhatIfQuestion): Promise<IWhatIfAnswer> {
    return this._answers.wait(question.request, () => this._model.send?.(question));
  }

  dispose(): void {
    this._model.off?.('msg:custom', this._take);
    this._answers.end('');
  }

  private readonly _answers = new Answers();
  private readonly _take = (content: unknown) => this._answers.take(content);
}

/** Null for what is no JSON: no report can be read from it. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return null;
  }
}
