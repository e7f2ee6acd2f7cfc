/**
 * What a terminal would show of the end of a log: the last lines, with colours, carriage returns and backspaces done.
 *
 * Only SGR (colours, bold, underline), CR, LF, BS, TAB and cursor up mean something, the last for bars that are several
 * lines high. Every other control sequence - titles, the clipboard, links, cursor jumps - is dropped. Memory is
 * bounded, whatever is printed.
 */

/** Text in one style; `classes` are JupyterLab's own for ANSI colours. */
export interface ISpan {
  readonly text: string;
  readonly classes: string;
}

/** A line, as spans. */
export type Line = readonly ISpan[];

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
// eslint-disable-next-line no-control-regex -- control characters are what this is about.
const TOKEN =
  /\x1b\[([\d;:]*)m|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\)|\x1b[^[\]PX^_]|[\x00-\x1f\x7f-\x9f]/g;
// eslint-disable-next-line no-control-regex -- bars of several lines go up.
const UP = /^\x1b\[\d*A$/;
// eslint-disable-next-line no-control-regex -- an escape that has begun and may go on in the next chunk.
const UNFINISHED = /\x1b(?:\[[\d;:]*|[\]PX^_][^\x07\x1b]{0,4096})?$/;

interface ICell {
  readonly text: string;
  readonly classes: string;
}

/** The last lines of a stream. */
export class TerminalText {
  /** Keep `maxLines` lines, each of at most `maxColumns` characters; a cursor that may not go up writes on. */
  constructor(
    private readonly _maxLines: number,
    private readonly _maxColumns = 2000,
    private readonly _mayGoUp = true
  ) {}

  /** The lines, the last of them perhaps unfinished; an empty last one is left out. */
  get lines(): readonly Line[] {
    const below = this._below.map(joined);
    return this._cells.length || below.length ? [...this._done, joined(this._cells), ...below] : this._done;
  }

  /** Take bytes that follow what was taken before. */
  write(bytes: Uint8Array): void {
    this._print(this._rest + this._decoder.decode(bytes, { stream: true }));
  }

  /** Say that bytes are missing here. */
  skip(): void {
    this._decoder = new TextDecoder();
    this._rest = '';
    this._newLine();
    this._done = [];
    this._below.length = 0;
    this._cells = [];
  }

  private _print(text: string): void {
    const unfinished = UNFINISHED.exec(text);
    this._rest = unfinished ? unfinished[0] : '';
    const whole = unfinished ? text.slice(0, unfinished.index) : text;
    let last = 0;
    for (const match of whole.matchAll(TOKEN)) {
      this._write(whole.slice(last, match.index));
      this._control(match[0], match[1]);
      last = match.index + match[0].length;
    }
    this._write(whole.slice(last));
  }

  private _control(token: string, sgr: string | undefined): void {
    if (sgr !== undefined) {
      this._style(sgr.split(/[;:]/).map(Number));
    } else if (token === '\n') {
      this._newLine();
    } else if (token === '\r') {
      this._column = 0;
    } else if (token === '\b') {
      this._column = Math.max(0, this._column - 1);
    } else if (token === '\t') {
      this._write(' '.repeat(8 - (this._column % 8)));
    } else if (/^\x1b\[[02]?K$/.test(token)) {
      // eslint-disable-line no-control-regex -- progress bars erase lines.
      this._cells.length = token.includes('2') ? 0 : Math.min(this._cells.length, this._column);
    } else if (this._mayGoUp && UP.test(token)) {
      this._goUp(parseInt(token.slice(2), 10) || 1);
    }
  }

  private _write(text: string): void {
    for (const character of text) {
      if (this._column < this._maxColumns) {
        while (this._cells.length < this._column) {
          this._cells.push({ text: ' ', classes: '' });
        }
        this._cells[this._column] = { text: character, classes: this._classes };
        this._column += 1;
      }
    }
  }

  private _newLine(): void {
    this._done = [...this._done.slice(-(this._maxLines - 1)), joined(this._cells)];
    this._cells = this._below.shift() ?? [];
    this._column = 0;
  }

  private _goUp(lines: number): void {
    const above = this._done.slice(-lines).map(cellsOf);
    const [first, ...others] = above;
    if (first) {
      this._below.unshift(...others, this._cells);
      this._cells = first;
      this._done = this._done.slice(0, -above.length);
    }
  }

  private _style(codes: readonly number[]): void {
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? 0;
      if (code === 38 || code === 48) {
        i += codes[i + 1] === 2 ? 4 : 2; // 256 colours and RGB have no class of JupyterLab's: the text stays.
      } else {
        this._styleOne(code);
      }
    }
    const { fg, bg, bold, underline, inverse } = this._sgr;
    const classes = [
      fg && `ansi-${fg}-fg`,
      bg && `ansi-${bg}-bg`,
      bold && 'ansi-bold',
      underline && 'ansi-underline',
      inverse && !fg && 'ansi-default-inverse-fg',
      inverse && !bg && 'ansi-default-inverse-bg'
    ];
    this._classes = classes.filter(Boolean).join(' ');
  }

  private _styleOne(code: number): void {
    const sgr = this._sgr;
    const colour = COLOURS[code % 10];
    if (code === 0) {
      this._sgr = {};
    } else if (code === 1 || code === 22) {
      sgr.bold = code === 1;
    } else if (code === 4 || code === 24) {
      sgr.underline = code === 4;
    } else if (code === 7 || code === 27) {
      sgr.inverse = code === 7;
    } else if (code === 39) {
      sgr.fg = undefined;
    } else if (code === 49) {
      sgr.bg = undefined;
    } else if (colour && ((code >= 30 && code < 38) || (code >= 90 && code < 98))) {
      sgr.fg = code >= 90 ? `${colour}-intense` : colour;
    } else if (colour && ((code >= 40 && code < 48) || (code >= 100 && code < 108))) {
      sgr.bg = code >= 100 ? `${colour}-intense` : colour;
    }
  }

  private _decoder = new TextDecoder();
  private _rest = '';
  private _done: readonly Line[] = [];
  private _cells: ICell[] = [];
  /** Lines under the cursor. */
  private readonly _below: ICell[][] = [];
  private _column = 0;
  private _classes = '';
  private _sgr: { fg?: string; bg?: string; bold?: boolean; underline?: boolean; inverse?: boolean } = {};
}

function joined(cells: readonly ICell[]): Line {
  const spans: { text: string; classes: string }[] = [];
  for (const cell of cells) {
    const last = spans[spans.length - 1];
    if (last && last.classes === cell.classes) {
      last.text += cell.text;
    } else {
      spans.push({ text: cell.text, classes: cell.classes });
    }
  }
  return spans;
}

function cellsOf(line: Line): ICell[] {
  return line.flatMap(({ text, classes }) => Array.from(text, character => ({ text: character, classes })));
}
