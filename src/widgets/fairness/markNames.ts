/** Where the names of marks stand: beside their mark; where marks lie close together, in a list beside all of them. No DOM. */

/** A mark with its name. */
export interface INamedMark {
  /** Per cent of the picture's width. */
  readonly across: number;
  /** In pixels from the top. */
  readonly down: number;
  readonly name: string;
}

/** Where a name stands. */
export interface INamePlace {
  /** Of the mark that it stands beside, per cent. */
  readonly across: number;
  /** The side of that mark on which there is room. */
  readonly isLeft: boolean;
  /** The middle of its line, in pixels from the top. */
  readonly down: number;
  /** Whether it stands in a list, and needs its mark repeated to be known by. */
  readonly isListed: boolean;
}

/** In pixels. */
const LINE = 16;
/** Per cent of the narrowest picture: what a letter takes, and a mark. Wrong only on the safe side. */
const LETTER = 2;
const MARK = 3;
/** From there on to the right, names stand on the left. */
const MIDDLE = 55;

/** Return a place for each name, in the order of the marks. */
export function placeNames(marks: readonly INamedMark[], height: number): readonly INamePlace[] {
  const places = new Map<INamedMark, INamePlace>();
  for (const list of closeTogether(marks)) {
    const isLeft = list.reduce((sum, mark) => sum + mark.across, 0) / list.length > MIDDLE;
    const sides = list.map(mark => mark.across);
    const across = isLeft ? Math.min(...sides) : Math.max(...sides);
    const [first, last] = [list[0]?.down ?? 0, list[list.length - 1]?.down ?? 0];
    const top = (first + last - (list.length - 1) * LINE) / 2;
    const lowest = height - LINE / 2 - (list.length - 1) * LINE;
    const begin = list.length > 1 ? Math.max(LINE / 2, Math.min(top, lowest)) : top;
    list.forEach((mark, index) =>
      places.set(mark, { across, isLeft, down: begin + index * LINE, isListed: list.length > 1 })
    );
  }
  return marks.flatMap(mark => places.get(mark) ?? []);
}

/** Return the marks in lists, from above: in one list are those of which one's name would cover another, or its name. */
function closeTogether(marks: readonly INamedMark[]): readonly (readonly INamedMark[])[] {
  const lists: INamedMark[][] = [];
  for (const mark of [...marks].sort((a, b) => a.down - b.down)) {
    const near = lists.filter(list => list.some(other => meets(mark, other)));
    lists.push([...near.flat(), mark].sort((a, b) => a.down - b.down));
    near.forEach(list => lists.splice(lists.indexOf(list), 1));
  }
  return lists;
}

function meets(one: INamedMark, other: INamedMark): boolean {
  const [a, b] = [span(one), span(other)];
  return Math.abs(one.down - other.down) < LINE && a[0] < b[1] && b[0] < a[1];
}

/** Return what a mark with its name covers across. */
function span({ across, name }: INamedMark): readonly [number, number] {
  const width = MARK + name.length * LETTER;
  return across > MIDDLE ? [across - width, across + MARK] : [across - MARK, across + width];
}
