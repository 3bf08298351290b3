import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/**
 * The oldest runtime that has to run the result: Node 20 (the headless host) and Electron 33, which is Node 20 and
 * Chromium 130 (the test Electron where the official download is out of reach).
 */
const NODE_TARGET = 'node20.19';
const BROWSER_TARGET = 'chrome130';

/**
 * A build while the workstation may run keeps the files of the build before: parts of it are loaded when first needed.
 * The launcher sets this; a release build starts from an empty folder.
 */
const emptyOutDir = process.env['IBKR_TRADER_KEEP_OUT'] !== '1';

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      emptyOutDir,
      target: NODE_TARGET,
      // What stands in package.json "dependencies" is packed beside the bundle, not into it.
      externalizeDeps: true,
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: resolve(root, 'src-main/hosts/electron/main.ts'),
          cli: resolve(root, 'src-main/cli/main.ts'),
          'correlation-thread': resolve(root, 'src-main/adapters/system/correlation-thread.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      emptyOutDir,
      target: NODE_TARGET,
      // A sandboxed preload can load nothing but electron: everything else goes into the one file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: resolve(root, 'src-main/hosts/electron/preload.ts') },
        // A sandboxed preload must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src-renderer'),
    // Relative: the same files are served from app://local/ and from the headless host.
    base: './',
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      emptyOutDir,
      target: BROWSER_TARGET,
      minify: true,
      // Both would put inline code or data: URLs where the content security policy forbids them.
      modulePreload: { polyfill: false },
      assetsInlineLimit: 0,
      rolldownOptions: { input: { index: resolve(root, 'src-renderer/index.html') } },
    },
  },
});
