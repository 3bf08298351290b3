import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ENDPOINT_FILE, type Endpoint } from '#api/endpoint-file';

const OWNER_ONLY = 0o600;

/** Makes the endpoint known to programs of the same user; on Windows the profile's access list keeps others out. */
export async function writeEndpointFile(directory: string, endpoint: Endpoint): Promise<void> {
  const file = join(directory, ENDPOINT_FILE);
  const temporary = `${file}.${randomUUID()}`;
  // Whole or not at all, and never readable by others in between.
  await writeFile(temporary, JSON.stringify(endpoint, null, 2), { mode: OWNER_ONLY, flag: 'wx' });
  await rename(temporary, file);
}

/** Removes the file if it is the one of `token`: a workstation that started since keeps its own. */
export async function removeEndpointFile(directory: string, token: string): Promise<void> {
  const file = join(directory, ENDPOINT_FILE);
  const found = await readFile(file, 'utf8').catch(() => null);
  if (found?.includes(token) === true) await rm(file, { force: true });
}
