/** Says at the very end what each failed story stumbled over: of a long run often only the end is kept. */

import type { FullResult, Reporter, TestCase, TestResult } from '@playwright/test/reporter';

const MOST_LINES = 12;
const MOST_COLUMNS = 200;
// eslint-disable-next-line no-control-regex -- the colours of a terminal.
const COLOURS = /\x1b\[[\d;]*m/g;

/** See the module. */
export default class LastWords implements Reporter {
  /** Note what failed. */
  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status !== test.expectedStatus && result.status !== 'skipped') {
      const seconds = Math.round(result.duration / 1000);
      const words = result.errors.map(({ message = '', location }) => {
        const place = location ? `\n  at ${location.file}:${location.line}` : '';
        return shortened(message) + place;
      });
      this._told.push([`${test.title} (${result.status} after ${seconds} s)`, ...words].join('\n'));
    }
  }

  /** Say it. */
  onEnd(_result: FullResult): void {
    if (this._told.length) {
      process.stdout.write(`\nIn short:\n${this._told.join('\n\n')}\n`);
    }
  }

  private readonly _told: string[] = [];
}

function shortened(message: string): string {
  const lines = message.replace(COLOURS, '').split('\n').filter(Boolean);
  return lines
    .slice(0, MOST_LINES)
    .map(line => `  ${line.slice(0, MOST_COLUMNS)}`)
    .join('\n');
}
