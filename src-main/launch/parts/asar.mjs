/**
 * An Electron archive of small files in one folder: a header of JSON with each file's place and size, then the files.
 * Format: https://github.com/electron/asar#format (two Chromium pickles before the contents).
 * @param {Readonly<Record<string, Uint8Array>>} files by name
 */
export function asarOf(files) {
  let offset = 0;
  const entries = Object.entries(files).map(([name, content]) => {
    const entry = { size: content.length, offset: String(offset) };
    offset += content.length;
    return [name, entry];
  });
  const json = Buffer.from(JSON.stringify({ files: Object.fromEntries(entries) }));
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(8 + padded, 4);
  head.writeUInt32LE(4 + padded, 8);
  head.writeUInt32LE(json.length, 12);
  json.copy(head, 16);
  return Buffer.concat([head, ...Object.values(files)]);
}
