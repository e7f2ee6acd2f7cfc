/** The runs that fit a query, as far as somebody has looked: a list of known length, filled a page at a time. */

import { RequestError } from '../api/request';
import { IRunQuery, RunApi } from '../api/runs';
import { IRunPage, IRunSummary } from '../api/types';
import { AnswerOrder } from './answerOrder';

/** Rows that are asked for at once. */
const PAGE_ROWS = 50;
const MOST_PAGES = 4;

/** Rows that have come, and with the answer to which question. */
interface IRows {
  readonly question: number;
  readonly runs: readonly IRunSummary[];
}

/** A sparse list of runs. */
export class RunPages {
  /** `onChange` is called when rows have come, `onError` when they cannot. */
  constructor(
    private readonly _api: RunApi,
    private readonly _query: IRunQuery,
    private readonly _onChange: () => void,
    private readonly _onError: (error: RequestError) => void
  ) {}

  /** Runs that fit. */
  get total(): number {
    return this._total;
  }

  /** Whether the length is known. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** Whether the server still builds what it answers from. */
  get building(): boolean {
    return this._building;
  }

  /** The run at a place, or undefined while it is on its way. */
  at(index: number): IRunSummary | undefined {
    return this._pages.get(Math.floor(index / PAGE_ROWS))?.runs[index % PAGE_ROWS];
  }

  /** The place of a run among those that have come, or -1. */
  indexOf(runId: string): number {
    for (const [page, { runs }] of this._pages) {
      const index = runs.findIndex(run => run.run_id === runId);
      if (index >= 0) {
        return page * PAGE_ROWS + index;
      }
    }
    return -1;
  }

  /** Believe a length that was told elsewhere until the first page comes, so that nothing jumps. */
  expect(total: number): void {
    this._total = total;
    this._isReady = true;
  }

  /** Have the rows from `start` up to `end` come, as far as they are not there or are stale. */
  async ensure(start: number, end: number): Promise<void> {
    const last = Math.max(start, Math.min(end, this._isReady ? this._total : end) - 1);
    const first = Math.floor(start / PAGE_ROWS);
    const pages = follow(first, Math.floor(last / PAGE_ROWS) - first + 1);
    const missing = pages.filter(page => !this._fresh.has(page));
    missing.forEach(page => this._fresh.add(page));
    for (const [first, count] of neighbours(missing)) {
      const coming = this._load(first, count);
      follow(first, count).forEach(page => this._coming.set(page, coming));
    }
    // Also those that somebody else has asked for a moment ago.
    await Promise.all(pages.map(page => this._coming.get(page)));
  }

  /** Ask again for whatever is looked at next; until it comes, what was known stays. */
  invalidate(): void {
    this._fresh.clear();
  }

  /** Put a newer summary in its place. */
  update(run: IRunSummary): boolean {
    const index = this.indexOf(run.run_id);
    const page = this._pages.get(Math.floor(index / PAGE_ROWS));
    if (index < 0 || !page) {
      return false;
    }
    const runs = [...page.runs];
    runs[index % PAGE_ROWS] = run;
    this._pages.set(Math.floor(index / PAGE_ROWS), { ...page, runs });
    return true;
  }

  /** Want no more answers. */
  cancel(): void {
    this._abort.abort();
  }

  private async _load(first: number, count: number): Promise<void> {
    const pages = follow(first, count);
    const question = this._order.ask();
    try {
      const query = { ...this._query, offset: first * PAGE_ROWS, limit: count * PAGE_ROWS };
      this._take(question, pages, await this._api.page(query, this._abort.signal));
    } catch (error) {
      pages.forEach(page => this._fresh.delete(page));
      if (!this._abort.signal.aborted && error instanceof RequestError) {
        this._onError(error);
      }
    }
  }

  private _take(question: number, pages: readonly number[], answer: IRunPage): void {
    if (this._abort.signal.aborted) {
      return;
    }
    this._isReady = true;
    if (this._order.isNews(question)) {
      this._building = answer.building;
      this._total = answer.total;
    }
    pages.forEach((page, index) => {
      if (question > (this._pages.get(page)?.question ?? 0)) {
        const runs = answer.runs.slice(index * PAGE_ROWS, (index + 1) * PAGE_ROWS);
        this._pages.set(page, { question, runs });
      }
    });
    for (const key of [...this._pages.keys()]) {
      if (key * PAGE_ROWS >= this._total && key !== pages[0]) {
        this._pages.delete(key);
      }
    }
    this._onChange();
  }

  private readonly _pages = new Map<number, IRows>();
  private readonly _order = new AnswerOrder();
  private readonly _fresh = new Set<number>();
  private readonly _coming = new Map<number, Promise<void>>();
  private readonly _abort = new AbortController();
  private _total = 0;
  private _isReady = false;
  private _building = false;
}

/** Return so many pages from the first on. */
function follow(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Return pages that follow each other as first and count, at most so many together as the server gives at once. */
function neighbours(pages: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const page of pages) {
    const last = found[found.length - 1];
    if (last && last[0] + last[1] === page && last[1] < MOST_PAGES) {
      last[1] += 1;
    } else {
      found.push([page, 1]);
    }
  }
  return found;
}
