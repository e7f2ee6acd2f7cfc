/** Pictures for the documentation: `make screenshots` writes them into docs/pictures. */

import { defineConfig } from '@playwright/test';

import stories from './playwright.config';

export default defineConfig({
  ...stories,
  testDir: 'screenshots',
  testMatch: '*.shot.ts',
  timeout: 240_000,
  use: { ...stories.use, viewport: { width: 1200, height: 720 }, trace: 'off' }
});
