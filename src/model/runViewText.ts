/** Text that a run has printed, cut into what is drawn differently: links to the web, and what somebody looks for. */

const LINK = /https?:\/\/[^\s<>"'`\\^{}|\u0000-\u001f\u007f]+/gi;
const TRAILING = /[.,;:!?)\]]+$/;

/** A piece of a text. */
export interface IPiece {
  readonly text: string;
  /** An address of the web, or empty. */
  readonly href: string;
  readonly isMatch: boolean;
}

/** Cut a text at its links and at every place where `wanted` stands, letter case aside. */
export function cutText(text: string, wanted: string): readonly IPiece[] {
  const pieces: IPiece[] = [];
  let last = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(TRAILING, '');
    const href = webAddress(address);
    if (href) {
      pieces.push(
        ...cutMatches(text.slice(last, match.index), wanted, ''),
        ...cutMatches(address, wanted, href)
      );
      last = match.index + address.length;
    }
  }
  return [...pieces, ...cutMatches(text.slice(last), wanted, '')];
}

/** Return an address as browsers read it, or nothing when it is not one of the web. */
export function webAddress(text: string): string {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : '';
  } catch {
    return '';
  }
}

function cutMatches(text: string, wanted: string, href: string): readonly IPiece[] {
  const pieces: IPiece[] = [];
  const [lowered, needle] = [text.toLowerCase(), wanted.toLowerCase()];
  // Some letters grow when they are lowered; then places do not fit and nothing is marked.
  const isSearchable = needle.length > 0 && lowered.length === text.length;
  let last = 0;
  for (let at = isSearchable ? lowered.indexOf(needle) : -1; at >= 0; at = lowered.indexOf(needle, last)) {
    pieces.push({ text: text.slice(last, at), href, isMatch: false });
    last = at + needle.length;
    pieces.push({ text: text.slice(at, last), href, isMatch: true });
  }
  pieces.push({ text: text.slice(last), href, isMatch: false });
  return pieces.filter(piece => piece.text);
}
