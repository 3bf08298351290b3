import { createServer, type AddressInfo, type Socket } from 'node:net';
import { assert, present } from '#domain/assert';

type Field = string | number;

/** One connection of a client to the fake TWS, speaking raw frames. */
export interface FakeSession {
  readonly version: number;
  readonly clientId: number;
  /** Sends messages in one packet, in this order. */
  send(...messages: readonly (readonly Field[])[]): void;
  /** Sends bytes as they are. */
  sendRaw(bytes: Buffer): void;
  /** Closes the connection from TWS's side. */
  hangUp(): void;
  /** Breaks the connection without a word. */
  reset(): void;
  /** Settles when the client's side is gone. */
  readonly closed: Promise<void>;
  /** The next message of that type that no test has taken yet. */
  next(type: number): Promise<readonly string[]>;
  /** Every message received so far. */
  readonly received: readonly (readonly string[])[];
}

export interface FakeTwsOptions {
  /** The server version announced; default 193. */
  readonly version?: number;
  readonly accounts?: string;
  readonly nextOrderId?: number;
  /** Said right after the client named itself; default: accounts, then the next order id. */
  readonly greeting?: readonly (readonly Field[])[];
  /** False: says nothing at all, not even its version. */
  readonly speaks?: boolean;
  readonly connectedAt?: string;
}

export interface FakeTws {
  readonly port: number;
  /** The next connection whose client has named itself. */
  session(): Promise<FakeSession>;
  /** The next TCP connection, whatever came of it. */
  connection(): Promise<Socket>;
  stop(): Promise<void>;
}

function frame(fields: readonly Field[]): Buffer {
  const body = Buffer.from(fields.map((field) => `${field}\0`).join(''), 'utf8');
  const head = Buffer.alloc(4);
  head.writeUInt32BE(body.length);
  return Buffer.concat([head, body]);
}

/** Hands over values to whoever waits for them, in order. */
class Mailbox<T> {
  readonly #values: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  put(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting(value);
  }

  take(): Promise<T> {
    const value = this.#values.shift();
    return value === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(value);
  }
}

/** Splits a client's bytes into frames, as strictly as TWS: a frame that does not end in NUL is an error. */
class Deframer {
  #rest = Buffer.alloc(0);

  push(chunk: Buffer): readonly (readonly string[])[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: (readonly string[])[] = [];
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32BE(0);
      if (this.#rest.length < 4 + length) break;
      const body = this.#rest.subarray(4, 4 + length);
      this.#rest = this.#rest.subarray(4 + length);
      assert(body[body.length - 1] === 0, 'a frame ends in NUL');
      messages.push(body.subarray(0, -1).toString('utf8').split('\0'));
    }
    return messages;
  }
}

const START_API = '71';

export async function fakeTws({
  version = 193,
  accounts = 'DU1234567',
  nextOrderId = 1,
  greeting,
  speaks = true,
  connectedAt = '20260105 09:30:00 US/Eastern',
}: FakeTwsOptions = {}): Promise<FakeTws> {
  const sockets = new Set<Socket>();
  const sessions = new Mailbox<FakeSession>();
  const connections = new Mailbox<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    connections.put(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    const closed = new Promise<void>((resolve) => {
      socket.on('close', () => {
        sockets.delete(socket);
        resolve();
      });
    });
    const send = (...messages: readonly (readonly Field[])[]): void =>
      void socket.write(Buffer.concat(messages.map(frame)));
    const received: (readonly string[])[] = [];
    const mailboxes = new Map<string, Mailbox<readonly string[]>>();
    const mailboxOf = (type: string): Mailbox<readonly string[]> => {
      const mailbox = mailboxes.get(type) ?? new Mailbox<readonly string[]>();
      mailboxes.set(type, mailbox);
      return mailbox;
    };
    const take = (message: readonly string[]): void => {
      received.push(message);
      const type = present(message[0], 'message type');
      if (type !== START_API) {
        mailboxOf(type).put(message);
        return;
      }
      send(
        ...(greeting ?? [
          [15, 1, accounts],
          [9, 1, nextOrderId],
        ]),
      );
      sessions.put({
        version,
        clientId: Number(message[2]),
        send,
        sendRaw: (bytes) => void socket.write(bytes),
        hangUp: () => void socket.end(),
        reset: () => void socket.resetAndDestroy(),
        closed,
        next: (wanted) => mailboxOf(String(wanted)).take(),
        received,
      });
    };
    const deframer = new Deframer();
    let greeted = false;
    socket.on('data', (chunk: Buffer) => {
      if (!speaks) return;
      let bytes = chunk;
      if (!greeted) {
        assert(chunk.subarray(0, 4).toString('latin1') === 'API\0', 'a v100+ client begins with API and NUL');
        const end = 8 + chunk.readUInt32BE(4);
        greeted = true;
        bytes = chunk.subarray(end);
        send([version, connectedAt]);
      }
      for (const message of deframer.push(bytes)) take(message);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null, 'the fake TWS listens on TCP');
  const { port }: AddressInfo = address;
  return {
    port,
    session: () => sessions.take(),
    connection: () => connections.take(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
