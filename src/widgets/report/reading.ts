/**
 * A report is looked at before it is believed: it comes out of a notebook that anybody may have written.
 *
 * A reader takes one value and returns it as what it should be, or throws `UnreadableError`. What is read is made anew
 * from own keys, so that nothing else travels along.
 */

import { Figure } from '../../api/types';

/** Says which part of a report is not what it should be. */
export class UnreadableError extends Error {}

/** Reads one value; `path` is where it stands. */
export type Reader<T> = (value: unknown, path: string, size: Size) => T;

/** How much was read: characters, and eight for a number. */
export class Size {
  /** Read so many. */
  constructor(private readonly _largest = LARGEST) {}

  /** Count, and stop when it is too much. */
  add(amount: number): void {
    this._read += amount;
    if (this._read > this._largest) {
      throw new UnreadableError('size');
    }
  }

  private _read = 0;
}

const LARGEST = 2_000_000;
const LONGEST_TEXT = 2000;

/** A text; longer ones are cut. */
export const text: Reader<string> = (value, path, size) => {
  if (typeof value !== 'string') {
    throw new UnreadableError(path);
  }
  size.add(Math.min(value.length, LONGEST_TEXT) + 2);
  return value.slice(0, LONGEST_TEXT);
};

/** A number that JSON holds. */
export const number: Reader<number> = (value, path, size) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new UnreadableError(path);
  }
  size.add(8);
  return value;
};

/** A number, or a word for one, or a word. */
export const figure: Reader<Figure> = (value, path, size) =>
  typeof value === 'number' ? number(value, path, size) : text(value, path, size);

/** Yes or no. */
export const flag: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') {
    throw new UnreadableError(path);
  }
  return value;
};

/** One of some words. */
export function word<T extends string>(...words: readonly T[]): Reader<T> {
  return (value, path) => {
    const found = words.find(each => each === value);
    if (found === undefined) {
      throw new UnreadableError(path);
    }
    return found;
  };
}

/** A list of one kind. */
export function list<T>(item: Reader<T>): Reader<readonly T[]> {
  return (value, path, size) => {
    if (!Array.isArray(value)) {
      throw new UnreadableError(path);
    }
    size.add(2);
    return value.map((each, index) => item(each, `${path}[${index}]`, size));
  };
}

/** Null, or what the reader reads. */
export function orNull<T>(reader: Reader<T>): Reader<T | null> {
  return (value, path, size) => (value === null ? null : reader(value, path, size));
}

/** What an older version did not write yet is the value given. */
export function or<T>(reader: Reader<T>, absent: T): Reader<T> {
  return (value, path, size) => (value === undefined ? absent : reader(value, path, size));
}

/** An object whose keys are the user's. */
export function dictionary<T>(item: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value, path, size) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnreadableError(path);
    }
    const entries = Object.entries(value).map(([key, each]) => {
      size.add(key.length);
      return [key, item(each, `${path}.${key}`, size)] as const;
    });
    return Object.fromEntries(entries);
  };
}

/** An object with the keys given; others are left behind. */
export function record<T extends object>(readers: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> {
  return (value, path, size) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UnreadableError(path);
    }
    const given = new Map(Object.entries(value));
    const read: Partial<T> = {};
    for (const key of Object.keys(readers) as (keyof T & string)[]) {
      read[key] = readers[key](given.get(key), path ? `${path}.${key}` : key, size);
    }
    return read as T;
  };
}

/** Refuse unless all lists given have as many items as they should; an empty one says that there is nothing to say. */
export function sameLength(path: string, length: number, ...lists: readonly (readonly unknown[])[]): void {
  if (lists.some(each => each.length !== 0 && each.length !== length)) {
    throw new UnreadableError(path);
  }
}
