import { readCsv } from '../../../src/model/runViewTable';

it.each([
  [
    'a,b\n1,2\n',
    [
      ['a', 'b'],
      ['1', '2']
    ]
  ],
  [
    'a,b\r\n1,2',
    [
      ['a', 'b'],
      ['1', '2']
    ]
  ],
  ['"a,b",c\n', [['a,b', 'c']]],
  ['"say ""hi""",x', [['say "hi"', 'x']]],
  ['"two\nlines",x\ny', [['two\nlines', 'x'], ['y']]],
  ['\ufeffa\n1', [['a'], ['1']]],
  [
    'a,,c\n,\n',
    [
      ['a', '', 'c'],
      ['', '']
    ]
  ],
  ['"open,x\n1', [['"open', 'x'], ['1']]],
  ['', []]
])('reads %j', (text, rows) => {
  expect(readCsv(text, 10)).toEqual(rows);
});

it('stops after as many rows as are wanted', () => {
  expect(readCsv('1\n2\n3\n4\n', 2)).toEqual([['1'], ['2']]);
});
