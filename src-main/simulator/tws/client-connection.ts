import type { Socket } from 'node:net';
import type { FaultBoard } from '#simulator/faults';
import type { ServerMessage } from '#simulator/tws/encode';
import type { MarketDataLine } from '#simulator/tws/market-data-line';
import { Deframer, frame, type Inbound } from '#simulator/tws/wire';

/** A client that does not read is cut off before it eats the simulator's memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

interface Outgoing {
  readonly due: number;
  readonly bytes: Buffer;
}

/** What one client has subscribed to, besides market data lines. */
export interface Subscriptions {
  accountUpdates: boolean;
  positions: boolean;
  /** Account summary: tags by request id. */
  readonly summaries: Map<number, readonly string[]>;
  readonly pnl: Set<number>;
  /** Profit of single stocks: conId by request id. */
  readonly pnlSingle: Map<number, number>;
  readonly lines: Map<number, MarketDataLine>;
}

/** One client's socket: its stage of the handshake, and what goes out to it under the faults in force. */
export class ClientConnection {
  readonly deframer = new Deframer();
  /** Messages that arrived and are not worked on yet. */
  readonly inbox: Inbound[] = [];
  readonly subscriptions: Subscriptions = {
    accountUpdates: false,
    positions: false,
    summaries: new Map(),
    pnl: new Set(),
    pnlSingle: new Map(),
    lines: new Map(),
  };
  /** 0 until the versions are agreed. */
  serverVersion = 0;
  /** Undefined until the client has said its id. */
  clientId: number | undefined = undefined;
  readonly #socket: Socket;
  readonly #faults: FaultBoard;
  readonly #now: () => number;
  #outbox: Outgoing[] = [];
  readonly #withheldOrders = new Set<number>();
  #withheld: ServerMessage[] = [];

  constructor(socket: Socket, faults: FaultBoard, now: () => number) {
    this.#socket = socket;
    this.#faults = faults;
    this.#now = now;
  }

  /** Queues a message; `flush` sends it. */
  send(message: ServerMessage): void {
    const outgoing = { due: this.#now() + this.#faults.delayMs, bytes: frame(message) };
    for (let copy = 0; copy < this.#faults.copies; copy += 1) this.#outbox.push(outgoing);
  }

  /** Queues a message about one of the client's orders, unless the broker is silent about it. */
  sendAboutOrder(orderId: number, message: ServerMessage): void {
    if (this.#withheldOrders.has(orderId)) this.#withheld.push(message);
    else this.send(message);
  }

  /** Says nothing more about an order until `release`. */
  withhold(orderId: number): void {
    this.#withheldOrders.add(orderId);
  }

  /** Everything that was held back becomes due now. */
  release(): void {
    this.#outbox = this.#outbox.map(({ bytes }) => ({ due: 0, bytes }));
    this.#withheldOrders.clear();
    const withheld = this.#withheld;
    this.#withheld = [];
    for (const message of withheld) this.send(message);
  }

  /** Writes what is due, in one piece. */
  flush(): void {
    if (this.#outbox.length === 0 || this.#faults.frozen || !this.alive) return;
    const now = this.#now();
    const first = this.#outbox.findIndex(({ due }) => due > now);
    const due = first === -1 ? this.#outbox : this.#outbox.slice(0, first);
    this.#outbox = first === -1 ? [] : this.#outbox.slice(first);
    if (due.length === 0) return;
    this.#socket.write(
      due.length === 1 && due[0] !== undefined ? due[0].bytes : Buffer.concat(due.map(({ bytes }) => bytes)),
    );
    if (this.#socket.writableLength > UNREAD_BYTES_MAX) this.drop();
  }

  /** False once the connection is broken: nothing more comes or goes. */
  get alive(): boolean {
    return !this.#socket.destroyed;
  }

  /** Says the last words and closes. */
  end(): void {
    this.flush();
    this.#socket.end();
  }

  /** Breaks the connection. */
  drop(): void {
    this.#socket.destroy();
  }

  /** Stops or resumes reading. */
  setReading(reading: boolean): void {
    if (reading) this.#socket.resume();
    else this.#socket.pause();
  }
}
