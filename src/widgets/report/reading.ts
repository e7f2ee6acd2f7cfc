/**
 * A report is looked at before it is believed: it comes out of a notebook that anybody may have written.
 *
 * A reader takes one value and returns it as what it should be, or throws `UnreadableError`. What is read is made anew
 * from own keys, so that nothing else travels along.
 */

import { Figure } from '../../api/types';

/** Says which part of a report is not what it should be. */
export class UnreadableError extends Error {
  /** Say where the part stands: `results`, `[0]`. */
  within(place: string): UnreadableError {
    const rest = this.message && !this.message.startsWith('[') ? `.${this.message}` : this.message;
    return new UnreadableError(place + rest);
  }
}

/** Reads one value. */
export type Reader<T> = (value: unknown, size: Size) => T;

/** How much was read: characters, and six for a number. */
export class Size {
  /** Read so many. */
  constructor(private readonly _largest = LARGEST) {}

  /** Whether too much was read. */
  get isOver(): boolean {
    return this._read > this._largest;
  }

  /** Count, and stop when it is too much. */
  add(amount: number): void {
    this._read += amount;
    if (this.isOver) {
      throw new UnreadableError();
    }
  }

  private _read = 0;
}

const LARGEST = 2_000_000;
const LONGEST_TEXT = 2000;

/** A text; longer ones are cut. */
export const text: Reader<string> = (value, size) => {
  if (typeof value !== 'string') {
    throw new UnreadableError();
  }
  size.add(Math.min(value.length, LONGEST_TEXT) + 2);
  return value.slice(0, LONGEST_TEXT);
};

/** A small picture as base64: nothing that an address could be made of, nor one that fills the memory when it is drawn. */
export const png: Reader<string> = (value, size) => {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(value)) {
    throw new UnreadableError();
  }
  size.add(value.length + 2);
  // Signature, length and name of the first part, width, height.
  const head = value.length >= 32 ? atob(value.slice(0, 32)) : '';
  const side = (at: number) => [0, 1, 2, 3].reduce((sum, byte) => sum * 256 + head.charCodeAt(at + byte), 0);
  if (!head.startsWith('\x89PNG\r\n\x1a\n') || !(side(16) <= LARGEST_SIDE && side(20) <= LARGEST_SIDE)) {
    throw new UnreadableError();
  }
  return value;
};

const LARGEST_SIDE = 1024;

/** A number that JSON holds. */
export const number: Reader<number> = (value, size) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new UnreadableError();
  }
  size.add(6);
  return value;
};

/** A number, or a word for one, or a word. */
export const figure: Reader<Figure> = (value, size) =>
  typeof value === 'number' ? number(value, size) : text(value, size);

/** Yes or no. */
export const flag: Reader<boolean> = value => {
  if (typeof value !== 'boolean') {
    throw new UnreadableError();
  }
  return value;
};

/** One of some words. */
export function word<T extends string>(...words: readonly T[]): Reader<T> {
  return value => {
    const found = words.find(each => each === value);
    if (found === undefined) {
      throw new UnreadableError();
    }
    return found;
  };
}

/** A list of one kind. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, size) => {
    if (!Array.isArray(value)) {
      throw new UnreadableError();
    }
    size.add(2);
    let at = 0;
    try {
      const read: T[] = [];
      for (; at < value.length; at += 1) {
        read.push(item(value[at], size));
      }
      return read;
    } catch (error) {
      throw located(error, `[${at}]`);
    }
  };
}

/** Null, or what the reader reads. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, size) => (value === null ? null : reader(value, size));
}

/** What an older version did not write yet is the value given. */
export function or<T>(reader: Reader<T>, absent: T): Reader<T> {
  return (value, size) => (value === undefined ? absent : reader(value, size));
}

/** An object whose keys are the user's. */
export function dictionary<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, size) => {
    const entries = entriesOf(value).map(([key, each]) => {
      size.add(key.length);
      return [key, inside(key, item, each, size)] as const;
    });
    return Object.fromEntries(entries);
  };
}

/** An object with the keys given; others are left behind. */
export function record<T extends object>(readers: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  return (value, size) => {
    const given = new Map(entriesOf(value));
    const read: Partial<T> = {};
    for (const key of Object.keys(readers) as (keyof T & string)[]) {
      read[key] = inside(key, readers[key], given.get(key), size);
    }
    return read as T;
  };
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableError();
  }
  return Object.entries(value);
}

function inside<T>(place: string, reader: Reader<T>, value: unknown, size: Size): T {
  try {
    return reader(value, size);
  } catch (error) {
    throw located(error, place);
  }
}

function located(error: unknown, place: string): unknown {
  return error instanceof UnreadableError ? error.within(place) : error;
}

/** Refuse unless all lists given have as many items as they should; an empty one says that there is nothing to say. */
export function sameLength(path: string, length: number, ...lists: readonly (readonly unknown[])[]): void {
  if (lists.some(each => each.length !== 0 && each.length !== length)) {
    throw new UnreadableError(path);
  }
}
