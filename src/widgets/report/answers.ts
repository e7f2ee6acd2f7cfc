/** Questions on their way: each is answered once, by its number, or by whatever ends the way. */

import { IWhatIfAnswer } from '../../api/types';

/** See the module. */
export class Answers {
  /** Wait for the answer to a question, which is sent by `send`. */
  wait(request: number, send: () => void): Promise<IWhatIfAnswer> {
    return new Promise((resolve, reject) => {
      this._waiting.set(request, { resolve, reject });
      try {
        send();
      } catch (error) {
        this._waiting.delete(request);
        reject(error);
      }
    });
  }

  /** Take what came; what is no answer to an open question is nothing. */
  take(data: unknown): void {
    const answer = data as Partial<IWhatIfAnswer> | null;
    const waiting = this._waiting.get(Number(answer?.request));
    if (!answer || !waiting) {
      return;
    }
    this._waiting.delete(Number(answer.request));
    waiting.resolve({
      request: Number(answer.request),
      predicted: Array.isArray(answer.predicted) ? answer.predicted : [],
      contributions: Array.isArray(answer.contributions) ? answer.contributions : [],
      problem: String(answer.problem ?? ''),
      gone: answer.gone === true
    });
  }

  /** Nobody will answer any more. */
  end(reason: string): void {
    const waiting = [...this._waiting.values()];
    this._waiting.clear();
    waiting.forEach(({ reject }) => reject(new Error(reason)));
  }

  private readonly _waiting = new Map<
    number,
    { readonly resolve: (answer: IWhatIfAnswer) => void; readonly reject: (reason: unknown) => void }
  >();
}
