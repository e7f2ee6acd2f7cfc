import { make } from '../../../../src/widgets/report/dom';
import { WindowedRows } from '../../../../src/widgets/report/windowedRows';
import { key, place, rowTexts, texts } from '../reader';

function rowsOf(count: number, open?: (index: number) => void): WindowedRows {
  const rows = new WindowedRows({ label: 'Groups', mostHeight: 200, open });
  place().append(rows.node);
  rows.show({
    heads: ['name', 'figure'],
    count,
    rowHeight: 20,
    cells: index => [`row ${index}`, make('b', {}, String(index * 2))]
  });
  return rows;
}

function scroll(rows: WindowedRows, top: number): void {
  rows.node.scrollTop = top;
  rows.node.dispatchEvent(new Event('scroll'));
}

describe('many rows', () => {
  it('are a table whose count a screen reader knows', () => {
    const { node } = rowsOf(1000);
    expect(['role', 'aria-label', 'aria-rowcount', 'tabindex'].map(name => node.getAttribute(name))).toEqual([
      'table',
      'Groups',
      '1001',
      '0'
    ]);
    expect(texts(node, '[role=columnheader]')).toEqual(['name', 'figure']);
    expect(texts(node, '[role=rowheader], [role=cell]').slice(0, 4)).toEqual(['row 0', '0', 'row 1', '2']);
  });

  it.each([
    ['no title', ''],
    ['an axis', make('div', { 'aria-hidden': 'true' }, '0 1')]
  ])('are heard without the column of pictures, which has %s', (_, head) => {
    for (const open of [undefined, () => undefined]) {
      const rows = new WindowedRows({ label: 'Groups', mostHeight: 200, open });
      const cells = (index: number) => [`row ${index}`, make('i', { 'aria-hidden': 'true' }), String(index)];
      rows.show({ heads: ['name', head, 'figure'], count: 2, rowHeight: 20, cells });
      expect(texts(rows.node, '[role=columnheader]')).toEqual(['name', 'figure']);
      expect(texts(rows.node, '[role=rowheader], [role=cell], [role=gridcell]')).toEqual([
        ...['row 0', '0'],
        ...['row 1', '1']
      ]);
      expect(rows.node.querySelectorAll('.mlops-Rows-row > [aria-hidden=true]')).toHaveLength(2);
    }
  });

  it('are in the page only where they are seen', () => {
    const rows = rowsOf(1000);
    expect(rowTexts(rows.node)).toHaveLength(14);
    scroll(rows, 4000);
    const drawn = rowTexts(rows.node).map(([name]) => name);
    expect([drawn[0], drawn.at(-1), drawn.length]).toEqual(['row 196', 'row 213', 18]);
    const first = rows.node.querySelector<HTMLElement>('.mlops-Rows-row')!;
    expect([first.style.top, first.getAttribute('aria-rowindex')]).toEqual(['3920px', '198']);
    expect(rows.node.querySelector<HTMLElement>('.mlops-Rows-body')!.style.height).toBe('20000px');
  });

  it('keep what is drawn while it stays in sight', () => {
    const rows = rowsOf(1000);
    const tenth = rows.node.querySelectorAll('.mlops-Rows-row')[10];
    scroll(rows, 60);
    expect([...rows.node.querySelectorAll('.mlops-Rows-row')]).toContain(tenth);
  });

  it('can be none', () => {
    const { node } = rowsOf(0, () => undefined);
    expect(rowTexts(node)).toEqual([]);
    expect(key(node, 'ArrowDown')).toBe(true);
    expect(key(node, 'Enter')).toBe(false);
  });

  it('rest the shortcuts of JupyterLab while they have the focus', () => {
    expect(rowsOf(1).node.hasAttribute('data-lm-suppress-shortcuts')).toBe(true);
  });
});

describe('rows that open', () => {
  const opened: number[] = [];
  beforeEach(() => opened.splice(0));
  const open = (index: number) => opened.push(index);

  it('open by a click', () => {
    const { node } = rowsOf(5, open);
    node.querySelectorAll<HTMLElement>('.mlops-Rows-row b')[3]!.click();
    expect(opened).toEqual([3]);
    expect(texts(node, '[aria-selected=true] [role=rowheader]')).toEqual(['row 3']);
  });

  it('do not open by a click on their titles', () => {
    const { node } = rowsOf(5, open);
    node.querySelector<HTMLElement>('[role=columnheader]')!.click();
    expect(opened).toEqual([]);
  });

  it.each([
    [['ArrowDown', 'ArrowDown', 'Enter'], 2],
    [['End', 'Enter'], 99],
    [['End', 'ArrowDown', 'ArrowUp', ' '], 98],
    [['PageDown', 'Enter'], 10],
    [['PageDown', 'Home', 'Enter'], 0]
  ])('go by %j to %i', (keys, index) => {
    const rows = rowsOf(100, open);
    expect(keys.map(each => key(rows.node, each))).toEqual(keys.map(() => true));
    expect([opened, rows.active]).toEqual([[index], index]);
    const active = rows.node.getAttribute('aria-activedescendant');
    expect(rows.node.querySelector(`#${active}`)?.firstElementChild?.textContent).toBe(`row ${index}`);
  });

  it('leave other keys, and those with a modifier, to others', () => {
    const { node } = rowsOf(5, open);
    expect([key(node, 'a'), key(node, 'ArrowDown', { ctrlKey: true }), key(node, 'Tab')]).toEqual([
      false,
      false,
      false
    ]);
  });

  it('take no keys where there is nothing to open', () => {
    expect(key(rowsOf(5).node, 'ArrowDown')).toBe(false);
  });

  it('come into sight when they are gone to, below the titles', () => {
    const rows = rowsOf(100, open);
    rows.activate(50);
    expect(rows.node.scrollTop).toBe(50 * 20 + 20 + 28 - 200);
    rows.activate(2);
    expect(rows.node.scrollTop).toBe(40);
  });
});
