import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { openPlainStore, openStore } from '#adapters/lowdb/stores';
import { SETTINGS_UPGRADES, SETTINGS_VERSION } from '#adapters/lowdb/upgrades/settings-upgrades';
import { InvariantError } from '#domain/assert';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const FIXTURES = join(import.meta.dirname, 'fixtures');

const settingsSchema = z.strictObject({ risk: z.strictObject({ maxNotional: z.string(), allowShort: z.boolean() }) });
type TestSettings = z.infer<typeof settingsSchema>;
const DEFAULTS: TestSettings = { risk: { maxNotional: '1000', allowShort: false } };

/** Version 1 had the amount as a number at the top. */
const oneToTwo = (raw: unknown): unknown => {
  const { maxNotional } = z.object({ maxNotional: z.number() }).parse(raw);
  return { risk: { maxNotional: String(maxNotional), allowShort: false } };
};

function openSettings(file: string) {
  return openStore({
    file,
    schema: settingsSchema,
    defaults: DEFAULTS,
    layout: 'readable',
    version: 2,
    upgrades: [oneToTwo],
  });
}

describe('a versioned store', () => {
  test('starts from the defaults, keeps what is written, and says its version in the file', async () => {
    const file = join(await temporaryDirectory(), 'data', 'settings.json');
    const store = await openSettings(file);
    expect(await store.read()).toEqual(DEFAULTS);
    const changed = { risk: { maxNotional: '5000', allowShort: true } };
    await store.write(changed);
    expect(await store.read()).toEqual(changed);
    expect(await (await openSettings(file)).read()).toEqual(changed);
    expect(await readFile(file, 'utf8')).toBe(`${JSON.stringify({ version: 2, data: changed }, undefined, 2)}\n`);
    const windows = process.platform === 'win32';
    expect((await stat(join(file, '..'))).mode & 0o777).toBe(windows ? 0o666 : 0o700);
  });

  test('reads a document that version 1 wrote, and leaves the file alone until the next write', async () => {
    const file = join(await temporaryDirectory(), 'settings.json');
    await cp(join(FIXTURES, 'settings-version-1.json'), file);
    const before = await readFile(file, 'utf8');
    const store = await openSettings(file);
    const settings = await store.read();
    expect(settings).toEqual({ risk: { maxNotional: '2500', allowShort: false } });
    expect(await readFile(file, 'utf8')).toBe(before);
    await store.write(settings);
    expect(await readFile(file, 'utf8')).toContain('"version": 2');
  });

  test.each([
    ['{"version":3,"data":{}}', /version 3: this program knows versions 1 to 2/],
    ['{"data":{}}', /at version: found nothing/],
    [
      '{"version":2,"data":{"risk":{"maxNotional":5,"allowShort":true}}}',
      /at risk\.maxNotional: found 5; .*expected string/,
    ],
    [
      '{"version":2,"data":{"risk":{"maxNotional":"5","allowShort":true,"allowLong":1}}}',
      /Unrecognized key: "allowLong"/,
    ],
    ['{"version":2,', /JSON/],
    ['', /JSON/],
  ])('refuses %s', async (text, message) => {
    const file = join(await temporaryDirectory(), 'settings.json');
    await writeFile(file, text);
    const store = await openSettings(file);
    await expect(store.read()).rejects.toThrow(message);
    await expect(store.write(DEFAULTS)).rejects.toThrow(message);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  test('a failed write is not read as if it were stored', async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'settings.json');
    const store = await openSettings(file);
    await mkdir(`${file}.bak`); // Nothing can take this name any more.
    await store.write(DEFAULTS);
    await expect(store.write({ risk: { maxNotional: '9', allowShort: true } })).rejects.toThrow(/could not be written/);
    expect(await store.read()).toEqual(DEFAULTS);
  });

  test('opening clears away what a crash in the middle of a write left', async () => {
    const directory = await temporaryDirectory();
    const others = ['settings.json.backup.tmp', 'limits.json.123.4.tmp'];
    for (const name of ['settings.json.123.4.tmp', ...others]) await writeFile(join(directory, name), '{"ver');
    await openSettings(join(directory, 'settings.json'));
    expect((await readdir(directory)).sort()).toEqual([...others].sort());
  });

  test('a missing upgrade step is a bug', () => {
    const options = { file: 'x.json', schema: settingsSchema, defaults: DEFAULTS, layout: 'compact' } as const;
    expect(() => openStore({ ...options, version: 2, upgrades: [] })).toThrow(InvariantError);
  });

  test('there is a step for every version of the settings that was ever written', () => {
    expect(SETTINGS_UPGRADES).toHaveLength(SETTINGS_VERSION - 1);
  });
});

describe('a plain store', () => {
  test('keeps the document just as its format says', async () => {
    const file = join(await temporaryDirectory(), 'symbol_limits.json');
    const store = await openPlainStore({ file, schema: settingsSchema, defaults: DEFAULTS, layout: 'compact' });
    expect(await store.read()).toEqual(DEFAULTS);
    await store.write(DEFAULTS);
    expect(await readFile(file, 'utf8')).toBe('{"risk":{"maxNotional":"1000","allowShort":false}}\n');
    expect(await store.read()).toEqual(DEFAULTS);
    await writeFile(file, '{"risk":{}}');
    await expect(store.read()).rejects.toThrow(/at risk\.maxNotional: found nothing/);
  });
});
