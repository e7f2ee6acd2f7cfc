import { TerminalText } from '../../../src/model/terminalText';

function shown(text: TerminalText): string[] {
  return text.lines.map(line => line.map(span => span.text).join(''));
}

function written(...parts: (string | Uint8Array)[]): TerminalText {
  const text = new TerminalText(100);
  parts.forEach(part => text.write(typeof part === 'string' ? new TextEncoder().encode(part) : part));
  return text;
}

it('shows lines, the last one as far as it has come', () => {
  expect(shown(written('one\ntw'))).toEqual(['one', 'tw']);
  expect(shown(written('one\ntw', 'o\n'))).toEqual(['one', 'two']);
});

it('overwrites with carriage returns, as a progress bar does (F37)', () => {
  expect(shown(written('10%\r20%\r100%\ndone'))).toEqual(['100%', 'done']);
  expect(shown(written('long line\rno'))).toEqual(['nong line']);
  expect(shown(written('long line\r\x1b[Kno'))).toEqual(['no']);
  expect(shown(written('windows\r\nlines'))).toEqual(['windows', 'lines']);
});

it('keeps one line of 100,000 updates', () => {
  const text = new TerminalText(10);
  for (let update = 0; update <= 100_000; update += 1000) {
    text.write(new TextEncoder().encode(`\rstep ${update}`));
  }
  expect(shown(text)).toEqual(['step 100000']);
});

it('steps back, and fills tabs', () => {
  expect(shown(written('abc\b\bX\tY'))).toEqual(['aX      Y']);
  expect(shown(written('\b\bx'))).toEqual(['x']);
});

it('writes over the lines above, as nested bars do', () => {
  expect(shown(written('epoch 1\nbatch 1\x1b[A\repoch 2'))).toEqual(['epoch 2', 'batch 1']);
  expect(shown(written('epoch 1\nbatch 1\x1b', '[A', '\n\rbatch 2\n'))).toEqual(['epoch 1', 'batch 2']);
  expect(shown(written('a\nb\nc\x1b[2A\r1\n2\n3\n4'))).toEqual(['1', '2', '3', '4']);
  expect(shown(written('top\x1b[9A\rTOP'))).toEqual(['TOP']);
  expect(written('\x1b[31mred\x1b[0m\n\x1b[A\rb').lines[0]).toEqual([
    { text: 'b', classes: '' },
    { text: 'ed', classes: 'ansi-red-fg' }
  ]);
});

it('keeps two lines of 10,000 updates of two', () => {
  const text = new TerminalText(5);
  for (let update = 0; update < 10_000; update++) {
    text.write(new TextEncoder().encode(`\repoch ${update}\n\rbatch ${update}\x1b[A`));
  }
  expect(shown(text)).toEqual(['epoch 9999', 'batch 9999']);
});

it('keeps no more lines for a cursor that goes up', () => {
  const text = new TerminalText(3);
  text.write(new TextEncoder().encode('1\n2\n3\n4\n5\x1b[99A\rtwo\n\n\n\n6'));
  expect(shown(text)).toEqual(['3', '4', '5', '6']);
});

it('goes down over what bars have drawn below, never beyond it', () => {
  expect(shown(written('1\n2\n3\x1b[2A\x1b[B\rx'))).toEqual(['1', 'x', '3']);
  expect(shown(written('1\n2\n3\x1b[2A\x1b[9Bx'))).toEqual(['1', '2', '3x']);
  expect(shown(written('ab\ncd\x1b[Fx\x1b[Ey'))).toEqual(['xb', 'yd']);
});

it('goes to columns, and erases before and behind the cursor', () => {
  expect(shown(written('abcdef\x1b[3Dx\x1b[Cy\x1b[2Gz'))).toEqual(['azcxey']);
  expect(shown(written('abcdef\x1b[3D\x1b[1K'))).toEqual(['    ef']);
  expect(shown(written('abc\x1b[99D\x1b[Kx'))).toEqual(['x']);
});

it('erases what is below, as bars that have become fewer do', () => {
  expect(shown(written('top\none\ntwo\nthree\x1b[2A\r\x1b[Jdone'))).toEqual(['top', 'done', '', '']);
});

it('tells each line that can no longer change, once', () => {
  const settled: string[] = [];
  const text = new TerminalText(2, 100, line => settled.push(line.map(span => span.text).join('')));
  text.write(new TextEncoder().encode('1\n2\n3\n4\x1b[2A\rX\n\n\n5\n6'));
  expect([settled, shown(text)]).toEqual([
    ['1', 'X', '3'],
    ['4', '5', '6']
  ]);
});

it('hides no cursor, in whatever pieces it is told to', () => {
  expect(shown(written('a\x1b[?2', '5lb\x1b[?25h'))).toEqual(['ab']);
});

it('begins again behind a hole, whatever stood below', () => {
  const text = written('1\n2\x1b[A');
  text.skip();
  text.write(new TextEncoder().encode('after'));
  expect(shown(text)).toEqual(['after']);
});

