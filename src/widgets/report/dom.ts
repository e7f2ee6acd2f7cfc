/** Elements whose children are elements or text: nothing in a report can become markup. */

/** Text is always text. */
export type Child = Node | string | null;

/** Absent where null or false, empty where true. */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

const SVG = 'http://www.w3.org/2000/svg';

/** Return an element of HTML. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), attributes, children);
}

/** Return an element of SVG. */
export function draw<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Return a name that people chose: it cannot turn the line around it. */
export function named(name: string): HTMLElement {
  return make('bdi', {}, name);
}

/** Return such a name in a row, where there may be too little room: it is whole when the mouse rests on it. */
export function titled(name: string): HTMLElement {
  return make('bdi', { title: name }, name);
}

function fill<T extends Element>(element: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}
