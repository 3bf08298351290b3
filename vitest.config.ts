import { defineConfig } from 'vitest/config';

// No test waits for a clock: this is what a machine under load may take, not what a test needs.
const TEST_TIMEOUT_MS = 20_000;

export default defineConfig({
  test: {
    testTimeout: TEST_TIMEOUT_MS,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // One process for many files: starting one for each takes twice as long as the tests themselves.
          isolate: false,
          include: ['test/{unit,property,faults,architecture}/**/*.test.ts'],
          environment: 'node',
        },
      },
      {
        extends: true,
        test: { name: 'wire', isolate: false, include: ['test/wire/**/*.test.ts'], environment: 'node' },
      },
      // Runs the built program in processes of its own, and kills them.
      { extends: true, test: { name: 'process', include: ['test/process/**/*.test.ts'], environment: 'node' } },
      // Loads broken variants of the engine's own modules: each file has a process of its own.
      { extends: true, test: { name: 'storm', include: ['test/storm/**/*.test.ts'], environment: 'node' } },
      { extends: true, test: { name: 'api', include: ['test/api/**/*.test.ts'], environment: 'node' } },
      {
        extends: true,
        test: { name: 'renderer', include: ['test/renderer/**/*.test.{ts,tsx}'], environment: 'jsdom' },
      },
    ],
    coverage: {
      provider: 'v8',
      include: ['src-shared/**/*.ts', 'src-main/**/*.{ts,mjs}'],
      exclude: [
        // Needs a real window: the end-to-end suites run it under Electron.
        'src-main/hosts/electron/**',
        // Start other processes and install software, so `npm test` itself is their test. What they decide stands in
        // launch/parts, which is included.
        'src-main/launch/*.mjs',
      ],
      reporter: ['text-summary', ['text', { skipFull: true }], 'json-summary'],
      thresholds: { lines: 100, branches: 100 },
    },
  },
});