it('colours by SGR, with the classes that JupyterLab has', () => {
  expect(written('\x1b[1;31mred\x1b[0m plain \x1b[92;44mx\x1b[39;49;22my').lines).toEqual([
    [
      { text: 'red', classes: 'ansi-red-fg ansi-bold' },
      { text: ' plain ', classes: '' },
      { text: 'x', classes: 'ansi-green-intense-fg ansi-blue-bg' },
      { text: 'y', classes: '' }
    ]
  ]);
});

it.each([
  ['one of the 256', '\x1b[38;5;208m', { classes: '', colour: 'rgb(255, 135, 0)' }],
  ['a grey of the 256', '\x1b[48;5;244m', { classes: '', background: 'rgb(128, 128, 128)' }],
  ['one of the 256 that has a class', '\x1b[38;5;9m', { classes: 'ansi-red-intense-fg' }],
  [
    'red, green and blue',
    '\x1b[1;38;2;10;200;120;4m',
    { classes: 'ansi-bold ansi-underline', colour: 'rgb(10, 200, 120)' }
  ],
  ['a colour space', '\x1b[38:2::10:200:120m', { classes: '', colour: 'rgb(10, 200, 120)' }],
  ['a colour that gives way to one with a class', '\x1b[38;5;208;31m', { classes: 'ansi-red-fg' }],
  ['a colour that there is not', '\x1b[38;5;256;48;2;1;2;999m', { classes: '' }],
  ['half a colour', '\x1b[38;5m', { classes: '' }],
  [
    'faint, italic and struck',
    '\x1b[2;3;9m',
    { classes: 'mlops-ansi-faint mlops-ansi-italic mlops-ansi-struck' }
  ],
  ['none of these any more', '\x1b[1;2;3;4;7;9m\x1b[22;23;24;27;29m', { classes: '' }],
  ['a wavy line below', '\x1b[4:3m', { classes: 'ansi-underline' }],
  ['no line below', '\x1b[4m\x1b[4:0m', { classes: '' }]
])('writes in %s', (_, sequence, writing) => {
  expect(written(`${sequence}x`).lines[0]).toEqual([{ ...writing, text: 'x' }]);
});

it('changes text and ground for inverse text, whatever their colours', () => {
  expect(written('\x1b[31;7mx').lines[0]).toEqual([
    { text: 'x', classes: 'ansi-red-bg ansi-default-inverse-fg' }
  ]);
  expect(written('\x1b[31;48;5;208;7mx').lines[0]).toEqual([
    { text: 'x', classes: 'ansi-red-bg', colour: 'rgb(255, 135, 0)' }
  ]);
});

it('keeps each exact colour where a line is written over', () => {
  expect(written('\x1b[38;5;208mab\x1b[38;5;20mc\x1b[0m\n\x1b[A\rx').lines[0]).toEqual([
    { text: 'x', classes: '' },
    { text: 'b', classes: '', colour: 'rgb(255, 135, 0)' },
    { text: 'c', classes: '', colour: 'rgb(0, 0, 215)' }
  ]);
});

it('puts sequences together that two chunks share', () => {
  expect(written('a\x1b', '[3', '1mb').lines[0]).toEqual([
    { text: 'a', classes: '' },
    { text: 'b', classes: 'ansi-red-fg' }
  ]);
});

it.each([
  ['a title', '\x1b]0;pwned\x07'],
  ['the clipboard', '\x1b]52;c;cHduZWQ=\x07'],
  ['a link', '\x1b]8;;javascript:alert(1)\x1b\\'],
  ['a cursor jump', '\x1b[10;10H'],
  ['a cleared screen', '\x1b[2J'],
  ['a device string', '\x1bPq#0\x1b\\'],
  ['NUL and bell', '\x00\x07'],
  ['C1 controls', '\u009b\u0090']
])('drops %s (B37)', (_, sequence) => {
  expect(shown(written(`over\n...\ra${sequence}b`))).toEqual(['over', 'ab.']);
});

it('shows markup as the text that it is', () => {
  expect(shown(written('</script><img src=x onerror=alert(1)>'))).toEqual([
    '</script><img src=x onerror=alert(1)>'
  ]);
});

it('splits no character at the edge of a chunk, and marks bytes that are none (F38)', () => {
  const bytes = new TextEncoder().encode('é😀');
  for (let edge = 0; edge <= bytes.length; edge++) {
    expect(shown(written(bytes.slice(0, edge), bytes.slice(edge)))).toEqual(['é😀']);
  }
  expect(shown(written(new Uint8Array([97, 255, 98])))).toEqual(['a\ufffdb']);
});

it('keeps the last lines, and of a line without an end its beginning (F39)', () => {
  const text = new TerminalText(3, 5);
  text.write(new TextEncoder().encode('1\n2\n3\n4\n5'));
  expect(shown(text)).toEqual(['2', '3', '4', '5']);
  text.write(new TextEncoder().encode('x'.repeat(1_000_000)));
  expect(shown(text).pop()).toBe('5xxxx');
});

it('begins again behind a hole', () => {
  const text = written('before \x1b[3');
  text.skip();
  text.write(new TextEncoder().encode('1m after'));
  expect(shown(text)).toEqual(['1m after']);
});
