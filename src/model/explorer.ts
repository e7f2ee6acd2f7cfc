/**
 * The list of runs as a user looks at it: what fits the search, in groups or not, in an order, some selected.
 *
 * Rows are numbered through groups and their runs; only those that are looked at are asked for. The model asks again
 * when runs change, but only while it is shown.
 */

import { Debouncer } from '@lumino/polling';
import { IObservableDisposable } from '@lumino/disposable';
import { ISignal, Signal } from '@lumino/signaling';

import { RequestError } from '../api/request';
import { GroupBy, IRunQuery } from '../api/runs';
import { IRunColumns, IRunGroup, IRunSummary } from '../api/types';
import { IRunManager } from '../tokens';
import { firstOrder } from './columns';
import { RunPages } from './runPages';
import { RunTrends } from './runTrends';
import { RunWatch } from './runWatch';
import { isEnded, isOurs } from './runs';
import { RunSelection } from './selection';

/** One line of the list. */
export type Row =
  | { readonly kind: 'group'; readonly group: IRunGroup; readonly isOpen: boolean }
  | { readonly kind: 'run'; readonly run: IRunSummary }
  | { readonly kind: 'waiting' };

/** By what the list is sorted: a field of a run, or `metric.KEY`, `param.KEY`, `tag.KEY`. */
export interface ISort {
  readonly key: string;
  readonly order: 'asc' | 'desc';
}

/** What a user has chosen, and the layout keeps. */
export interface IExplorerChoice {
  readonly groupBy: GroupBy | '';
  readonly sort: ISort;
  readonly columns: readonly string[];
  readonly archived: boolean;
}

/** A group with its runs, or all runs where there are no groups. */
interface ISection {
  readonly group: IRunGroup | null;
  readonly pages: RunPages;
}

/** Two keys that come together are one question; a reader waits for no pause. */
const TYPING_MS = 15;
/** Lines that are selected by one key: more than anybody acts on at once. */
export const MOST_SELECTED = 1000;
const NO_COLUMNS: IRunColumns = { params: [], metrics: [], tags: [], experiments: [], notebooks: [] };

/** See the module. */
export class ExplorerModel implements IObservableDisposable {
  /** Nothing is asked before `show`. */
  constructor(
    private readonly _manager: IRunManager,
    choice: IExplorerChoice
  ) {
    this._choice = choice;
    this._typing = new Debouncer(() => this._restart(), TYPING_MS);
    this._watch = new RunWatch(_manager, run => this._onSummaries([run]));
    this._trends = new RunTrends(
      _manager.api,
      () => this._between(this._looked[0], this._looked[1] - 1),
      runs => this._onSummaries(runs)
    );
    _manager.runsChanged.connect(this._onRunsChanged, this);
  }

  /** The selected runs. */
  readonly selection = new RunSelection();

  /** Anything that is shown has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** It has ended. */
  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  /** What the user has chosen. */
  get choice(): IExplorerChoice {
    return this._choice;
  }

  /** The user has chosen otherwise. */
  get choiceChanged(): ISignal<this, IExplorerChoice> {
    return this._choiceChanged;
  }

  /** The search. */
  get query(): string {
    return this._query;
  }

  /** What the server has against the search, or against answering at all. */
  get problem(): RequestError | null {
    return this._problem;
  }

  /** Whether the first answer has come. */
  get isReady(): boolean {
    return this._isReady;
  }

  /** Whether the server still reads the store: there will be more. */
  get isBuilding(): boolean {
    return this._isBuilding;
  }

  /** Runs that fit. */
  get total(): number {
    return this._sections.reduce((sum, section) => sum + (section.group?.total ?? section.pages.total), 0);
  }

  /** Lines of the list. */
  get rowCount(): number {
    return this._sections.reduce((sum, section) => sum + this._length(section), 0);
  }

  /** The line that the keyboard is on. */
  get active(): number {
    return Math.max(0, Math.min(this._active, this.rowCount - 1));
  }

  /** Keys to choose from. */
  get columns(): IRunColumns {
    return this._columns;
  }

  /** Whether it has ended. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** The line at a place. */
  rowAt(index: number): Row {
    const found = this._locate(index);
    if (!found) {
      return { kind: 'waiting' };
    }
    const [section, within] = found;
    if (section.group && within < 0) {
      return { kind: 'group', group: section.group, isOpen: this._open.has(section.group.key) };
    }
    const run = section.pages.at(within);
    return run ? { kind: 'run', run } : { kind: 'waiting' };
  }

  /** Begin to look, or to look again. */
  show(): void {
    this._isShown = true;
    if (this._isStale) {
      void this._refresh();
    }
    this.look(...this._looked);
  }

  /** Stop looking: nothing is asked and no run is watched until `show`. */
  hide(): void {
    this._isShown = false;
    this._watch.set([]);
    this._trends.stop();
  }

  /** Search. */
  setQuery(query: string): void {
    if (query !== this._query) {
      this._query = query;
      this._changed.emit();
      void this._typing.invoke();
    }
  }

