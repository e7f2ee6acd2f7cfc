/** Reads what stands on the page as a reader does, and chooses as a reader does. */

/** The text of each part that a selector finds. */
export function texts(node: ParentNode, selector: string): string[] {
  return [...node.querySelectorAll(selector)].map(each => seen(each.textContent));
}

/** What stands in the rows, a cell an item. */
export function rowTexts(node: ParentNode): string[][] {
  return [...node.querySelectorAll('.mlops-Rows-row')].map(row =>
    [...row.children].map(cell => seen(cell.textContent))
  );
}

/** A text as a reader sees it: blanks are one, and what isolates a name in a sentence is nothing. */
export function seen(text: string | null): string {
  return (text ?? '')
    .replace(/[\u2068\u2069]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Choose in the list that has a label. */
export function choose(node: ParentNode, label: string, option: string): void {
  const labels = [...node.querySelectorAll('label')];
  const list = labels.find(each => each.firstElementChild?.textContent === label)?.querySelector('select');
  const value = [...(list?.options ?? [])].find(each => each.textContent === option)?.value;
  if (!list || value === undefined) {
    throw new Error(`No ${option} in a list ${label}: ${labels.map(each => each.textContent).join(' | ')}`);
  }
  list.value = value;
  list.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Press the box or button beside a text. */
export function press(node: ParentNode, text: string): HTMLInputElement {
  const found = [...node.querySelectorAll('label')].find(each => each.textContent === text);
  const input = found?.querySelector('input');
  if (!input) {
    throw new Error(`Nothing to press beside ${text}`);
  }
  input.click();
  return input;
}

/** Press a key on an element; whether the page took it. */
export function key(element: Element, name: string, more: KeyboardEventInit = {}): boolean {
  const event = new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...more });
  element.dispatchEvent(event);
  return event.defaultPrevented;
}

/** A place in the page, taken away after the test. */
export function place(): HTMLElement {
  const node = document.createElement('div');
  document.body.append(node);
  places.push(node);
  return node;
}

/** A copy of a report with something else in one place: `results.0.model`. */
export function changed(report: object, path: string, to: unknown): unknown {
  const copy: unknown = JSON.parse(JSON.stringify(report));
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, each) => (at as Record<string, unknown>)[each], copy);
  (parent as Record<string, unknown>)[last] = to;
  return copy;
}

/** A copy without some of its keys. */
export function without(report: object, ...names: readonly string[]): unknown {
  return Object.fromEntries(Object.entries(report).filter(([name]) => !names.includes(name)));
}

const places: HTMLElement[] = [];
afterEach(() => places.splice(0).forEach(each => each.remove()));
