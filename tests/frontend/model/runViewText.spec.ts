import { cutText, webAddress } from '../../../src/model/runViewText';

const hrefs = (text: string) =>
  cutText(text, '')
    .filter(piece => piece.href)
    .map(piece => [piece.text, piece.href]);
const matches = (text: string, wanted: string) =>
  cutText(text, wanted)
    .filter(piece => piece.isMatch)
    .map(piece => piece.text);

it.each([
  ['see https://jupyter.org/a?b=1&c=2#d for more', 'https://jupyter.org/a?b=1&c=2#d'],
  ['(http://x.org/y).', 'http://x.org/y'],
  ['http://x.org, then', 'http://x.org'],
  ['"http://x.org/z"', 'http://x.org/z'],
  ['HTTPS://X.org/', 'HTTPS://X.org/']
])('makes a link of the address in %s', (text, address) => {
  expect(hrefs(text)).toEqual([[address, new URL(address).href]]);
});

it.each([
  'javascript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'file:///etc/passwd',
  'vbscript:x',
  'http://',
  'http://[',
  'ftp://x.org/y'
])('makes no link of %s (B26)', text => {
  expect(hrefs(text)).toEqual([]);
});

it('lets nothing into a link that ends an attribute', () => {
  expect(hrefs('http://x/"onmouseover="alert(1)')).toEqual([['http://x/', 'http://x/']]);
  expect(hrefs('http://x/<img src=x>')).toEqual([['http://x/', 'http://x/']]);
});

it('marks what is looked for, letter case aside, in links too', () => {
  expect(matches('Error: error in http://x.org/error', 'ERROR')).toEqual(['Error', 'error', 'error']);
  expect(matches('aaa', 'aa')).toEqual(['aa']);
  expect(matches('nothing', 'x')).toEqual([]);
});

it('marks nothing where letters grow when they are lowered, instead of marking the wrong ones', () => {
  expect(matches('İstanbul error', 'error')).toEqual([]);
});

it('loses no character', () => {
  const text = 'a http://x.org/b?c, d (https://y.org) e';
  for (const wanted of ['', 'x', 'http', 'e']) {
    expect(
      cutText(text, wanted)
        .map(piece => piece.text)
        .join('')
    ).toBe(text);
  }
});

it('knows an address of the web', () => {
  expect([webAddress('https://x.org'), webAddress('mailto:a@b'), webAddress('x')]).toEqual([
    'https://x.org/',
    '',
    ''
  ]);
});
