/**
 * What a terminal would show of the end of a log: the last lines, with colours, and with all done that bars redraw
 * themselves by, be they one line high or several.
 *
 * Those are SGR (colours, weights, lines), CR, LF, BS, TAB, moves of the cursor by lines and columns, and erasing in
 * and below its line. Every other control sequence - titles, the clipboard, links, jumps to a place of the screen - is
 * dropped. Memory is bounded, whatever is printed.
 */

import { IWriting, PLAIN, TerminalStyle, isSameWriting } from './terminalStyle';

/** Text in one style. */
export interface ISpan extends IWriting {
  readonly text: string;
}

/** A line, as spans. */
export type Line = readonly ISpan[];

// eslint-disable-next-line no-control-regex -- control characters are what this is about.
const TOKEN =
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]PX^_][\s\S]*?(?:\x07|\x1b\\)|\x1b[^[\]PX^_]|[\x00-\x1f\x7f-\x9f]/g;
// eslint-disable-next-line no-control-regex -- an escape that has begun and may go on in the next chunk.
const UNFINISHED = /\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]{0,4096})?$/;
const NUMBERS = /^[\d;:]*$/;
const TAB_COLUMNS = 8;

/** The last lines of a stream. The cursor goes no higher than they do: they are the screen. */
export class TerminalText {
  /**
   * Keep the cursor's line and `maxLines` more, each of at most `maxColumns` characters. `onSettled` is told each line
   * that is kept no longer, and so can no longer change.
   */
  constructor(
    private readonly _maxLines: number,
    private readonly _maxColumns = 2000,
    private readonly _onSettled: (line: Line) => void = () => undefined
  ) {}

  /** The lines, the last of them perhaps unfinished; an empty last one is left out. */
  get lines(): readonly Line[] {
    return this._cells.length || this._below.length ? this.screen : [...this._above];
  }

  /** All lines that are kept, an empty last one too. */
  get screen(): readonly Line[] {
    return [...this._above, joined(this._cells), ...this._below];
  }

  /** Place of the cursor in its line, from 0. */
  get column(): number {
    return this._column;
  }

  /** How many lines have begun, those included that are kept no longer. */
  get begun(): number {
    return this._begun;
  }

  /** Lines that the cursor was told to go down by line feeds, less those it was told to go up, be they there or not. */
  get depth(): number {
    return this._depth;
  }

  /** The highest line that the last `write` came to, by its number among all that have begun. */
  get highest(): number {
    return this._highest;
  }

  /** Whether the last `write` was to go higher than to the first line that is known. */
  get wasCutOff(): boolean {
    return this._wasCutOff;
  }

  /** Take bytes that follow what was taken before. */
  write(bytes: Uint8Array): void {
    this._highest = this._row;
    this._wasCutOff = false;
    this._print(this._rest + this._decoder.decode(bytes, { stream: true }));
  }

  /** Say that bytes are missing here. */
  skip(): void {
    this._decoder = new TextDecoder();
    this._rest = '';
    this.forget();
  }

  /** Keep no line: what comes begins a first one. */
  forget(): void {
    this._above = [];
    this._below = [];
    this._cells = [];
    this._column = 0;
    this._begun = 1;
  }

  /** Number of the cursor's line among all that have begun. */
  private get _row(): number {
    return this._begun - 1 - this._below.length;
  }

  private _print(text: string): void {
    const unfinished = UNFINISHED.exec(text);
    this._rest = unfinished ? unfinished[0] : '';
    const whole = unfinished ? text.slice(0, unfinished.index) : text;
    let last = 0;
    for (const match of whole.matchAll(TOKEN)) {
      this._write(whole.slice(last, match.index));
      const [token, parameters, final] = match;
      if (final === undefined) {
        this._control(token);
      } else if (NUMBERS.test(parameters ?? '')) {
        this._sequence(final, parameters ?? '');
      }
      last = match.index + token.length;
    }
    this._write(whole.slice(last));
  }

  private _control(token: string): void {
    if (token === '\n') {
      this._newLine();
    } else if (token === '\r') {
      this._column = 0;
    } else if (token === '\b') {
      this._goTo(this._column - 1);
    } else if (token === '\t') {
      this._write(' '.repeat(TAB_COLUMNS - (this._column % TAB_COLUMNS)));
    }
  }

