/** The columns of a list of runs: how each is called, sorted by, and what it says of a run. */

import { TranslationBundle } from '@jupyterlab/translation';

import { own } from '../api/guards';
import { Figure, IRunSummary } from '../api/types';
import { isLessBetter } from './comparisonFacts';
import { formatAge, formatDuration, formatFigure, formatFigureBriefly, formatTime } from './format';
import { headlineMetric, isEnded, runSeconds } from './runs';

/** What a cell says, and in full. */
export interface ICell {
  readonly text: string;
  readonly title: string;
}

/** A column. */
export interface IColumn {
  /** `age`, `duration`, `metric`, `spark`, `experiment`, `notebook`, `user`, or `metric.KEY`, `param.KEY`, `tag.KEY`. */
  readonly id: string;
  readonly title: string;
  /** By what the server sorts it; empty where it cannot. */
  readonly sort: string;
  /** Pixels. */
  readonly width: number;
  readonly isFigure: boolean;
  cell(run: IRunSummary, now: number): ICell;
}

const GAP_PX = 6;
const EMPTY: ICell = { text: '', title: '' };

/** What gives way first where there is little room. */
const LEAST_NEEDED = ['user', 'age', 'spark', 'duration'];

/** Return the columns that fit into a width beside a name of `nameWidth`. All in pixels. */
export function fitting(columns: readonly IColumn[], width: number, nameWidth: number): readonly IColumn[] {
  let shown = columns;
  for (const id of LEAST_NEEDED) {
    const needed = shown.reduce((sum, column) => sum + column.width + GAP_PX, nameWidth);
    shown = needed > width ? shown.filter(column => column.id !== id) : shown;
  }
  return shown;
}

/** The columns that every run has something for. */
export const PLAIN_COLUMNS = [
  'age',
  'duration',
  'metric',
  'spark',
  'experiment',
  'notebook',
  'user'
] as const;

/**
 * Return what a list shows that is sorted by `key`: the order is seen in what it goes by, so a metric stands where the
 * first one would, and a parameter or a tag before it.
 */
export function shownIds(chosen: readonly string[], key: string): readonly string[] {
  const [space = ''] = key.split('.', 1);
  if (!['metric', 'param', 'tag'].includes(space) || chosen.includes(key)) {
    return chosen;
  }
  if (!chosen.includes('metric')) {
    return [...chosen, key];
  }
  return chosen.flatMap(id => (id !== 'metric' ? [id] : space === 'metric' ? [key] : [key, id]));
}

/** Return the order in which a key is sorted at first: what the user looks for stands on top. */
export function firstOrder(key: string): 'asc' | 'desc' {
  const [space = ''] = key.split('.', 1);
  const isUpwards = ['name', 'status', 'param'].includes(space) || (space === 'metric' && isLessBetter(key));
  return isUpwards ? 'asc' : 'desc';
}

/** What the server calls the columns that it has under another name; those of ours that it has not are left out. */
const SERVER_NAMES: Readonly<Record<string, string>> = {
  age: 'submitted_at',
  duration: 'duration_s',
  metric: '',
  spark: ''
};

/** Return the server's names for what a list shows, for an export: the name first, the id last. */
export function exported(ids: readonly string[]): readonly string[] {
  const shown = ids.map(id => own(SERVER_NAMES, id) ?? id).filter(Boolean);
  return [...new Set(['name', 'status', ...shown, 'run_id'])];
}

/** Return a column, or null for an id that means none. */
export function column(id: string, trans: TranslationBundle): IColumn | null {
  const plain = plainColumn(id, trans);
  if (plain) {
    return plain;
  }
  const dot = id.indexOf('.');
  const [space, key] = [id.slice(0, dot), id.slice(dot + 1)];
  if (dot < 0 || !key) {
    return null;
  }
  const base = { id, title: key, sort: id };
  switch (space) {
    case 'metric':
      return { ...base, width: 76, isFigure: true, cell: run => figure(key, own(run.metrics, key)) };
    case 'param':
      return { ...base, width: 90, isFigure: false, cell: run => words(own(run.params, key)) };
    case 'tag':
      return { ...base, width: 90, isFigure: false, cell: run => words(own(run.tags, key)) };
    default:
      return null;
  }
}

function plainColumn(id: string, trans: TranslationBundle): IColumn | null {
  switch (id) {
    case 'age':
      return {
        id,
        title: trans.__('When'),
        sort: 'submitted_at',
        width: 60,
        isFigure: true,
        cell: (run, now) => ({
          text: formatAge(run.submitted_at, now, trans),
          title: formatTime(run.submitted_at)
        })
      };
    case 'duration':
      return {
        id,
        title: trans.__('Time'),
        sort: 'duration_s',
        width: 48,
        isFigure: true,
        cell: (run, now) => duration(runSeconds(run, now), isEnded(run.status), trans)
      };
    case 'metric':
      return {
        id,
        title: trans.__('Metric'),
        sort: '',
        width: 64,
        isFigure: true,
        cell: run => headline(run)
      };
    case 'spark':
      return { id, title: trans.__('Trend'), sort: '', width: 50, isFigure: false, cell: () => EMPTY };
    case 'experiment':
      return {
        id,
        title: trans.__('Experiment'),
        sort: '',
        width: 120,
        isFigure: false,
        cell: r => words(r.experiment)
      };
    case 'notebook':
      return {
        id,
        title: trans.__('Notebook'),
        sort: '',
        width: 140,
        isFigure: false,
        cell: r => fileName(r.notebook)
      };
    case 'user':
      return { id, title: trans.__('User'), sort: '', width: 80, isFigure: false, cell: r => words(r.user) };
    default:
      return null;
  }
}

function headline(run: IRunSummary): ICell {
  const metric = headlineMetric(run);
  return metric ? figure(metric.key, metric.value) : EMPTY;
}

function duration(seconds: number | null, isOver: boolean, trans: TranslationBundle): ICell {
  return seconds === null
    ? EMPTY
    : { text: formatDuration(seconds, isOver), title: trans.__('%1 s', formatFigure(seconds)) };
}

function figure(key: string, value: Figure | undefined): ICell {
  return value === undefined ? EMPTY : { text: formatFigureBriefly(value), title: `${key} = ${value}` };
}

function fileName(path: string): ICell {
  return { text: path.slice(path.lastIndexOf('/') + 1), title: path };
}

function words(value: string | undefined): ICell {
  return value === undefined ? EMPTY : { text: value, title: value };
}
