/** Asks the kernel of an anywidget, over the widget's own messages. The kernel's side is in Python's `widgets`. */

import { IExplanationReport, IWhatIfAnswer, IWhatIfQuestion } from '../../api/types';
import { Answers } from '../report/answers';
import { IWidgetAsker, IWidgetModel } from '../report/anywidget';
import { IWords } from '../report/words';

/** The number of the question whether the model is there; those about rows begin behind it. */
const GREETING = 0;

/**
 * See the module. Front ends do not tell a widget whether its kernel lives; so the kernel is asked first whether it has
 * the model, and until it answers nothing else can be asked.
 */
export class WidgetAsker implements IWidgetAsker {
  /** Ask whether the model is there, where the report came with one. */
  constructor(
    private readonly _model: IWidgetModel,
    report: unknown,
    private readonly _words: IWords
  ) {
    this._channel = (report as Partial<IExplanationReport> | null)?.what_if?.channel ?? '';
    _model.on('msg:custom', this._take);
    _model.on('comm_live_update', this._greet);
    this._greet();
  }

  /** See `IAsker`. */
  get problem(): string {
    return this._problem;
  }

  /** See `IAsker`. */
  subscribe(listener: () => void): () => void {
    this._listeners.add(listener);
    return () => this._listeners.delete(listener);
  }

  /** See `IAsker`. */
  ask(question: IWhatIfQuestion): Promise<IWhatIfAnswer> {
    return this._answers.wait(question.request, () => this._send(question));
  }

  /** Hear nothing more. */
  dispose(): void {
    this._model.off('msg:custom', this._take);
    this._model.off('comm_live_update', this._greet);
    this._answers.end('');
  }

  /** Also when JupyterLab says that the kernel of its widgets came or went. */
  private readonly _greet = (): void => {
    this._rest();
    if (this._channel) {
      const greeting = { request: GREETING, channel: this._channel, row: null, changes: {} };
      this.ask(greeting).then(
        ({ problem }) => this._become(problem),
        () => undefined // it rests
      );
    }
  };

  private readonly _take = (data: unknown): void => this._answers.take(data);

  private _send(question: IWhatIfQuestion): void {
    try {
      this._model.send({ ...question });
    } catch {
      this._rest();
    }
  }

  private _rest(): void {
    const words = this._words;
    const problem = this._channel
      ? words.__(
          'The dials rest until the kernel that has the model answers. Where it was restarted, run the cell again.'
        )
      : words.__('The report came without its model: “report_widget(report, model, X, y)” lets you ask it.');
    this._answers.end(problem);
    this._become(problem);
  }

  private _become(problem: string): void {
    this._problem = problem;
    this._listeners.forEach(listener => listener());
  }

  private readonly _channel: string;
  private _problem = '';
  private readonly _answers = new Answers();
  private readonly _listeners = new Set<() => void>();
}
