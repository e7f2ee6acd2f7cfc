/** A cell's text as a tracked run: the magic on its first line. */

const MAGIC = /^\s*%%(\w+)/;

/** Return the text with `%%train` on top; unchanged when it has it, null when another cell magic owns the cell. */
export function asTrackedRun(source: string): string | null {
  const magic = MAGIC.exec(source)?.[1];
  if (magic === 'train') {
    return source;
  }
  return magic === undefined && source.trim() ? `%%train\n${source}` : null;
}
