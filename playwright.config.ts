import { defineConfig } from 'playwright/test';
import { findChromium } from './src-main/launch/chromium.mjs';

const chromium = findChromium();

/**
 * `headless` and `electron` run the same specs: a fixture starts the host that the project is named for. `packaged`
 * looks at what electron-builder left in dist/. `npm run check` gives them a display of their own.
 */
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results',
  forbidOnly: true,
  retries: 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    trace: 'retain-on-failure',
    launchOptions: chromium === undefined ? {} : { executablePath: chromium },
  },
  projects: [
    { name: 'headless' },
    // One window at a time: real key presses go to the one that has the focus.
    { name: 'electron', workers: 1 },
    { name: 'packaged', testDir: 'test/packaging', workers: 1 },
  ],
});
