import {
  Reader,
  Size,
  UnreadableError,
  dictionary,
  figure,
  flag,
  list,
  number,
  or,
  orNull,
  record,
  sameLength,
  text,
  word
} from '../../../../src/widgets/report/reading';

/** What a reader makes of a value: the value, or where it is not what it should be. */
function read<T>(reader: Reader<T>, value: unknown, size = new Size()): unknown {
  try {
    return reader(value, size);
  } catch (error) {
    return error instanceof UnreadableError ? `wrong: ${error.message}` : error;
  }
}

describe('a reader', () => {
  it.each([
    [text, 'a', 'a'],
    [text, 1, 'wrong: '],
    [text, 'a'.repeat(5000), 'a'.repeat(2000)],
    [number, 1.5, 1.5],
    [number, NaN, 'wrong: '],
    [number, '1', 'wrong: '],
    [figure, 1.5, 1.5],
    [figure, 'NaN', 'NaN'],
    [figure, null, 'wrong: '],
    [flag, false, false],
    [flag, 0, 'wrong: '],
    [word('a', 'b'), 'b', 'b'],
    [word('a', 'b'), 'c', 'wrong: '],
    [orNull(number), null, null],
    [orNull(number), 'a', 'wrong: '],
    [or(number, 7), undefined, 7],
    [or(number, 7), null, 'wrong: '],
    [list(number), [1, 2], [1, 2]],
    [list(number), { length: 1 }, 'wrong: '],
    [list(list(number)), [[1], [2, 'a']], 'wrong: [1][1]'],
    [dictionary(text), { X: 'Xte' }, { X: 'Xte' }],
    [dictionary(text), [], 'wrong: '],
    [dictionary(text), { a: 1 }, 'wrong: a']
  ])('%# reads what it should', (reader: Reader<unknown>, value, expected) => {
    expect(read(reader, value)).toEqual(expected);
  });

  it('of an object takes the keys that it knows, and says which one is wrong', () => {
    const metric = record<{ key: string; label: string }>({ key: text, label: or(text, '-') });
    const report = record<{ metrics: readonly { key: string; label: string }[] }>({ metrics: list(metric) });
    expect(read(report, { metrics: [{ key: 'a', more: 1 }], other: 2 })).toEqual({
      metrics: [{ key: 'a', label: '-' }]
    });
    expect(read(report, { metrics: [{ key: 'a' }, { key: 1 }] })).toBe('wrong: metrics[1].key');
    expect(read(report, { metrics: [null] })).toBe('wrong: metrics[0]');
    expect(read(report, {})).toBe('wrong: metrics');
  });

  it('takes own keys alone', () => {
    const named = record<{ name: string }>({ name: text });
    expect(read(named, Object.create({ name: 'a' }))).toBe('wrong: name');
    const odd = read(dictionary(number), JSON.parse('{"__proto__": 1}')) as object;
    expect([Object.keys(odd), Object.getPrototypeOf(odd)]).toEqual([['__proto__'], Object.prototype]);
  });

  it('stops where it is too much', () => {
    const size = new Size(100);
    expect(read(list(number), Array(1000).fill(1), size)).toBe('wrong: [16]');
    expect(size.isOver).toBe(true);
    expect(read(dictionary(number), { ['k'.repeat(200)]: 1 }, new Size(100))).toMatch(/^wrong: /);
  });

  it('hands on what is no fault of the report', () => {
    const broken: Reader<number> = () => {
      throw new RangeError('ours');
    };
    expect(read(list(broken), [1])).toEqual(new RangeError('ours'));
  });
});

it('tells tables that do not fit each other; an empty one says that there is nothing to say', () => {
  expect(() => sameLength('low', 2, [1, 2], [])).not.toThrow();
  expect(() => sameLength('low', 2, [1, 2], [1])).toThrow(new UnreadableError('low'));
});
