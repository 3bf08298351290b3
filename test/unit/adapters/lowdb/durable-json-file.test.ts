import { open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DurableJsonFile, nodeStoreDisk, type StoreDisk } from '#adapters/lowdb/durable-json-file';
import { StoreFailure, StoreRefusal } from '#adapters/lowdb/store-refusal';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const numberForm = {
  encode: (value: number): string => JSON.stringify(value),
  decode: (text: string): number => {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'number') throw new Error(`at the document: found ${text}; expected a number`);
    return value;
  },
};

async function aFile(disk?: Partial<StoreDisk>) {
  const path = join(await temporaryDirectory(), 'number.json');
  return { path, file: new DurableJsonFile(path, numberForm, { ...nodeStoreDisk, ...disk }) };
}

function errorWithCode(code: string): Error {
  return Object.assign(new Error(`${code}: refused`), { code });
}

describe('reading and writing', () => {
  test('what was never written is null', async () => {
    const { file } = await aFile();
    expect(await file.read()).toBeNull();
  });

  test('what was written is read, also by another process life', async () => {
    const { path, file } = await aFile();
    await file.write(41);
    await file.write(42);
    expect(await file.read()).toBe(42);
    expect(await new DurableJsonFile(path, numberForm).read()).toBe(42);
  });

  test('the version before stays beside it, and nothing else does', async () => {
    const { path, file } = await aFile();
    await file.write(41);
    await file.write(42);
    expect(await readFile(`${path}.bak`, 'utf8')).toBe('41');
    expect((await readdir(dirname(path))).sort()).toEqual(['number.json', 'number.json.bak']);
  });

  test('only the owner may read either', async () => {
    const { path, file } = await aFile();
    await file.write(41);
    await file.write(42);
    const expected = process.platform === 'win32' ? 0o666 : 0o600; // On Windows the profile's access list rules.
    expect((await stat(path)).mode & 0o777).toBe(expected);
    expect((await stat(`${path}.bak`)).mode & 0o777).toBe(expected);
  });

  test('of the values that wait for one write only the newest is written, and all their writers are told', async () => {
    let release = (): void => undefined;
    const started = { renames: 0 };
    const { path, file } = await aFile({
      rename: async (from, to) => {
        started.renames += 1;
        if (started.renames === 1) await new Promise<void>((resolve) => (release = resolve));
        await rename(from, to);
      },
    });
    const first = file.write(1);
    await expect.poll(() => started.renames, { interval: 1 }).toBe(1);
    const rest = [file.write(2), file.write(3), file.write(4)];
    release();
    await first;
    await Promise.all(rest);
    expect(await readFile(path, 'utf8')).toBe('4');
    expect(await readFile(`${path}.bak`, 'utf8')).toBe('1');
    expect(started.renames).toBe(3);
  });
});

describe('a document that can not be trusted', () => {
  test('is refused with file, place, what is there, what was expected, and how to recover', async () => {
    const { path, file } = await aFile();
    await writeFile(path, '"text"');
    await expect(file.read()).rejects.toThrow(
      `${path} can not be used:\nat the document: found "text"; expected a number\nThe file was left as it is. To recover: correct it, or move it away to start from the defaults.`,
    );
    await expect(file.read()).rejects.toBeInstanceOf(StoreRefusal);
  });

  test('names the version before when there is one, and never takes it by itself', async () => {
    const { path, file } = await aFile();
    await file.write(1);
    await file.write(2);
    await writeFile(path, '2,');
    await expect(file.read()).rejects.toThrow(/copy number\.json\.bak over it/);
    expect(await readFile(path, 'utf8')).toBe('2,');
  });

  test('is not overwritten by somebody who never read it', async () => {
    const { path, file } = await aFile();
    await writeFile(path, '{"half":');
    await expect(file.write(5)).rejects.toBeInstanceOf(StoreRefusal);
    expect(await readFile(path, 'utf8')).toBe('{"half":');
  });

  test('is refused when it is absurdly large, without being read', async () => {
    const { path, file } = await aFile();
    await writeFile(path, '');
    const handle = await open(path, 'r+');
    await handle.truncate(268_435_457);
    await handle.close();
    await expect(file.read()).rejects.toThrow(/found 268435457 bytes, expected at most 268435456/);
  });

  test('an error that is no absence is told as it is', async () => {
    const { path } = await aFile();
    await writeFile(path, '1');
    const below = new DurableJsonFile(join(path, 'number.json'), numberForm);
    await expect(below.read()).rejects.toThrow(/ENOTDIR/);
  });

  test('a decoder that throws anything is quoted', async () => {
    const path = join(await temporaryDirectory(), 'number.json');
    await writeFile(path, '1');
    const decode = (): number => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- that is the case under test
      throw 'no number today';
    };
    await expect(new DurableJsonFile(path, { ...numberForm, decode }).read()).rejects.toThrow(/no number today/);
  });
});

describe('a disk that fails', () => {
  test('a full disk rejects, and what was stored before is whole', async () => {
    const full = { now: false };
    const { path, file } = await aFile({
      open: async (target, flags, mode) => {
        const handle = await open(target, flags, mode);
        if (full.now) handle.writeFile = () => Promise.reject(errorWithCode('ENOSPC'));
        return handle;
      },
    });
    await file.write(1);
    full.now = true;
    const failed = file.write(2);
    await expect(failed).rejects.toBeInstanceOf(StoreFailure);
    await expect(failed).rejects.toThrow(/number\.json could not be written .*ENOSPC/);
    expect(await file.read()).toBe(1);
    expect(await readdir(dirname(path))).toEqual(['number.json']);
    full.now = false;
    await file.write(3);
    expect(await file.read()).toBe(3);
  });

  test('a failed write rejects its own writers only', async () => {
    const started = { renames: 0 };
    let fail = (): void => undefined;
    const { file } = await aFile({
      rename: async (from, to) => {
        started.renames += 1;
        if (started.renames === 1) await new Promise((_, reject) => (fail = () => reject(errorWithCode('EIO'))));
        await rename(from, to);
      },
    });
    const first = file.write(1);
    const firstFails = expect(first).rejects.toThrow(/EIO/);
    await expect.poll(() => started.renames, { interval: 1 }).toBe(1);
    const second = file.write(2);
    fail();
    await firstFails;
    await expect(second).resolves.toBeUndefined();
    expect(await file.read()).toBe(2);
  });

  test('on Windows a rename that a virus scanner holds up is tried again', async () => {
    const pauses: number[] = [];
    const errors = ['EPERM', 'EBUSY', 'EACCES'];
    const { file } = await aFile({
      platform: 'win32',
      pause: (ms) => Promise.resolve(pauses.push(ms)),
      rename: (from, to) => {
        const code = errors.shift();
        return code === undefined ? rename(from, to) : Promise.reject(errorWithCode(code));
      },
    });
    await file.write(1);
    expect(await file.read()).toBe(1);
    expect(pauses).toEqual([50, 100, 150]);
  });

  test('but not for ever, not for another reason, and not on other systems', async () => {
    for (const [platform, error, attempts] of [
      ['win32', errorWithCode('EPERM'), 10],
      ['win32', errorWithCode('ENOSPC'), 1],
      ['win32', new Error('no code at all'), 1],
      ['linux', errorWithCode('EPERM'), 1],
    ] as const) {
      let renames = 0;
      const { file } = await aFile({
        platform,
        pause: () => Promise.resolve(),
        rename: () => {
          renames += 1;
          return Promise.reject(error);
        },
      });
      await expect(file.write(1)).rejects.toThrow(error.message);
      expect(renames).toBe(attempts);
    }
  });
});
