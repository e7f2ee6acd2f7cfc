import { readTensorBoardCell, readWish } from '../../../src/api/tensorBoard';
import { runId } from '../fakes';

const WISH = { run_ids: [runId(1)], logdir: '', flags: {} };

it('reads what %tensorboard has left in a cell', () => {
  const data = {
    version: 1,
    run_ids: [runId(1)],
    logdir: 'logs',
    flags: { samples_per_plugin: 'images=5' },
    label: 'baseline',
    height: 600
  };
  expect(readTensorBoardCell(data)).toEqual({
    wish: { run_ids: [runId(1)], logdir: 'logs', flags: { samples_per_plugin: 'images=5' } },
    label: 'baseline',
    height: 600
  });
});

it.each([
  [undefined, 800],
  [NaN, 800],
  ['9', 800],
  [1, 200],
  [1e9, 5000]
])('gives a frame of height %s the height %s', (height, pixels) => {
  expect(readTensorBoardCell({ version: 1, ...WISH, height })?.height).toBe(pixels);
});

it.each([
  null,
  7,
  'x',
  [],
  {},
  { version: 2, ...WISH },
  { version: 1 },
  { version: 1, run_ids: [], logdir: '' }
])('does not believe %j', data => {
  expect(readTensorBoardCell(data)).toBeNull();
});

it.each([
  { run_ids: ['../x'] },
  { run_ids: 'all' },
  { run_ids: Array.from({ length: 101 }, () => runId()) },
  { logdir: 7 },
  { logdir: 'x'.repeat(5000) },
  { ...WISH, flags: 'x' },
  { ...WISH, flags: { '--x': '1' } },
  { ...WISH, flags: { x: 1 } },
  { ...WISH, flags: { x: 'y'.repeat(5000) } },
  { ...WISH, flags: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`f${'x'.repeat(n)}`, ''])) }
])('asks the server for nothing like %#', data => {
  expect(readWish(data)).toBeNull();
});

it('wishes for runs, for a folder, or both', () => {
  expect(readWish({ run_ids: [runId()] })).toEqual({ run_ids: [runId()], logdir: '', flags: {} });
  expect(readWish({ logdir: 'logs' })).toEqual({ run_ids: [], logdir: 'logs', flags: {} });
});
