/** What is wrong with a search, for a reader who sees the search right above. */

const POSITION = /at position (\d+)/;

/** Return the server's message without the echo of the query, in which `>>>` marks the place. */
export function queryProblem(message: string, query: string): string {
  const at = Number(POSITION.exec(message)?.[1] ?? 0) - 1;
  const echo = ` ${query.slice(0, at)}>>>${query.slice(at)}`;
  return at >= 0 && message.endsWith(echo) ? message.slice(0, -echo.length) : message;
}
