import { createHash } from 'node:crypto';

/**
 * One text for the names and contents of files: equal only if nothing changed.
 * @param {Iterable<readonly [name: string, content: Uint8Array | string]>} files in a stable order
 */
export function fingerprintOf(files) {
  const hash = createHash('sha256');
  for (const [name, content] of files) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
