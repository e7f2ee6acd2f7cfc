/** The first rows of a file of comma-separated values, for a look at it. */

const QUOTED = /"((?:[^"]|"")*)"/y;
const PLAIN = /[^,\r\n]*/y;

/** Return rows of cells (RFC 4180), at most `most`. */
export function readCsv(text: string, most: number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length && rows.length < most) {
    const row: string[] = [];
    for (;;) {
      const cell = readCell(text, at);
      row.push(cell.value);
      at = cell.end;
      if (text[at] !== ',') {
        break;
      }
      at += 1;
    }
    rows.push(row);
    at = lineEnd(text, at);
  }
  return rows;
}

function readCell(text: string, at: number): { readonly value: string; readonly end: number } {
  QUOTED.lastIndex = at;
  const quoted = QUOTED.exec(text);
  PLAIN.lastIndex = quoted ? QUOTED.lastIndex : at;
  const plain = PLAIN.exec(text)?.[0] ?? '';
  return { value: (quoted?.[1] ?? '').replace(/""/g, '"') + plain, end: PLAIN.lastIndex };
}

/** Return where the next line begins. */
function lineEnd(text: string, at: number): number {
  return text[at] === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1;
}
