/** How the stories are told: two at a time, in Debian's Chromium, each with a Jupyter server of its own. */

import { defineConfig } from '@playwright/test';

import { browserOptions } from './helpers/browser';

export default defineConfig({
  testDir: 'stories',
  outputDir: 'test-results',
  forbidOnly: true,
  // A story waits more than it computes: for servers, kernels and runs to start.
  workers: 2,
  // Several times what a story takes on a quiet machine.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['./helpers/lastWords.ts']],
  use: { ...browserOptions, trace: 'retain-on-failure', screenshot: 'only-on-failure' }
});
