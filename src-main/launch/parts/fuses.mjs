/** Marks the fuses in an Electron binary: this text, one byte version, one byte count, one byte per fuse. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES_VERSION = 1;
/**
 * What Electron's own builds carry, in the order of the wire: RunAsNode on, CookieEncryption off, NodeOptions on,
 * NodeCliInspect on, AsarIntegrity off, OnlyLoadAppFromAsar off, BrowserProcessSpecificV8Snapshot off,
 * GrantFileProtocolExtraPrivileges on. Source: https://www.electronjs.org/docs/latest/tutorial/fuses
 */
const STOCK_FUSES = '10110001';

/**
 * Sets the fuses of an Electron binary back to those of Electron's own builds, in place.
 * @param {Buffer} binary
 * @throws {Error} when the binary has no fuses of the known layout
 */
export function resetFuses(binary) {
  const at = binary.indexOf(SENTINEL);
  if (at === -1) throw new Error('no fuses found: this is not an Electron binary');
  const wire = at + SENTINEL.length;
  const version = binary[wire];
  const count = binary[wire + 1];
  if (version !== FUSES_VERSION || count === undefined || count < STOCK_FUSES.length) {
    throw new Error(`unknown layout of the fuses: version ${version}, ${count} fuses`);
  }
  binary.write(STOCK_FUSES, wire + 2, 'latin1');
}
