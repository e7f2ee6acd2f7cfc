import { nullTranslator } from '@jupyterlab/translation';

import {
  formatAge,
  formatBytes,
  formatDuration,
  formatFigure,
  formatFigureBriefly,
  formatTime,
  toNumber
} from '../../../src/model/format';

const trans = nullTranslator.load('jupyter_mlops');

it.each([
  [0.958333, '0.9583'],
  [1, '1'],
  [0.1 + 0.2, '0.3'],
  [12345.678, '12346'],
  [0, '0'],
  [-0.00012346, '-0.0001235'],
  [1e-5, '1e-5'],
  [1.23456e-7, '1.235e-7'],
  [123456789, '1.235e+8'],
  ['NaN', 'NaN'],
  ['Infinity', '∞'],
  ['-Infinity', '-∞'],
  ['9007199254740993', '9.007e+15'],
  ['no number', 'NaN']
])('%p is shown as %s', (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

it.each([
  [0.958333, '0.9583'],
  [7.0461e-5, '7.046e-5'],
  [-7.0461e-5, '-7.0e-5'],
  [0.0001284, '1.3e-4'],
  [-1.2345e-10, '-1.2e-10'],
  [123456789012, '1.2e11'],
  [-1.2345e12, '-1.2e12'],
  ['-Infinity', '-∞'],
  ['NaN', 'NaN']
])('a narrow column says %s whole: %s', (value, text) => {
  expect(formatFigureBriefly(value)).toBe(text);
});

it('knows the number that a word stands for', () => {
  expect([toNumber('Infinity'), toNumber('NaN'), toNumber(3)]).toEqual([Infinity, NaN, 3]);
});

it.each([
  [0, '00:00'],
  [42.9, '00:42'],
  [725, '12:05'],
  [3723, '1:02:03'],
  [97_200, '1 d 03 h'],
  [-5, '00:00']
])('%d seconds are %s', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

it('says tenths of what was over in less than a second', () => {
  expect([formatDuration(0.34, true), formatDuration(0.34), formatDuration(1.2, true)]).toEqual([
    '0.3 s',
    '00:00',
    '00:01'
  ]);
});

it.each([
  ['2026-11-21T11:59:30Z', 'now'],
  ['2026-11-21T12:00:30Z', 'now'],
  ['2026-11-21T11:57:00Z', '3 min'],
  ['2026-11-21T09:00:00Z', '3 h'],
  ['2026-11-16T12:00:00Z', '5 d'],
  ['', ''],
  ['yesterday-ish', '']
])('%s is "%s" ago', (at, text) => {
  expect(formatAge(at, Date.parse('2026-11-21T12:00:00Z'), trans)).toBe(text);
});

it('says the date of what is old, and the exact time in full', () => {
  expect(formatAge('2026-01-02T12:00:00Z', Date.parse('2026-11-21T12:00:00Z'), trans)).toContain('2026');
  expect(formatTime('2026-01-02T12:00:00Z')).toContain('2026');
  expect(formatTime('')).toBe('');
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [12_300, '12 KB'],
  [3_400_000, '3.4 MB'],
  [5e15, '5000 TB']
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
