/** Which answers count: a busy server may answer a later question first, and then the earlier answer tells what was. */

/** See the module. */
export class AnswerOrder {
  /** Ask: return the question's number, from 1 on. */
  ask(): number {
    return ++this._asked;
  }

  /** Whether the answer to a question is news: no later one has been answered before. */
  isNews(question: number): boolean {
    if (question < this._answered) {
      return false;
    }
    this._answered = question;
    return true;
  }

  private _asked = 0;
  private _answered = 0;
}
