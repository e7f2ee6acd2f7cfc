/** Colours and weights that SGR sequences ask for, as the classes that JupyterLab has for them. */

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

/** How a terminal writes now. */
export class TerminalStyle {
  /** Classes of what is written, separated by spaces. */
  get classes(): string {
    return this._classes;
  }

  /** Do what the parameters of an SGR sequence say. */
  apply(parameters: string): void {
    const codes = parameters.split(/[;:]/).map(Number);
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? 0;
      if (code === 38 || code === 48) {
        i += codes[i + 1] === 2 ? 4 : 2; // 256 colours and RGB have no class of JupyterLab's: the text stays.
      } else {
        this._applyOne(code);
      }
    }
    this._classes = classesOf(this._asked);
  }

  private _applyOne(code: number): void {
    const asked = this._asked;
    const colour = COLOURS[code % 10];
    if (code === 0) {
      this._asked = {};
    } else if (code === 1 || code === 22) {
      asked.bold = code === 1;
    } else if (code === 4 || code === 24) {
      asked.underline = code === 4;
    } else if (code === 7 || code === 27) {
      asked.inverse = code === 7;
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
  private _classes = '';
}

interface IAsked {
  fg?: string;
  bg?: string;
  bold?: boolean;
  underline?: boolean;
  inverse?: boolean;
}

function classesOf({ fg, bg, bold, underline, inverse }: IAsked): string {
  const classes = [
    fg && `ansi-${fg}-fg`,
    bg && `ansi-${bg}-bg`,
    bold && 'ansi-bold',
    underline && 'ansi-underline',
    inverse && !fg && 'ansi-default-inverse-fg',
    inverse && !bg && 'ansi-default-inverse-bg'
  ];
  return classes.filter(Boolean).join(' ');
}
