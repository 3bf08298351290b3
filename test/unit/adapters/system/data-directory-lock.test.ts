import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  describeLockRefusal,
  lockDataDirectory,
  type DataDirectoryLock,
  type LockHolder,
  type LockRefusal,
} from '#adapters/system/data-directory-lock';
import { processStart } from '#adapters/system/process-start';
import { epochMs } from '#domain/ids';
import { temporaryDirectory } from '#test/builders/temporary-directory';

const STARTED_AT = epochMs(1_750_000_000_000);
const ANOTHER_START = epochMs(1_750_000_100_000);

async function gained(directory: string): Promise<DataDirectoryLock> {
  const result = await lockDataDirectory(directory, STARTED_AT);
  if (!result.ok) throw new Error(describeLockRefusal(result.error));
  return result.value;
}

async function refused(directory: string): Promise<LockRefusal> {
  const result = await lockDataDirectory(directory, ANOTHER_START);
  if (result.ok) throw new Error('expected a refusal');
  return result.error;
}

/** The number of a process that has ended. */
async function aDeadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

async function withLock(content: Partial<LockHolder> | string): Promise<string> {
  const directory = await temporaryDirectory();
  const holder = {
    pid: process.pid,
    hostName: hostname(),
    startedAt: STARTED_AT,
    processStart: null,
    token: 'another',
  };
  const text = typeof content === 'string' ? content : JSON.stringify({ ...holder, ...content });
  await writeFile(join(directory, 'owner.lock'), text);
  return directory;
}

async function makeOld(file: string): Promise<void> {
  const longAgo = new Date(STARTED_AT);
  await utimes(file, longAgo, longAgo);
}

describe('one owner', () => {
  test('the first start owns the directory, a second is told who holds it', async () => {
    const directory = join(await temporaryDirectory(), 'data');
    const lock = await gained(directory);
    const refusal = await refused(directory);
    expect(refusal).toEqual({ kind: 'held', lockFile: join(directory, 'owner.lock'), holder: lock.holder });
    expect(describeLockRefusal(refusal)).toBe(
      `This data directory is in use by process ${process.pid} on ${hostname()}, since 2025-06-15T15:06:40.000Z. Stop that workstation or choose another --data-dir. If it is certainly not running, delete ${join(directory, 'owner.lock')}.`,
    );
  });

  test('after the release the next start owns it', async () => {
    const directory = await temporaryDirectory();
    const first = await gained(directory);
    await first.release();
    expect(await readdir(directory)).toEqual([]);
    const second = await gained(directory);
    expect(second.holder.token).not.toBe(first.holder.token);
  });

  test('a release never removes the lock of another', async () => {
    const directory = await temporaryDirectory();
    const first = await gained(directory);
    await rm(join(directory, 'owner.lock'));
    await first.release();
    const second = await gained(directory);
    await first.release();
    expect(await refused(directory)).toMatchObject({ kind: 'held', holder: second.holder });
  });

  test('of many starts at once exactly one owns the directory of a dead owner', async () => {
    const directory = await withLock({ pid: await aDeadPid() });
    const results = await Promise.all(Array.from({ length: 20 }, () => lockDataDirectory(directory, STARTED_AT)));
    const owners = results.filter(({ ok }) => ok);
    expect(owners).toHaveLength(1);
    expect(await refused(directory)).toMatchObject({ kind: 'held' });
    expect(await readdir(directory)).toEqual(['owner.lock']);
  });
});

describe('a dead owner', () => {
  test('is succeeded', async () => {
    const directory = await withLock({ pid: await aDeadPid() });
    const lock = await gained(directory);
    expect(lock.holder.pid).toBe(process.pid);
    expect(await readdir(directory)).toEqual(['owner.lock']);
  });

  test('is known even when its process number lives on in another process, where the system tells start times', async () => {
    const ownStart = await processStart(process.pid);
    const directory = await withLock({ processStart: 'long before' });
    if (ownStart === null) expect(await refused(directory)).toMatchObject({ kind: 'held' });
    else expect((await gained(directory)).holder.processStart).toBe(ownStart);
  });

  test('is not presumed where the start time is unknown or the same', async () => {
    expect(await refused(await withLock({}))).toMatchObject({ kind: 'held' });
    expect(await refused(await withLock({ processStart: await processStart(process.pid) }))).toMatchObject({
      kind: 'held',
    });
  });

  test('is not presumed on another host: nobody can tell from here', async () => {
    const directory = await withLock({ hostName: 'another-host', pid: await aDeadPid() });
    expect(await refused(directory)).toMatchObject({ kind: 'held', holder: { hostName: 'another-host' } });
  });

  test('that died in the middle of taking the lock is succeeded after a while', async () => {
    for (const text of ['', '{"pid":', '{"pid":"x"}']) {
      const directory = await withLock(text);
      const refusal = await refused(directory);
      expect(refusal).toEqual({ kind: 'starting', lockFile: join(directory, 'owner.lock') });
      expect(describeLockRefusal(refusal)).toMatch(/is starting or has died starting .*Try again in 10 seconds/);
      await makeOld(join(directory, 'owner.lock'));
      await gained(directory);
      expect(JSON.parse(await readFile(join(directory, 'owner.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    }
  });

  test('is left alone while another start is removing its lock', async () => {
    const directory = await withLock({ pid: await aDeadPid() });
    await writeFile(join(directory, 'owner.lock.takeover'), '');
    expect(await refused(directory)).toEqual({ kind: 'starting', lockFile: join(directory, 'owner.lock.takeover') });
    await access(join(directory, 'owner.lock'));
  });

  test('does not keep a living one from being named', async () => {
    const directory = await withLock({});
    await writeFile(join(directory, 'owner.lock.takeover'), '');
    expect(await refused(directory)).toMatchObject({ kind: 'held', holder: { pid: process.pid } });
  });
});

describe('what is no lock', () => {
  test('a name that is there and not there is given up after a few rounds', async () => {
    const directory = await temporaryDirectory();
    await symlink(join(directory, 'nowhere'), join(directory, 'owner.lock'));
    expect(await refused(directory)).toMatchObject({ kind: 'starting' });
  });

  test('an error of the disk is told as it is', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'owner.lock'));
    await expect(lockDataDirectory(directory, STARTED_AT)).rejects.toThrow(/EISDIR/);
    await rm(join(directory, 'owner.lock'), { recursive: true });
    const lock = await gained(directory);
    await rm(join(directory, 'owner.lock'));
    await mkdir(join(directory, 'owner.lock'));
    await expect(lock.release()).rejects.toThrow(/EISDIR/);
  });
});
