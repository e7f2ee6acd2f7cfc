import { ROW_PX, drawnRows, layOut, wishAt } from '../../../src/model/runViewWindow';

const SMALL = { start: 0, end: 800, rows: 10, size: 800 };
const GIGABYTE = { start: 500_000_000, end: 500_500_000, rows: 6000, size: 1_000_000_000 };
const VIEW = 400;

it('gives a log that is known whole the height of its rows', () => {
  expect(layOut(SMALL)).toMatchObject({ top: 0, height: 10 * ROW_PX, total: 10 * ROW_PX });
});

it('makes room by their bytes for rows that nobody has counted', () => {
  const layout = layOut({ ...SMALL, start: 8000, end: 8800, size: 16_800 });
  expect([layout.top, layout.total]).toEqual([100 * ROW_PX, 210 * ROW_PX]);
});

it('stays within what browsers can draw, however long the log is', () => {
  const layout = layOut({ ...GIGABYTE, size: 1_000_000_000_000 });
  expect(layout.total).toBeLessThan(16_000_000);
});

it('draws what is in sight and a little more', () => {
  const layout = layOut({ start: 0, end: 80_000, rows: 1000, size: 80_000 });
  expect(drawnRows(layout, 1000, 0, VIEW)).toEqual({ first: 0, last: 43 });
  expect(drawnRows(layout, 1000, 500 * ROW_PX, VIEW, 5)).toEqual({ first: 495, last: 528 });
  expect(drawnRows(layout, 1000, 5000 * ROW_PX, VIEW)).toEqual({ first: 1000, last: 1000 });
});

it('wishes for nothing where all is known', () => {
  expect(wishAt(SMALL, 0, VIEW)).toEqual({ kind: 'none' });
});

it('wishes for rows above and below before the reader gets there', () => {
  const { top, height } = layOut(GIGABYTE);
  expect(wishAt(GIGABYTE, top + 10, VIEW)).toEqual({ kind: 'above' });
  expect(wishAt(GIGABYTE, top + height - VIEW - 10, VIEW)).toEqual({ kind: 'below' });
  expect(wishAt(GIGABYTE, top + height / 2, VIEW)).toEqual({ kind: 'none' });
});

it('jumps to the byte that stands where the reader has dragged the bar', () => {
  const { total } = layOut(GIGABYTE);
  const up = wishAt(GIGABYTE, total / 4, VIEW);
  const down = wishAt(GIGABYTE, (total * 3) / 4, VIEW);
  expect(up.kind === 'jump' && Math.round(up.offset / 1e7)).toBe(25);
  expect(down.kind === 'jump' && Math.round(down.offset / 1e7)).toBe(75);
});

it('never jumps behind the end', () => {
  const wish = wishAt(GIGABYTE, 1e9, VIEW);
  expect(wish).toEqual({ kind: 'jump', offset: GIGABYTE.size });
});
