// What the test Electron (src-main/launch/test-electron.mjs) runs in place of the default app that Electron's own
// download carries: `electron [-r MODULE]… [switches] APP [arguments]`. Top-level await holds `ready` until APP has run.
import { readFileSync, statSync } from 'node:fs';
import Module from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/** @returns {{ app: string | undefined, preloads: string[] }} */
function parse(/** @type {string[]} */ words) {
  const preloads = [];
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] ?? '';
    if (word === '-r' || word === '--require') preloads.push(words[(i += 1)] ?? '');
    else if (!word.startsWith('-')) return { app: word, preloads };
  }
  return { app: undefined, preloads };
}

const asked = parse(process.argv.slice(1));
if (asked.app === undefined) {
  process.stderr.write('usage: electron [-r MODULE] [switches] APP [arguments]\n');
  process.exit(2);
}

// Playwright recognises a development run by it.
Reflect.set(process, 'defaultApp', true);
const preload = Reflect.get(Module, '_preloadModules');
if (asked.preloads.length > 0) preload(asked.preloads);

/** Electron keeps these to its own default app, so its typings do not have them. */
const tellApp = (/** @type {'setVersion' | 'setAppPath'} */ method, /** @type {string} */ value) =>
  Reflect.apply(Reflect.get(app, method), app, [value]);

let entry = path.resolve(asked.app);
if (statSync(entry).isDirectory()) {
  const manifest = JSON.parse(readFileSync(path.join(entry, 'package.json'), 'utf8'));
  app.setName(manifest.productName ?? manifest.name);
  tellApp('setVersion', manifest.version);
  tellApp('setAppPath', entry);
  entry = path.join(entry, manifest.main);
} else {
  tellApp('setAppPath', path.dirname(entry));
}

try {
  await import(pathToFileURL(entry).href);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  app.exit(1);
}
