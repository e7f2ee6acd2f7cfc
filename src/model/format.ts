/** Figures and times as people read them. The full value belongs in the title of whatever shows the short one. */

import { TranslationBundle } from '@jupyterlab/translation';

import { Figure } from '../api/types';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** At most four significant digits: 0.9583, 1.234e-7, NaN, ∞. */
export function formatFigure(value: Figure): string {
  const number = toNumber(value);
  if (Number.isNaN(number)) {
    return 'NaN';
  }
  if (!Number.isFinite(number)) {
    return number > 0 ? '∞' : '-∞';
  }
  const size = Math.abs(number);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    return number.toExponential(3).replace(/\.?0+e/, 'e');
  }
  return size >= 10_000 ? String(Math.round(number)) : String(Number(number.toPrecision(4)));
}

const MOST_CHARACTERS = 8;

/** A figure for a narrow column: with fewer digits rather than cut off, which would hide how small it is. */
export function formatFigureBriefly(value: Figure): string {
  const text = formatFigure(value);
  return text.length > MOST_CHARACTERS ? toNumber(value).toExponential(1).replace('e+', 'e') : text;
}

/** The number that a figure stands for; words that are none become NaN. */
export function toNumber(value: Figure): number {
  return typeof value === 'number' ? value : Number(value);
}

/** How long: 00:42, 12:05, 1:02:03; from a day on 2 d 03 h; less than a second, once it `isOver`: 0.3 s. */
export function formatDuration(seconds: number, isOver = false): string {
  if (isOver && seconds < 1) {
    return `${Math.max(0, seconds).toFixed(1)} s`;
  }
  const whole = Math.max(0, Math.floor(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole >= DAY) {
    return `${Math.floor(whole / DAY)} d ${two(Math.floor((whole % DAY) / HOUR))} h`;
  }
  const [h, m, s] = [Math.floor(whole / HOUR), Math.floor((whole % HOUR) / MINUTE), whole % MINUTE];
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

/** How long ago, in one word or two: now, 3 min, 2 h, 5 d; older ones as a date. */
export function formatAge(at: string, now: number, trans: TranslationBundle): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) {
    return '';
  }
  const seconds = (now - time) / 1000;
  if (seconds < MINUTE) {
    return trans.__('now');
  }
  if (seconds < HOUR) {
    return trans.__('%1 min', Math.floor(seconds / MINUTE));
  }
  if (seconds < DAY) {
    return trans.__('%1 h', Math.floor(seconds / HOUR));
  }
  if (seconds < 30 * DAY) {
    return trans.__('%1 d', Math.floor(seconds / DAY));
  }
  return DATE.format(time);
}

/** Made once: a list says hundreds of times in one drawing, and making the formatter is what takes long. */
const TIME = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric'
});
const DATE = new Intl.DateTimeFormat();

/** The exact local time, for a title. */
export function formatTime(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? '' : TIME.format(time);
}

/** A file's name as it is read: what turns the writing around or cannot be seen is marked, `exe.png` is no `gnp.exe`. */
export function formatFileName(name: string): string {
  return name.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu, '\ufffd');
}

/** 0 B, 12 KB, 3.4 MB. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}
