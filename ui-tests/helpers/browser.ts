/** The browser: the machine's own Chromium, so that nothing is downloaded. */

import { existsSync } from 'node:fs';

import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function found(): string {
  const program = [process.env.CHROMIUM ?? '', ...PLACES].find(path => path && existsSync(path));
  if (!program) {
    throw new Error(
      'No Chromium found. Install it (`apt-get install chromium`), or let CHROMIUM say where it is.'
    );
  }
  return program;
}

/** How pages are opened. */
export const browserOptions: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  // A browser's sandbox needs namespaces that containers often do not give.
  launchOptions: { executablePath: found(), args: ['--no-sandbox', '--disable-gpu'] },
  viewport: { width: 1280, height: 800 },
  video: 'off'
};