  /** Do what a control sequence says, by its last letter. */
  private _sequence(final: string, parameters: string): void {
    const count = Math.max(1, parseInt(parameters, 10) || 1);
    if (final === 'm') {
      this._style.apply(parameters);
    } else if (final === 'A' || final === 'F') {
      this._goUp(count);
    } else if (final === 'B' || final === 'E') {
      this._goDown(count);
    } else if (final === 'C' || final === 'D') {
      this._goTo(this._column + (final === 'C' ? count : -count));
    } else if (final === 'G') {
      this._goTo(count - 1);
    } else if (final === 'K') {
      this._eraseLine(parseInt(parameters, 10) || 0);
    } else if (final === 'J' && !parseInt(parameters, 10)) {
      this._eraseLine(0);
      this._below = this._below.map(() => []);
    }
    if (final === 'E' || final === 'F') {
      this._column = 0;
    }
  }

  private _write(text: string): void {
    for (const character of text) {
      if (this._column < this._maxColumns) {
        while (this._cells.length < this._column) {
          this._cells.push(BLANK);
        }
        this._cells[this._column] = { ...this._style.writing, text: character };
        this._column += 1;
      }
    }
  }

  private _goTo(column: number): void {
    this._column = Math.max(0, Math.min(column, this._maxColumns));
  }

  /** 0 erases what stands from the cursor on, 1 what stands before it, 2 both. */
  private _eraseLine(what: number): void {
    if (what === 1) {
      this._cells = this._cells.map((cell, column) => (column <= this._column ? BLANK : cell));
    } else {
      this._cells.length = what === 2 ? 0 : Math.min(this._cells.length, this._column);
    }
  }

  private _newLine(): void {
    this._depth += 1;
    this._above.push(joined(this._cells));
    const next = this._below.shift();
    this._cells = cellsOf(next ?? []);
    this._column = 0;
    if (!next) {
      this._begun += 1;
      this._settle();
    }
  }

  private _settle(): void {
    if (this._above.length > this._maxLines) {
      this._onSettled(this._above.shift() ?? []);
    }
  }

  private _goUp(lines: number): void {
    this._depth -= lines;
    const isWhole = this._above.length + this._below.length >= this._maxLines;
    this._wasCutOff ||= lines > this._above.length && !isWhole;
    const [first, ...others] = this._above.splice(Math.max(0, this._above.length - lines));
    if (first) {
      this._below = [...others, joined(this._cells), ...this._below];
      this._cells = cellsOf(first);
      this._highest = Math.min(this._highest, this._row);
    }
  }

  private _goDown(lines: number): void {
    const passed = this._below.splice(0, lines);
    const last = passed.pop();
    if (last) {
      this._above.push(joined(this._cells), ...passed);
      this._cells = cellsOf(last);
    }
  }

  private _decoder = new TextDecoder();
  private _rest = '';
  private readonly _style = new TerminalStyle();
  /** Lines over the cursor's, and lines under it. */
  private _above: Line[] = [];
  private _below: Line[] = [];
  /** The cursor's line. */
  private _cells: ISpan[] = [];
  private _column = 0;
  private _begun = 1;
  private _depth = 0;
  private _highest = 0;
  private _wasCutOff = false;
}

/** Return a text without its colours, cut wherever the cursor was moved or something else was said to the terminal. */
export function plainLines(text: string): readonly string[] {
  const plain = text.replace(UNFINISHED, '').replace(TOKEN, token => {
    if (token === '\t') {
      return ' ';
    }
    return token.startsWith('\x1b[') && token.endsWith('m') ? '' : '\n';
  });
  return plain.split('\n');
}

const BLANK: ISpan = { ...PLAIN, text: ' ' };

/** One cell a character, made of runs in one style; and back. */
function joined(cells: readonly ISpan[]): Line {
  const spans: (IWriting & { text: string })[] = [];
  for (const cell of cells) {
    const last = spans[spans.length - 1];
    if (last && isSameWriting(last, cell)) {
      last.text += cell.text;
    } else {
      spans.push({ ...cell });
    }
  }
  return spans;
}

function cellsOf(line: Line): ISpan[] {
  return line.flatMap(span => Array.from(span.text, text => ({ ...span, text })));
}