  /** Choose otherwise. */
  choose(change: Partial<IExplorerChoice>): void {
    const before = this._choice;
    this._choice = { ...before, ...change };
    this._choiceChanged.emit(this._choice);
    this._changed.emit();
    if (before.groupBy !== this._choice.groupBy || before.archived !== this._choice.archived) {
      this._restart();
    } else if (before.sort.key !== this._choice.sort.key || before.sort.order !== this._choice.sort.order) {
      this._restart();
    }
  }

  /** Sort by a key; by the same key again: the other way round. */
  sortBy(key: string): void {
    const { sort } = this._choice;
    const order = sort.key === key ? (sort.order === 'asc' ? 'desc' : 'asc') : firstOrder(key);
    this.choose({ sort: { key, order } });
  }

  /** Open or close a group. */
  toggle(key: string, isOpen = !this._open.has(key)): void {
    this._wasToggled = true;
    if (isOpen) {
      this._open.add(key);
    } else {
      this._open.delete(key);
    }
    this._changed.emit();
  }

  /** Close all groups; the keyboard stays with its group. */
  closeGroups(): void {
    const section = this._locate(this.active)?.[0];
    this._wasToggled = true;
    this._open.clear();
    this.activate(section ? this._sections.indexOf(section) : 0);
  }

  /** Put the keyboard on a line. */
  activate(index: number): void {
    this._active = Math.max(0, Math.min(index, this.rowCount - 1));
    this._changed.emit();
  }

  /** Select what a pointer or a key says: one run, one more, or all up to it. */
  select(index: number, how: 'only' | 'toggle' | 'range'): void {
    const row = this.rowAt(index);
    this._choices += 1;
    if (how === 'range') {
      void this._selectLines(this._anchor, index);
    } else if (row.kind === 'run') {
      this._anchor = index;
      if (how === 'toggle') {
        this.selection.toggle(row.run);
      } else {
        this.selection.set([row.run]);
      }
    }
    this.activate(index);
  }

  /** Select every run, up to `MOST_SELECTED` lines. */
  selectAll(): void {
    this.selection.set([]);
    void this._selectLines(0, this.rowCount - 1);
  }

  /** Select nothing. */
  clearSelection(): void {
    this._choices += 1;
    this.selection.set([]);
    this._changed.emit();
  }

  /** Tell which lines are on the screen: they are asked for, and their live runs are watched. */
  look(start: number, end: number): void {
    this._looked = [start, end];
    if (!this._isShown) {
      return;
    }
    void this._ensure(start, end);
    this._watch.set(this._between(start, end - 1).filter(run => !isEnded(run.status) && isOurs(run)));
    this._trends.look();
  }

  /** Tell whether there is room for courses: those of other tools' runs are asked for. */
  drawTrends(isDrawn: boolean): void {
    this._trends.isDrawn = isDrawn;
    this.look(...this._looked);
  }

  /** Ask which keys there are. */
  async loadColumns(): Promise<void> {
    try {
      this._columns = await this._manager.api.columns();
      this._changed.emit();
    } catch (error) {
      if (!(error instanceof RequestError)) {
        throw error; // Completion is a comfort: without an answer there is none.
      }
    }
  }

  /** The query that finds what is shown. */
  asQuery(): IRunQuery {
    const { sort, archived } = this._choice;
    return { query: this._query, sort: sort.key, order: sort.order, archived: archived || undefined };
  }

