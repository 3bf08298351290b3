import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { describe, expect, test } from 'vitest';
import { asarOf } from '#launch/parts/asar';
import { cacheFolder } from '#launch/parts/cache-folder';
import { durationText } from '#launch/parts/duration';
import { electronBinary } from '#launch/parts/electron-binary';
import { fingerprintOf } from '#launch/parts/fingerprint';
import { resetFuses } from '#launch/parts/fuses';
import { inParallel } from '#launch/parts/in-parallel';
import { missingPackages } from '#launch/parts/missing-packages';
import { nodeTooOld } from '#launch/parts/node-version';

describe('the Node that is needed', () => {
  test.each(['20.19.0', '20.20.2', '22.1.0'])('%s will do', (version) => {
    expect(nodeTooOld(version)).toBeUndefined();
  });

  test.each(['18.20.0', '20.18.9', '20'])('%s is too old, and it says what is needed', (version) => {
    expect(nodeTooOld(version)).toContain(`Node 20.19 or newer is needed, this is Node ${version}`);
  });

  test('no version at all is too old', () => {
    expect(nodeTooOld('')).toBeDefined();
  });
});

describe('missing npm packages', () => {
  const wanted = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/zod': { version: '4.6.7' },
      'node_modules/fsevents': { version: '2.3.3', optional: true },
      'node_modules/esbuild-linux': { version: '1.0.0', devOptional: true },
    },
  };

  test('all of them when nothing is installed, but for the other platforms', () => {
    expect(missingPackages(wanted, undefined)).toEqual(['node_modules/zod']);
  });

  test('those of another version, optional ones too', () => {
    const packages = { 'node_modules/zod': { version: '4.6.6' }, 'node_modules/fsevents': { version: '2.3.2' } };
    expect(missingPackages(wanted, { packages })).toEqual(['node_modules/zod', 'node_modules/fsevents']);
  });

  test('none when all are there', () => {
    expect(missingPackages(wanted, { packages: { 'node_modules/zod': { version: '4.6.7' } } })).toEqual([]);
  });
});

describe('a fingerprint of sources', () => {
  const of = (...files: readonly (readonly [string, string])[]) => fingerprintOf(files);

  test('is the same for the same files', () => {
    expect(of(['a.ts', '1'], ['b.ts', '2'])).toBe(of(['a.ts', '1'], ['b.ts', '2']));
  });

  test('changes with a content, a name, and where one file ends', () => {
    const all = [of(['a.ts', '1']), of(['a.ts', '2']), of(['b.ts', '1']), of(['a.ts', ''], ['b.ts', '1'])];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('the fuses of a binary', () => {
  const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
  const binaryWith = (version: number, fuses: string) =>
    Buffer.concat([Buffer.from(`head${SENTINEL}`), Buffer.from([version, fuses.length]), Buffer.from(`${fuses}tail`)]);

  test('are set back to those of a stock Electron, and nothing else is touched', () => {
    const binary = binaryWith(1, '01001110r');
    resetFuses(binary);
    expect(binary.toString('latin1')).toBe(binaryWith(1, '10110001r').toString('latin1'));
  });

  test('a binary without fuses is refused', () => {
    expect(() => resetFuses(Buffer.from('an ordinary program'))).toThrow('not an Electron binary');
  });

  test.each([
    ['another version', binaryWith(2, '00000000')],
    ['too few', binaryWith(1, '000')],
    ['cut off', Buffer.from(`head${SENTINEL}\u0001`)],
  ])('a layout that is not known is refused: %s', (_, binary) => {
    expect(() => resetFuses(binary)).toThrow('unknown layout');
  });
});

test('an archive made here is read by Electron’s own reader', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'asar-'));
  const file = path.join(folder, 'default_app.asar');
  try {
    writeFileSync(
      file,
      asarOf({ 'main.mjs': Buffer.from('run();'), 'package.json': Buffer.from('{"main":"main.mjs"}') }),
    );
    expect(listPackage(file, { isPack: false })).toEqual(['/main.mjs', '/package.json']);
    expect(extractFile(file, 'main.mjs').toString()).toBe('run();');
    expect(extractFile(file, 'package.json').toString()).toBe('{"main":"main.mjs"}');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('running things in parallel', () => {
  test('keeps the order of the items and never exceeds the limit', async () => {
    let running = 0;
    let most = 0;
    const results = await inParallel(2, [3, 1, 2, 5], async (item) => {
      running += 1;
      most = Math.max(most, running);
      for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
      running -= 1;
      return item * 10;
    });
    expect(results).toEqual([30, 10, 20, 50]);
    expect(most).toBe(2);
  });

  test('a failure is the failure of the whole', async () => {
    await expect(inParallel(2, [1], () => Promise.reject(new Error('no compiler')))).rejects.toThrow('no compiler');
  });
});

test.each([
  [0, '0.0 s'],
  [950, '0.9 s'],
  [12_300, '12 s'],
  [65_000, '1 min 05 s'],
])('%i ms is shown as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

describe('where downloads are kept', () => {
  test.each([
    ['linux', {}, '/u/.cache/ibkr-trader'],
    ['linux', { XDG_CACHE_HOME: '/c' }, '/c/ibkr-trader'],
    ['darwin', {}, '/u/Library/Caches/ibkr-trader'],
    ['win32', { LOCALAPPDATA: '/l' }, '/l/ibkr-trader/cache'],
    ['win32', {}, '/u/AppData/Local/ibkr-trader/cache'],
    ['linux', { IBKR_TRADER_CACHE_DIR: '' }, '/u/.cache/ibkr-trader'],
    ['linux', { IBKR_TRADER_CACHE_DIR: '/chosen' }, '/chosen'],
  ])('on %s with %o: %s', (platform, env, folder) => {
    expect(cacheFolder(platform, '/u', env)).toBe(folder);
  });
});

test.each([
  ['linux', '/dist/electron'],
  ['win32', '/dist/electron.exe'],
  ['darwin', '/dist/Electron.app/Contents/MacOS/Electron'],
])('the program of an Electron distribution on %s is %s', (platform, binary) => {
  expect(electronBinary('/dist', platform)).toBe(binary);
});
