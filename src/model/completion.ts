/** What could follow in the search field. The grammar is the server's (`jupyter_mlops/services/_query.py`). */

import { IRunColumns } from '../api/types';
import { isOfMachine } from './runs';

/** What a word is. */
export type CompletionKind = 'metric' | 'param' | 'tag' | 'field' | 'state' | 'experiment' | 'word';

/** A word that could stand before the caret. */
export interface ICompletion {
  /** What is shown. */
  readonly label: string;
  /** What is written instead of the text from `from` to the caret. */
  readonly insert: string;
  readonly kind: CompletionKind;
}

/** Completions, and where the word that they replace begins. */
export interface ICompletions {
  readonly from: number;
  readonly items: readonly ICompletion[];
}

const MOST = 12;
const STATES = ['running', 'scheduled', 'finished', 'failed', 'killed'];
const FIELDS = ['state:', 'name~', 'experiment:', 'id:'];
const WORDS = ['and', 'or', 'not'];
const WORD = /(?:"[^"]*|'[^']*|[^\s()=<>!~:"']*)$/;

/** Return what could stand at the caret. */
export function complete(text: string, caret: number, columns: IRunColumns): ICompletions {
  const before = text.slice(0, caret);
  const typed = WORD.exec(before)?.[0] ?? '';
  const from = caret - typed.length;
  const head = before.slice(0, from);
  const field = /(state|experiment)\s*[:~]\s*$/.exec(head)?.[1];
  const plain = typed.replace(/^["']/, '').toLowerCase();
  if (!field && /[=<>!~:]\s*$/.test(head)) {
    return { from, items: [] }; // A value of the user's: nothing to offer.
  }
  const offered = field === 'state' ? states() : field ? experiments(columns) : keys(columns, head);
  const isWhole = (item: ICompletion) => !field && item.insert.trim() === typed;
  const whole = offered.some(isWhole);
  const items = offered.filter(item =>
    whole ? !isWhole(item) && begins(item.label, plain) : item.label.toLowerCase().includes(plain)
  );
  return { from, items: items.sort(byStart(plain)).slice(0, MOST) };
}

function states(): ICompletion[] {
  return STATES.map(label => ({ label, insert: `${label} `, kind: 'state' }));
}

function experiments(columns: IRunColumns): ICompletion[] {
  return columns.experiments.map(label => ({ label, insert: `${quoted(label)} `, kind: 'experiment' }));
}

function keys(columns: IRunColumns, head: string): ICompletion[] {
  const from = (names: readonly string[], kind: CompletionKind): ICompletion[] =>
    names.map(label => ({ label, insert: `${quoted(label)} `, kind }));
  const own = columns.metrics.filter(key => !isOfMachine(key));
  const ofMachine = columns.metrics.filter(isOfMachine);
  return [
    ...words(head),
    ...from(own, 'metric'),
    ...from(columns.params, 'param'),
    ...FIELDS.map(label => ({ label, insert: label, kind: 'field' as const })),
    ...from(columns.tags, 'tag'),
    ...from(ofMachine, 'metric')
  ];
}

/** Words that join terms: behind a whole term, not where one has to begin. */
function words(head: string): ICompletion[] {
  const before = head.trim();
  const isTerm = before !== '' && !/(?:^|[\s(])(?:and|or|not)$|\($/i.test(before);
  return isTerm ? WORDS.map(label => ({ label, insert: `${label} `, kind: 'word' })) : [];
}

function begins(label: string, plain: string): boolean {
  return label.toLowerCase().startsWith(plain);
}

function byStart(plain: string): (a: ICompletion, b: ICompletion) => number {
  const rank = (item: ICompletion) => (begins(item.label, plain) ? 0 : 1);
  return (a, b) => rank(a) - rank(b);
}

/** Words that mean something of their own. */
const TAKEN = /^(?:and|or|not|&&?|\|\|?|,|state|name|experiment|id|(?:metric|param|tag)\..*)$/i;

/** A word as the grammar wants it: quoted where it would not be one word, or not this one. */
function quoted(word: string): string {
  if (/^[^\s()=<>!~:"']+$/.test(word) && !TAKEN.test(word)) {
    return word;
  }
  return word.includes('"') ? `'${word.replace(/['\\]/g, '\\$&')}'` : `"${word.replace(/\\/g, '\\\\')}"`;
}
