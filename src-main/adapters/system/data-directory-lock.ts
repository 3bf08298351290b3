import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { epochMsSchema, type EpochMs } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { isProcessAlive, processStart } from './process-start';

const LOCK_NAME = 'owner.lock';
const TAKEOVER_NAME = 'owner.lock.takeover';
/** A lock without content is that of a process just writing it, or, when older, of one that died there. */
const WRITING_TIME_MAX_MS = 10_000;
/** Each round is lost only to another process that gained or gave up the directory in that very moment. */
const ROUNDS_MAX = 5;

const holderSchema = z.object({
  pid: z.int().positive(),
  hostName: z.string(),
  startedAt: epochMsSchema,
  processStart: z.string().nullable(),
  token: z.string(),
});

/** Who owns a data directory. */
export type LockHolder = Readonly<z.infer<typeof holderSchema>>;

/** Why the data directory is not ours. */
export type LockRefusal =
  | { readonly kind: 'held'; readonly lockFile: string; readonly holder: LockHolder }
  | { readonly kind: 'starting'; readonly lockFile: string };

/** The ownership of a data directory: journal and stores have one writer. */
export interface DataDirectoryLock {
  readonly holder: LockHolder;
  /** Gives the directory up. */
  release(): Promise<void>;
}

/** What the person who starts a second workstation reads. */
export function describeLockRefusal(refusal: LockRefusal): string {
  if (refusal.kind === 'starting') {
    return `Another workstation is starting or has died starting in this data directory. Try again in ${WRITING_TIME_MAX_MS / 1000} seconds; if that does not help and none is running, delete ${refusal.lockFile}.`;
  }
  const { pid, hostName, startedAt } = refusal.holder;
  const since = new Date(startedAt).toISOString();
  return `This data directory is in use by process ${pid} on ${hostName}, since ${since}. Stop that workstation or choose another --data-dir. If it is certainly not running, delete ${refusal.lockFile}.`;
}

/**
 * Makes this process the owner of `directory`, which is made when it is not there. The lock of an owner that died is
 * taken over; on another host nobody can tell, so that lock holds until a person deletes it.
 * @param startedAt when this process started, shown to whoever is refused.
 */
export async function lockDataDirectory(
  directory: string,
  startedAt: EpochMs,
): Promise<Result<DataDirectoryLock, LockRefusal>> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const lockFile = join(directory, LOCK_NAME);
  const holder: LockHolder = {
    pid: process.pid,
    hostName: hostname(),
    startedAt,
    processStart: await processStart(process.pid),
    token: randomUUID(),
  };
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    if (await created(lockFile, JSON.stringify(holder)))
      return ok({ holder, release: () => release(lockFile, holder) });
    const found = await inspectAndClear(lockFile, join(directory, TAKEOVER_NAME));
    if (found.kind === 'held' || found.kind === 'starting') return err(found);
  }
  return err({ kind: 'starting', lockFile });
}

/** `attempt`'s result, or undefined when it fails with `code`. */
async function unless<R>(code: string, attempt: Promise<R>): Promise<R | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  }
}

/** Creates the file with its text; false when it is there already. */
async function created(file: string, text: string): Promise<boolean> {
  const handle = await unless('EEXIST', open(file, 'wx', 0o600));
  if (handle === undefined) return false;
  try {
    await handle.writeFile(text);
  } finally {
    await handle.close();
  }
  return true;
}

type Found = LockRefusal | { readonly kind: 'dead' | 'gone' };

/**
 * Looks at a lock that is there, and removes it when its owner is dead. That is done only under the takeover file, which
 * one process at a time can make: else of two that saw the same dead lock the slower would remove the new lock of the
 * faster.
 */
async function inspectAndClear(lockFile: string, takeover: string): Promise<Found> {
  const mayClear = await created(takeover, '');
  try {
    const found = await inspect(lockFile);
    if (found.kind !== 'dead') return found;
    if (!mayClear) return { kind: 'starting', lockFile: takeover };
    await rm(lockFile);
    return found;
  } finally {
    if (mayClear) await rm(takeover);
  }
}

async function inspect(lockFile: string): Promise<Found> {
  const text = await unless('ENOENT', readFile(lockFile, 'utf8'));
  if (text === undefined) return { kind: 'gone' };
  const holder = parsedHolder(text);
  if (holder !== undefined) return (await isAlive(holder)) ? { kind: 'held', lockFile, holder } : { kind: 'dead' };
  const ageMs = Date.now() - (await stat(lockFile)).mtimeMs;
  return ageMs <= WRITING_TIME_MAX_MS ? { kind: 'starting', lockFile } : { kind: 'dead' };
}

function parsedHolder(text: string): LockHolder | undefined {
  try {
    return holderSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Not even JSON: the same as half-written.
  }
}

async function isAlive(holder: LockHolder): Promise<boolean> {
  if (holder.hostName !== hostname()) return true;
  if (!isProcessAlive(holder.pid)) return false;
  const start = await processStart(holder.pid);
  return start === null || holder.processStart === null || start === holder.processStart;
}

async function release(lockFile: string, holder: LockHolder): Promise<void> {
  const text = await unless('ENOENT', readFile(lockFile, 'utf8'));
  if (text !== undefined && parsedHolder(text)?.token === holder.token) await rm(lockFile);
}