  /** Look no more. */
  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.hide();
      this._typing.dispose();
      this._trends.dispose();
      this._abort.abort();
      this._sections.forEach(section => section.pages.cancel());
      this._disposed.emit();
      Signal.clearData(this);
    }
  }

  private _length(section: ISection): number {
    if (!section.group) {
      return section.pages.total;
    }
    return this._open.has(section.group.key) ? 1 + section.pages.total : 1;
  }

  private _locate(index: number): readonly [ISection, number] | null {
    let first = 0;
    for (const section of this._sections) {
      const length = this._length(section);
      if (index < first + length) {
        return [section, index - first - (section.group ? 1 : 0)];
      }
      first += length;
    }
    return null;
  }

  /** Have the runs of some lines come, as far as they are not there. */
  private async _ensure(start: number, end: number): Promise<void> {
    const coming: Promise<void>[] = [];
    let first = 0;
    for (const section of this._sections) {
      const head = section.group ? 1 : 0;
      const length = this._length(section);
      const [from, to] = [Math.max(0, start - first - head), Math.min(length - head, end - first - head)];
      if (to > from) {
        coming.push(section.pages.ensure(from, to));
      }
      first += length;
    }
    await Promise.all(coming);
  }

  /** Select the runs of lines too: at once those that are there, and the others when they have come. */
  private async _selectLines(a: number, b: number): Promise<void> {
    const start = Math.max(0, Math.min(a, b));
    const end = Math.min(Math.max(a, b), start + MOST_SELECTED - 1);
    const choice = ++this._choices;
    const sections = this._sections;
    this.selection.add(this._between(start, end));
    this._changed.emit();
    await this._ensure(start, end + 1);
    // Whoever has chosen otherwise meanwhile, or looks at another list, does not mean these.
    if (choice === this._choices && sections === this._sections) {
      this.selection.add(this._between(start, end));
      this._changed.emit();
    }
  }

  private _between(a: number, b: number): IRunSummary[] {
    const runs = [];
    for (let index = Math.min(a, b); index <= Math.max(a, b); index++) {
      const row = this.rowAt(index);
      if (row.kind === 'run') {
        runs.push(row.run);
      }
    }
    return runs;
  }

  private _onRunsChanged(): void {
    this._isStale = true;
    if (this._isShown) {
      void this._refresh();
    }
  }

  /** Another question: what was known is no answer to it. */
  private _restart(): void {
    this._isFresh = true;
    this._active = 0;
    this._anchor = 0;
    void this._refresh();
  }

  private async _refresh(): Promise<void> {
    this._isStale = false;
    this._failed = null;
    this._abort.abort();
    this._abort = new AbortController();
    const { signal } = this._abort;
    const query = this.asQuery(); // The user types on while the server answers: an answer belongs to its question.
    try {
      const sections = this._choice.groupBy
        ? await this._readGroups(query, this._choice.groupBy, signal)
        : await this._readAll(query);
      if (!signal.aborted) {
        this._show(sections);
      }
    } catch (error) {
      if (!signal.aborted && error instanceof RequestError) {
        this._fail(error);
      } else if (!signal.aborted) {
        throw error;
      }
    }
  }

  private async _readGroups(
    query: IRunQuery,
    by: GroupBy,
    signal: AbortSignal
  ): Promise<readonly ISection[]> {
    const answer = await this._manager.api.groups(query.query ?? '', by, query.archived ?? false, signal);
    this._isBuilding = answer.building;
    const known = new Map(this._isFresh ? [] : this._sections.map(each => [each.group?.key, each.pages]));
    if (!this._wasToggled && answer.groups[0]) {
      this._open.clear();
      this._open.add(answer.groups[0].key); // The newest run's group, until the user says which.
    }
    return answer.groups.map(group => {
      const pages = known.get(group.key) ?? this._pages({ ...query, group_by: by, group: group.key });
      pages.invalidate();
      pages.expect(group.total);
      return { group, pages };
    });
  }

  private async _readAll(query: IRunQuery): Promise<readonly ISection[]> {
    const known = this._sections[0];
    const pages = known && !known.group && !this._isFresh ? known.pages : this._pages(query);
    pages.invalidate();
    const [start, end] = this._isFresh ? [0, 1] : this._looked;
    await pages.ensure(start, Math.max(end, start + 1));
    this._isBuilding = pages.building;
    return pages.isReady ? [{ group: null, pages }] : this._sections;
  }

  private _pages(query: IRunQuery): RunPages {
    return new RunPages(
      this._manager.api,
      query,
      () => {
        this._changed.emit();
        this.look(...this._looked);
      },
      error => this._fail(error)
    );
  }

  private _show(sections: readonly ISection[]): void {
    const kept = new Set(sections.map(section => section.pages));
    this._sections.filter(section => !kept.has(section.pages)).forEach(section => section.pages.cancel());
    this._sections = sections;
    this._isFresh = false;
    this._isReady = true;
    this._problem = this._failed;
    this._changed.emit();
    this.look(...this._looked);
  }

  private _fail(error: RequestError): void {
    this._failed = error;
    this._problem = error;
    this._isFresh = true;
    this._isReady = true;
    this._changed.emit();
  }

  /** Show newer summaries, where their runs are in the list. */
  private _onSummaries(runs: readonly IRunSummary[]): void {
    runs.forEach(run => this.selection.update(run));
    const shown = runs.filter(run => this._sections.filter(section => section.pages.update(run)).length > 0);
    if (shown.length) {
      this._changed.emit();
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _disposed = new Signal<this, void>(this);
  private readonly _choiceChanged = new Signal<this, IExplorerChoice>(this);
  private readonly _typing: Debouncer;
  private readonly _open = new Set<string>();
  private readonly _watch: RunWatch;
  private readonly _trends: RunTrends;
  private _choice: IExplorerChoice;
  private _columns = NO_COLUMNS;
  private _sections: readonly ISection[] = [];
  private _query = '';
  private _problem: RequestError | null = null;
  private _failed: RequestError | null = null;
  private _abort = new AbortController();
  private _looked: [number, number] = [0, 50];
  private _active = 0;
  private _anchor = 0;
  /** How often something was selected: what comes late knows by it that it was meant no more. */
  private _choices = 0;
  private _isReady = false;
  private _wasToggled = false;
  private _isBuilding = false;
  private _isFresh = true;
  private _isShown = false;
  private _isStale = true;
  private _isDisposed = false;
}
