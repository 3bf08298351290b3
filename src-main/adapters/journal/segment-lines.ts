import { open } from 'node:fs/promises';
import { LINE_BYTES_MAX, NEWLINE } from './line-format';

const CHUNK_BYTES = 1_048_576;

/** The bytes of one line, without its newline. */
export interface RawLine {
  readonly bytes: Buffer;
  /** Counted from 1. */
  readonly line: number;
  readonly byteOffset: number;
  /** False only for a last line that lacks its newline, or for one too long to be ours, after which reading stops. */
  readonly terminated: boolean;
}

/** Reads a segment piece by piece, as batches of lines: memory stays bounded, and each batch is handled without waiting. */
export async function* readLines(path: string): AsyncGenerator<readonly RawLine[]> {
  const handle = await open(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest: Buffer = Buffer.alloc(0);
    let line = 1;
    let byteOffset = 0;
    while (rest.length <= LINE_BYTES_MAX) {
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      // A copy of its own: lines handed out earlier stay whole while the chunk is filled again.
      const block = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const batch: RawLine[] = [];
      let start = 0;
      for (let end = block.indexOf(NEWLINE); end !== -1; end = block.indexOf(NEWLINE, start)) {
        batch.push({ bytes: block.subarray(start, end), line, byteOffset, terminated: true });
        line += 1;
        byteOffset += end + 1 - start;
        start = end + 1;
      }
      rest = block.subarray(start);
      yield batch;
    }
    if (rest.length > 0) yield [{ bytes: rest, line, byteOffset, terminated: false }];
  } finally {
    await handle.close();
  }
}
