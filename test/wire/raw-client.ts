import { connect, type Socket } from 'node:net';
import { decodeStrictly, type ServerMessage } from '#test/wire/strict-decoder';

/** The bytes of one message; its own framing, not the simulator's. */
export function framed(fields: readonly string[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  return Buffer.concat([length, body]);
}

/** Cuts a byte stream into the fields of its messages. */
export class Splitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): readonly (readonly string[])[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: string[][] = [];
    while (this.#rest.length >= 4 && this.#rest.length >= 4 + this.#rest.readUInt32BE(0)) {
      const end = 4 + this.#rest.readUInt32BE(0);
      const body = this.#rest.toString('utf8', 4, end);
      if (!body.endsWith('\0')) throw new Error(`a message without its last NUL: ${JSON.stringify(body)}`);
      messages.push(body.slice(0, -1).split('\0'));
      this.#rest = this.#rest.subarray(end);
    }
    return messages;
  }
}

/** A client of bare bytes that reads every message strictly. */
export class RawClient {
  readonly messages: ServerMessage[] = [];
  /** The first message that was not exactly the protocol. */
  fault: Error | undefined;
  version = 0;
  /** Every byte received. */
  bytes: Buffer = Buffer.alloc(0);
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #splitter = new Splitter();
  #wakers: (() => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#wake();
        resolve();
      });
    });
  }

  /** Connects and agrees on a version, without saying who it is. */
  static async greet(port: number, greeting = 'v100..193'): Promise<RawClient> {
    const client = await RawClient.connect(port);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(greeting.length);
    client.write(Buffer.concat([Buffer.from('API\0'), length, Buffer.from(greeting)]));
    return client;
  }

  static async connect(port: number): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return new RawClient(socket);
  }

  /** Connects, agrees on a version and is past the handshake as `clientId`. */
  static async start(port: number, clientId: number): Promise<RawClient> {
    const client = await RawClient.greet(port);
    client.send(['71', '2', String(clientId), '']);
    await client.until(({ name, values }) => name === 'ERR_MSG' && values['code'] === '2158');
    return client;
  }

  write(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  send(...messages: readonly (readonly string[])[]): void {
    this.write(Buffer.concat(messages.map(framed)));
  }

  /** The first message from number `from` on that satisfies `predicate`. @throws the fault of the stream, or its end. */
  async until(predicate: (message: ServerMessage) => boolean, from = 0): Promise<ServerMessage> {
    for (;;) {
      if (this.fault !== undefined) throw this.fault;
      const found = this.messages.slice(from).find(predicate);
      if (found !== undefined) return found;
      if (this.#socket.destroyed) throw new Error('the connection ended before the message came');
      await new Promise<void>((resolve) => this.#wakers.push(resolve));
    }
  }

  /** Sends a request and waits for the message that ends its answer. */
  async ask(request: readonly string[], answer: string): Promise<ServerMessage> {
    const from = this.messages.length;
    this.send(request);
    return this.until(({ name }) => name === answer, from);
  }

  /** What has come until the server answers a request of now: all that was caused by what was sent before. */
  async settle(): Promise<readonly ServerMessage[]> {
    const from = this.messages.length;
    await this.ask(['49', '1'], 'CURRENT_TIME');
    return this.messages.slice(from, -1);
  }

  close(): void {
    this.#socket.destroy();
  }

  /** Vanishes without a goodbye. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Stops reading. */
  pause(): void {
    this.#socket.pause();
  }

  #take(chunk: Buffer): void {
    this.bytes = Buffer.concat([this.bytes, chunk]);
    try {
      for (const fields of this.#splitter.push(chunk)) {
        if (this.version === 0) this.#greeted(fields);
        else this.messages.push(decodeStrictly(fields, this.version));
      }
    } catch (fault) {
      this.fault ??= fault instanceof Error ? fault : new Error(String(fault));
    }
    this.#wake();
  }

  #greeted(fields: readonly string[]): void {
    const [version = '', time = ''] = fields;
    if (fields.length !== 2 || !/^\d{8} \d\d:\d\d:\d\d US\/Eastern$/.test(time)) {
      throw new Error(`not a handshake: ${JSON.stringify(fields)}`);
    }
    this.version = Number(version);
  }

  #wake(): void {
    const wakers = this.#wakers;
    this.#wakers = [];
    for (const wake of wakers) wake();
  }
}
