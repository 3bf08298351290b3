/** A field as the server writes it; booleans become 1 and 0. */
export type WireField = string | number | boolean;

/** A frame or field that no TWS client may send. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** The protocol error that was caught. @throws whatever else it was: a bug of ours must not look like one of a client. */
export function wireErrorOf(caught: unknown): WireError {
  if (caught instanceof WireError) return caught;
  throw caught;
}

/** What TWS writes for a double or an integer that is not set. */
export const UNSET_DOUBLE = '1.7976931348623157E308';
export const UNSET_INTEGER = '2147483647';

/** The longest message accepted: no request of a trading client comes near it. */
const MESSAGE_BYTES_MAX = 0x10000;
const HEADER_BYTES = 4;
const GREETING = 'API\0';
const INTEGER = /^-?\d{1,15}$/;
const NUMBER = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$/;

/** The bytes of one message: a length and NUL-terminated fields. */
export function frame(fields: readonly WireField[]): Buffer {
  let text = '';
  for (const field of fields) text += `${typeof field === 'boolean' ? (field ? '1' : '0') : String(field)}\0`;
  const length = Buffer.byteLength(text);
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length);
  bytes.writeUInt32BE(length, 0);
  bytes.write(text, HEADER_BYTES);
  return bytes;
}

/** What came out of a client's byte stream. */
export type Inbound =
  /** The client's first words, e.g. `v100..193`. */
  | { readonly kind: 'greeting'; readonly text: string }
  | { readonly kind: 'message'; readonly fields: readonly string[] };

/** Cuts a client's byte stream into messages, however the network split or joined them. */
export class Deframer {
  #buffer: Buffer = Buffer.alloc(0);
  #greeted = false;

  /** The messages that are complete with `chunk`. @throws WireError when the stream is not TWS's protocol. */
  push(chunk: Buffer): readonly Inbound[] {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const complete: Inbound[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) complete.push(next);
    return complete;
  }

  #next(): Inbound | undefined {
    const start = this.#greeted ? 0 : GREETING.length;
    const prefix = this.#buffer.toString('latin1', 0, start);
    if (!GREETING.startsWith(prefix)) throw new WireError('the client does not greet as an API client');
    if (this.#buffer.length < start + HEADER_BYTES) return undefined;
    const length = this.#buffer.readUInt32BE(start);
    if (length === 0 || length > MESSAGE_BYTES_MAX) throw new WireError(`a message of ${String(length)} bytes`);
    const from = start + HEADER_BYTES;
    if (this.#buffer.length < from + length) return undefined;
    const text = this.#buffer.toString('utf8', from, from + length);
    this.#buffer = this.#buffer.subarray(from + length);
    if (!this.#greeted) {
      this.#greeted = true;
      return { kind: 'greeting', text };
    }
    if (!text.endsWith('\0')) throw new WireError('a message does not end with NUL');
    return { kind: 'message', fields: text.slice(0, -1).split('\0') };
  }
}

/** Reads the fields of a request one by one; every read states the type it wants. */
export class FieldCursor {
  readonly #fields: readonly string[];
  #next: number;

  /** @param next the first field to read: 1 leaves out the message's number. */
  constructor(fields: readonly string[], next: number) {
    this.#fields = fields;
    this.#next = next;
  }

  /** @throws WireError past the end. */
  text(): string {
    const field = this.#fields[this.#next];
    if (field === undefined) throw new WireError(`field ${String(this.#next)} is missing`);
    this.#next += 1;
    return field;
  }

  /** An integer; an empty or unset field is 0. @throws WireError for anything else. */
  integer(): number {
    const text = this.text();
    if (text === '' || text === UNSET_INTEGER) return 0;
    if (!INTEGER.test(text)) throw unparsable(text);
    return Number(text);
  }

  /** The text of a number as it was sent; an empty or unset field is "". @throws WireError for anything else. */
  decimal(): string {
    const text = this.text();
    if (text === '') return '';
    if (!NUMBER.test(text)) throw unparsable(text);
    return Number(text) === Number.MAX_VALUE ? '' : text;
  }

  /** 1 or true; everything else is false, as TWS reads it. */
  flag(): boolean {
    const text = this.text();
    return text === '1' || text === 'true';
  }

  /** Passes over `count` fields that the simulator has no use for. */
  skip(count: number): void {
    for (let passed = 0; passed < count; passed += 1) this.text();
  }

  /** @throws WireError when the client sent more than the protocol has. */
  end(): void {
    const left = this.#fields.length - this.#next;
    if (left !== 0) throw new WireError(`${String(left)} field(s) too many`);
  }
}

/** TWS is a Java program, and says so. */
function unparsable(text: string): WireError {
  return new WireError(`Unable to parse data. java.lang.NumberFormatException For input string: "${text}"`);
}
