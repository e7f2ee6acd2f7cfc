/** Draws a component into a page, and finds things in it as a user does: by role and name. */

import { ReactElement, act } from 'react';
import { createRoot } from 'react-dom/client';

/** A drawn component. */
export interface IDrawn {
  readonly node: HTMLElement;
  /** Text as a reader sees it. */
  readonly text: string;
  /** What has a role, and a name if one is given. */
  all(role: string, name?: string | RegExp): HTMLElement[];
  /** The one that has it. */
  one(role: string, name?: string | RegExp): HTMLElement;
  end(): void;
}

const IMPLICIT: Readonly<Record<string, string>> = {
  button: 'button:not([role])',
  textbox: 'input:not([role])',
  heading: 'h2,h3',
  region: 'section[aria-label]'
};
const drawn: IDrawn[] = [];

/** Draw until the test is over. */
export function draw(element: ReactElement): IDrawn {
  const node = document.createElement('div');
  document.body.append(node);
  const root = createRoot(node);
  act(() => root.render(element));
  const all = (role: string, name?: string | RegExp) =>
    [
      ...node.querySelectorAll<HTMLElement>(`[role="${role}"]${IMPLICIT[role] ? `,${IMPLICIT[role]}` : ''}`)
    ].filter(each => !each.hidden && (name === undefined || matches(nameOf(each), name)));
  const one = (role: string, name?: string | RegExp) => {
    const found = all(role, name);
    if (found.length !== 1) {
      throw new Error(`${found.length} elements are a ${role} named ${name} in ${node.innerHTML}`);
    }
    return found[0]!;
  };
  const self: IDrawn = {
    node,
    all,
    one,
    get text() {
      return node.textContent ?? '';
    },
    end: () => {
      act(() => root.unmount());
      node.remove();
    }
  };
  drawn.push(self);
  return self;
}

/** Let the page take in what happened. */
export async function happened(what: () => unknown = () => undefined): Promise<void> {
  await act(async () => {
    await what();
  });
}

/** Press a key on an element. */
export async function press(
  element: HTMLElement,
  key: string,
  more: KeyboardEventInit = {}
): Promise<boolean> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  await happened(() => element.dispatchEvent(event));
  return !event.defaultPrevented;
}

/** Write into a field, as a user does. */
export async function type(field: HTMLInputElement, text: string): Promise<void> {
  await happened(() => {
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!;
    set.call(field, text);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  });
}

function nameOf(element: HTMLElement): string {
  return element.getAttribute('aria-label') ?? element.textContent ?? '';
}

function matches(name: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? name === wanted : wanted.test(name);
}

beforeAll(() => Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true }));
afterEach(() => drawn.splice(0).forEach(each => each.end()));
