/** A name that gives way in its middle: names of a sweep differ at their ends. */

import React from 'react';

/** Letters from which on a name may have too little room in a sidebar, and those of its end that are always seen. */
const LONG_NAME = 12;
const NAME_END = 5;

/** Parts what is one sign to the eye from the next. Browsers older than 2024 have none. */
const signs = 'Segmenter' in Intl ? new Intl.Segmenter() : null;

/** Every letter is a sign of its own: asking takes longer than a line may take while a list is scrolled. */
const PLAIN = /^[\x20-\x7e]*$/;

function signsOf(name: string): readonly string[] {
  return signs && !PLAIN.test(name) ? Array.from(signs.segment(name), ({ segment }) => segment) : [...name];
}

/** A name in two parts, so that where there is little room both its beginning and its end are seen. */
export function CutName({ name, title }: { readonly name: string; readonly title?: string }): JSX.Element {
  const letters = name.length > LONG_NAME ? signsOf(name) : [];
  return letters.length ? (
    <bdi className="mlops-CutName" title={title}>
      <span>{letters.slice(0, -NAME_END).join('')}</span>
      <span>{letters.slice(-NAME_END).join('')}</span>
    </bdi>
  ) : (
    <bdi title={title}>{name}</bdi>
  );
}
