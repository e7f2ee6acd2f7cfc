/** Colours and weights that SGR sequences ask for: the classes that JupyterLab has for them, and exact colours. */

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];
const NAMED = [...COLOURS, ...COLOURS.map(colour => `${colour}-intense`)];
/** How strong red, green and blue are in the cube of 216 among the 256 colours. */
const CUBE = [0, 95, 135, 175, 215, 255];

/** How a piece of text is written. */
export interface IWriting {
  /** JupyterLab's classes for ANSI colours, and ours for what it has none for; separated by spaces. */
  readonly classes: string;
  /** A colour without a class, as CSS. */
  readonly colour?: string;
  /** Of the ground, likewise. */
  readonly background?: string;
}

/** Written as anything else is. */
export const PLAIN: IWriting = { classes: '' };

/** Whether two texts look alike. */
export function isSameWriting(one: IWriting, other: IWriting): boolean {
  return one.classes === other.classes && one.colour === other.colour && one.background === other.background;
}

/** How a terminal writes now. */
export class TerminalStyle {
  /** How what comes next is written. */
  get writing(): IWriting {
    return this._writing;
  }

  /** Do what the parameters of an SGR sequence say. */
  apply(parameters: string): void {
    const rest = parameters.split(';');
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      const [code = 0, ...own] = next.split(':').map(Number);
      if (code === 38 || code === 48) {
        const colour = exactColour(own.length ? own : taken(rest));
        this._asked = { ...this._asked, ...(colour && { [code === 38 ? 'fg' : 'bg']: colour }) };
      } else if (code === 4 && own[0] === 0) {
        this._applyOne(24);
      } else {
        this._applyOne(code);
      }
    }
    this._writing = writingOf(this._asked);
  }

  private _applyOne(code: number): void {
    const asked = this._asked;
    const colour = COLOURS[code % 10];
    if (code === 0) {
      this._asked = {};
    } else if (code === 22) {
      asked.bold = asked.faint = false;
    } else if (code in WEIGHTS) {
      asked[WEIGHTS[code] ?? 'bold'] = true;
    } else if (code - 20 in WEIGHTS) {
      asked[WEIGHTS[code - 20] ?? 'bold'] = false;
    } else if (code === 39) {
      asked.fg = undefined;
    } else if (code === 49) {
      asked.bg = undefined;
    } else if (colour && ((code >= 30 && code < 38) || (code >= 90 && code < 98))) {
      asked.fg = code >= 90 ? `${colour}-intense` : colour;
    } else if (colour && ((code >= 40 && code < 48) || (code >= 100 && code < 108))) {
      asked.bg = code >= 100 ? `${colour}-intense` : colour;
    }
  }

  private _asked: IAsked = {};
  private _writing = PLAIN;
}

type Weight = 'bold' | 'faint' | 'italic' | 'underline' | 'inverse' | 'struck';

/** By the code that asks for it; 20 more asks for it no longer. */
const WEIGHTS: Readonly<Record<number, Weight>> = {
  1: 'bold',
  2: 'faint',
  3: 'italic',
  4: 'underline',
  7: 'inverse',
  9: 'struck'
};

/** A colour is one of JupyterLab's, by its name, or CSS with brackets. */
interface IAsked extends Partial<Record<Weight, boolean>> {
  fg?: string;
  bg?: string;
}

/** Take the parameters of an exact colour from the front: 5 and a number of the 256, or 2, red, green and blue. */
function taken(rest: string[]): readonly number[] {
  return rest.splice(0, Number(rest[0]) === 2 ? 4 : 2).map(Number);
}

/** Return a colour of the 256 or one of red, green and blue; undefined for anything else. */
function exactColour([kind, ...values]: readonly number[]): string | undefined {
  if (!values.every(value => Number.isInteger(value) && value >= 0 && value < 256)) {
    return undefined;
  }
  const [index] = values;
  if (kind === 5 && index !== undefined) {
    return NAMED[index] ?? rgb(index < 232 ? cubed(index - 16) : Array(3).fill(8 + 10 * (index - 232)));
  }
  // With colons the number of a colour space may stand before the three.
  return kind === 2 && values.length >= 3 ? rgb(values.slice(-3)) : undefined;
}

function cubed(index: number): readonly number[] {
  return [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map(step => CUBE[step] ?? 0);
}

function rgb(values: readonly number[]): string {
  return `rgb(${values.join(', ')})`;
}

function writingOf(asked: IAsked): IWriting {
  const { bold, faint, italic, underline, inverse, struck } = asked;
  const [fg, bg] = inverse ? [asked.bg, asked.fg] : [asked.fg, asked.bg];
  const classes = [
    fg && !isExact(fg) && `ansi-${fg}-fg`,
    bg && !isExact(bg) && `ansi-${bg}-bg`,
    bold && 'ansi-bold',
    underline && 'ansi-underline',
    inverse && !fg && 'ansi-default-inverse-fg',
    inverse && !bg && 'ansi-default-inverse-bg',
    faint && 'mlops-ansi-faint',
    italic && 'mlops-ansi-italic',
    struck && 'mlops-ansi-struck'
  ];
  return {
    classes: classes.filter(Boolean).join(' '),
    ...(fg && isExact(fg) && { colour: fg }),
    ...(bg && isExact(bg) && { background: bg })
  };
}

function isExact(colour: string): boolean {
  return colour.includes('(');
}
