import { assert } from '#domain/assert';

/** A field of a message; undefined stands where a message begins and where it ends. */
type Token = string | undefined;

/**
 * What the library's decoder reads its fields from, as the array that it takes it for: `length`, `[0]` and `shift`.
 * `shift` moves a cursor. An array of thousands of fields would move them all for each: 5,000 bars block for a second.
 */
export class DecoderQueue {
  #tokens: readonly Token[] = [];
  #next = 0;

  get length(): number {
    return this.#tokens.length - this.#next;
  }

  get 0(): Token {
    return this.#tokens[this.#next];
  }

  shift(): Token {
    const token = this.#tokens[this.#next];
    this.#next = Math.min(this.#next + 1, this.#tokens.length);
    return token;
  }

  /** Adds a message behind what is not read yet, which is nothing unless a message before it broke the decoder. */
  enqueue(fields: readonly string[]): void {
    this.#tokens = [...this.#tokens.slice(this.#next), undefined, ...fields, undefined];
    this.#next = 0;
  }

  /** What is not read yet: the library puts it into its complaint about a message that is too long. */
  toJSON(): readonly Token[] {
    return this.#tokens.slice(this.#next);
  }
}

/** The part of the library's decoder that is replaced. */
export interface QueueingDecoder {
  dataQueue: unknown;
  enqueueMessage: (fields: string[]) => void;
}

/** Makes `decoder`, which has read nothing yet, read from a queue whose cost does not grow with a message's length. */
export function replaceQueue(decoder: QueueingDecoder): void {
  const { dataQueue } = decoder;
  assert(Array.isArray(dataQueue) && dataQueue.length === 0, "@stoqey/ib's decoder has an empty array for its queue");
  const queue = new DecoderQueue();
  decoder.dataQueue = queue;
  decoder.enqueueMessage = (fields) => queue.enqueue(fields);
}
