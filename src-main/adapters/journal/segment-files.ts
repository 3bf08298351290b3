import { mkdir, open, readdir, rename, rm, truncate, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assert } from '#domain/assert';

const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;
const SEGMENT_NUMBER_MAX = 99_999_999;
const SEGMENT_NAME = /^(\d{8})\.jsonl$/;
/** A segment that was not finished when the process ended: it holds nothing. */
const UNBORN_SUFFIX = '.new';

/** One file of the journal. */
export interface SegmentRef {
  readonly number: number;
  readonly path: string;
}

/** A segment open for writing at its end. */
export interface SegmentFile {
  append(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything appended is on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The disk as the journal writes to it. Tests put one in its place that fills up or breaks. */
export interface SegmentDisk {
  /** Makes a segment appear, whole and durable, with `firstLine`. */
  create(path: string, firstLine: Uint8Array): Promise<SegmentFile>;
  open(path: string): Promise<SegmentFile>;
}

/** The file of segment `number`. */
export function segmentRef(directory: string, number: number): SegmentRef {
  assert(number >= 1 && number <= SEGMENT_NUMBER_MAX, 'segment numbers have at most 8 digits');
  return { number, path: join(directory, `${String(number).padStart(8, '0')}.jsonl`) };
}

/** The segments in `directory`, in order; none when there is no such directory. */
export async function listSegments(directory: string): Promise<readonly SegmentRef[]> {
  const names = await readdir(directory).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => SEGMENT_NAME.test(name))
    .sort()
    .map((name) => segmentRef(directory, Number.parseInt(name, 10)));
}

/** Makes the directory, and clears away segments that a crash left unborn. */
export async function prepareDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  for (const name of await readdir(directory)) {
    if (name.endsWith(`.jsonl${UNBORN_SUFFIX}`)) await rm(join(directory, name));
  }
  await syncDirectory(dirname(directory));
}

/** Cuts a segment to `bytes`, durably. */
export async function cutSegment(path: string, bytes: number): Promise<void> {
  await truncate(path, bytes);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes new names in `directory` durable. Windows keeps them by itself and does not let directories be synced. */
export async function syncDirectory(directory: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  if (platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A file handle as a segment. */
function segmentFileOf(handle: FileHandle): SegmentFile {
  return {
    append: (bytes) => handle.appendFile(bytes),
    sync: () => handle.datasync(),
    close: () => handle.close(),
  };
}

async function created(path: string, firstLine: Uint8Array): Promise<SegmentFile> {
  const unborn = path + UNBORN_SUFFIX;
  const handle = await open(unborn, 'wx', FILE_MODE);
  try {
    await handle.appendFile(firstLine);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(unborn, path);
  await syncDirectory(dirname(path));
  return segmentFileOf(await open(path, 'a', FILE_MODE));
}

/** The real disk. */
export const nodeSegmentDisk: SegmentDisk = {
  create: created,
  open: async (path) => segmentFileOf(await open(path, 'a', FILE_MODE)),
};
