/** The words of a report: JupyterLab's translator hands them in; in a page of their own they are English. */

/** What `TranslationBundle` can do, without JupyterLab. */
export interface IWords {
  __(text: string, ...values: readonly (string | number)[]): string;
  _n(one: string, many: string, count: number, ...values: readonly (string | number)[]): string;
}

/** English. */
export const ENGLISH: IWords = {
  __: (text, ...values) => fill(text, values),
  _n: (one, many, count, ...values) => fill(count === 1 ? one : many, [count, ...values])
};

/** Return a name as part of a sentence: whichever way it is written, the rest of the sentence stays in its order. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

/** One pass: a value that reads `%1` stays what it is. */
function fill(text: string, values: readonly (string | number)[]): string {
  return text.replace(/%(\d)/g, (mark, place: string) => String(values[Number(place) - 1] ?? mark));
}
