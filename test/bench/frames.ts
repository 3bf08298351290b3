const LENGTH_BYTES = 4;

/** A message as it stands on the wire: its length, then its fields, each ended by NUL. */
export function frameOf(fields: readonly (string | number)[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Cuts a stream of bytes into whole frames, their lengths included. */
export class Frames {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that `chunk` completes. */
  push(chunk: Buffer): readonly Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + this.#rest.readUInt32BE(0);
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** The fields of a frame. */
export function fieldsOf(frame: Buffer): readonly string[] {
  return frame.subarray(LENGTH_BYTES, -1).toString('utf8').split('\0');
}
