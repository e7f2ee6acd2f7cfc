import { complete } from '../../../src/model/completion';
import { IRunColumns } from '../../../src/api/types';

const COLUMNS: IRunColumns = {
  params: ['lr', 'batch size'],
  metrics: ['acc', 'val_acc', 'loss'],
  tags: ['stage', 'say "hi"'],
  experiments: ['digits', 'my runs'],
  notebooks: []
};

function labels(text: string, caret = text.length): string[] {
  return complete(text, caret, COLUMNS).items.map(item => item.label);
}

/** What stands in the field after a completion was accepted. */
function accepted(text: string, label: string): string {
  const { from, items } = complete(text, text.length, COLUMNS);
  const item = items.find(each => each.label === label);
  return text.slice(0, from) + item?.insert;
}

it('offers keys and fields where a term may begin', () => {
  expect(labels('')).toEqual([
    'acc',
    'val_acc',
    'loss',
    'lr',
    'batch size',
    'state:',
    'name~',
    'experiment:',
    'id:',
    'stage',
    'say "hi"'
  ]);
});

it('offers what begins with the word first, then what has it', () => {
  expect(labels('acc > 0.9 and ac')).toEqual(['acc', 'val_acc']);
  expect(labels('a')).toEqual(['acc', 'val_acc', 'batch size', 'state:', 'name~', 'stage', 'say "hi"']);
});

it('offers "and", "or" and "not" only behind something', () => {
  expect(labels('o')).not.toContain('or');
  expect(labels('acc > 0.9 o')[0]).toBe('or');
});

it('offers the words that join first behind a whole term, and none where a term has to begin', () => {
  expect(labels('acc > 0.9 ').slice(0, 4)).toEqual(['and', 'or', 'not', 'acc']);
  for (const text of ['', 'acc > 0.9 and ', 'not ', '(', 'state:failed OR (']) {
    expect(labels(text)[0]).toBe('acc');
    expect(labels(text)).not.toContain('and');
  }
  expect(labels('brand ')[0]).toBe('and');
});

it('offers what measures the machine last', () => {
  const columns = { ...COLUMNS, metrics: ['system/cpu', 'acc'], tags: ['stage'] };
  const all = complete('', 0, columns).items.map(item => item.label);
  expect([all[0], all[all.length - 1]]).toEqual(['acc', 'system/cpu']);
});

it('offers states and experiments behind their fields', () => {
  expect(labels('state:')).toEqual(['running', 'scheduled', 'finished', 'failed', 'killed']);
  expect(labels('state:fa')).toEqual(['failed']);
  expect(labels('experiment: d')).toEqual(['digits']);
  expect(accepted('experiment:', 'my runs')).toBe('experiment:"my runs" ');
});

it('offers nothing where a value of the user’s stands', () => {
  expect(labels('acc > 0')).toEqual([]);
  expect(labels('name~ba')).toEqual([]);
});

it('offers nothing more once the word is whole, but longer words that begin so', () => {
  expect(labels('lr')).toEqual([]);
  expect(labels('acc')).toEqual([]);
  const more = { ...COLUMNS, metrics: ['loss', 'loss_of_test', 'val_loss'] };
  expect(complete('loss', 4, more).items.map(item => item.label)).toEqual(['loss_of_test']);
});

it('replaces the word before the caret, and no more', () => {
  expect(accepted('lr < 1 and va', 'val_acc')).toBe('lr < 1 and val_acc ');
  expect(complete('va and lr', 2, COLUMNS).from).toBe(0);
});

it('quotes a name that means something of its own to the grammar', () => {
  const columns = { ...COLUMNS, params: ['state', 'and', 'metric.acc', 'metrics', 'order'], metrics: [] };
  const inserted = complete('', 0, columns).items.map(item => item.insert.trim());

  expect(inserted.slice(0, 5)).toEqual(['"state"', '"and"', '"metric.acc"', 'metrics', 'order']);
});

it('quotes what is not one word', () => {
  expect(accepted('ba', 'batch size')).toBe('"batch size" ');
  expect(accepted('"ba', 'batch size')).toBe('"batch size" ');
  expect(accepted('sa', 'say "hi"')).toBe(`'say "hi"' `);
});

it('offers no more than fit', () => {
  const metrics = Array.from({ length: 500 }, (_, i) => `metric_${i}`);
  expect(complete('', 0, { ...COLUMNS, metrics }).items).toHaveLength(12);
});
