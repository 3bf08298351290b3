import { open } from 'node:fs/promises';
import * as z from 'zod';
import { err, ok, type Result } from '#domain/result';

/** The longest file that a command reads; whoever names a longer one has mistyped. */
const FILE_LENGTH_MAX_BYTES = 1_000_000;

/** A file that can not be read: the system's own word for it. */
const refusedSchema = z.object({ syscall: z.string(), code: z.string() });

/** The text of a file. The error says why it can not be had. */
export async function readText(path: string): Promise<Result<string, string>> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > FILE_LENGTH_MAX_BYTES) return err(`has ${size} bytes, expected at most ${FILE_LENGTH_MAX_BYTES}`);
      return ok(await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (error) {
    const refused = refusedSchema.safeParse(error);
    if (!refused.success) throw error;
    return err(`can not be read (${refused.data.code})`);
  }
}
