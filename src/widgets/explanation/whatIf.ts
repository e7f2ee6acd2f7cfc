/** A row that the reader changes, and what the model says of it then. One question at a time, the newest next. No DOM. */

import { Figure, IExplanationReport, ILocalExplanations, IWhatIf, IWhatIfAnswer } from '../../api/types';
import { toNumber } from '../../model/format';
import { IAsker } from '../report/host';

/** A value; null where it is missing. */
export type Value = Figure | null;

/** What can be set for a feature. */
export interface IDial {
  readonly feature: number;
  readonly name: string;
  /** Of a number; null where the data tells none. */
  readonly range: { readonly least: number; readonly most: number; readonly isWhole: boolean } | null;
  /** Of a category, the row's own among them; empty for a number. */
  readonly choices: readonly string[];
  readonly value: Value;
}

/** Return what can be set in a row, by its place among the named ones; what matters most comes first. */
export function dialsOf(
  report: IExplanationReport,
  local: ILocalExplanations,
  whatIf: IWhatIf,
  place: number
): readonly IDial[] {
  const { names, kinds, categories } = report.features;
  const byImportance = new Set([...report.importance.features.flat(), ...names.keys()]);
  return [...byImportance].slice(0, MOST_DIALS).flatMap(feature => {
    const name = names[feature];
    const value = valueOf(local.values[place]?.[feature]);
    if (name === undefined) {
      return [];
    }
    const own = typeof value === 'string' ? [value] : [];
    const choices =
      kinds[feature] === 'category' ? [...new Set([...(categories[feature] ?? []), ...own])] : [];
    return [{ feature, name, range: choices.length ? null : rangeOf(whatIf, feature), choices, value }];
  });
}

/** More than a reader would turn. */
const MOST_DIALS = 100;

/** One changed row. */
export class ChangedRow {
  /** Ask nothing before the first change. `changed` hears of every answer, and of every reason for none. */
  constructor(
    private readonly _asker: IAsker,
    private readonly _channel: string,
    private readonly _row: number,
    private readonly _first: readonly Value[],
    private readonly _heard: (answer: IWhatIfAnswer | null, problem: string) => void
  ) {}

  /** Features that are not what they were. */
  get changes(): ReadonlyMap<number, Value> {
    return this._changes;
  }

  /** Set a feature; what it was before is no change. */
  set(feature: number, value: Value): void {
    if (value === (this._first[feature] ?? null)) {
      this._changes.delete(feature);
    } else {
      this._changes.set(feature, value);
    }
    this._isStale = true;
    void this._ask();
  }

  /** Back to the row as it is. */
  reset(): void {
    this._changes.clear();
    this._isStale = true;
    void this._ask();
  }

  /** Nobody listens any more. */
  dispose(): void {
    this._isDisposed = true;
  }

  /** While an answer is waited for, only the newest state is remembered: it is asked next. */
  private async _ask(): Promise<void> {
    if (this._isAsking) {
      return;
    }
    this._isAsking = true;
    while (this._isStale && !this._isDisposed) {
      this._isStale = false;
      const [answer, problem] = await this._answer();
      // Somebody may have gone on meanwhile: an answer to what is no more shown is none.
      if (!this._isDisposed && !this._isStale) {
        this._heard(answer, problem);
      }
    }
    this._isAsking = false;
  }

  private async _answer(): Promise<readonly [IWhatIfAnswer | null, string]> {
    if (this._changes.size === 0) {
      return [null, ''];
    }
    const changes = Object.fromEntries(this._changes);
    questions += 1;
    try {
      const question = { request: questions, channel: this._channel, row: this._row, changes };
      const answer = await this._asker.ask(question);
      return answer.problem ? [answer, answer.problem] : [answer, ''];
    } catch (error) {
      return [null, error instanceof Error ? error.message : String(error)];
    }
  }

  private readonly _changes = new Map<number, Value>();
  private _isStale = false;
  private _isAsking = false;
  private _isDisposed = false;
}

/** Numbers of questions are not used twice: the windows that show a widget all hear what each of them is answered. */
let questions = Math.floor(Math.random() * 2 ** 40);

/** What a row of the report holds, as the kernel would be told. */
export function valueOf(figure: Figure | undefined): Value {
  return figure === undefined || figure === 'NaN' ? null : figure;
}

function rangeOf({ least, most, whole }: IWhatIf, feature: number): IDial['range'] {
  const [from, to] = [toNumber(least[feature] ?? 'NaN'), toNumber(most[feature] ?? 'NaN')];
  return Number.isFinite(from) && Number.isFinite(to) && from < to
    ? { least: from, most: to, isWhole: whole[feature] === true }
    : null;
}
