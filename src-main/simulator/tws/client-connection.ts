import type { Socket } from 'node:net';
import { present } from '#domain/assert';
import type { FaultBoard } from '#simulator/faults';
import type { ServerMessage } from '#simulator/tws/encode';
import { Subscriptions } from '#simulator/tws/subscriptions';
import { Deframer, frame, type Inbound } from '#simulator/tws/wire';

/** A client that does not read is cut off before it eats the simulator's memory. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/** TWS's number of the message that tells an order's status. */
const ORDER_STATUS = 3;
/** How much of an unreadable message arrives. */
const UNREADABLE_FIELDS = 3;

interface Outgoing {
  readonly due: number;
  readonly bytes: Buffer;
  readonly isStatus: boolean;
}

/** A message that arrived and is not worked on yet. */
export interface Arrived {
  readonly at: number;
  readonly inbound: Inbound;
}

/** One client's socket: its stage of the handshake, and what goes out to it under the faults in force. */
export class ClientConnection {
  readonly deframer = new Deframer();
  /** Messages that arrived and are not worked on yet. */
  readonly inbox: Arrived[] = [];
  readonly subscriptions = new Subscriptions();
  /** True for a connection that was made while TWS says nothing to newcomers. */
  isMute = false;
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
    const isStatus = message[0] === ORDER_STATUS;
    const lateMs = this.#faults.delayMs + (isStatus ? this.#faults.statusLateMs : 0);
    const outgoing = { due: this.#now() + lateMs, bytes: frame(message), isStatus };
    for (let copy = 0; copy < this.#faults.copies; copy += 1) this.#outbox.push(outgoing);
  }

  /** Queues a message about one of the client's orders, unless the broker is silent about it. */
  sendAboutOrder(orderId: number, message: ServerMessage): void {
    if (this.#withheldOrders.has(orderId)) this.#withheld.push(message);
    else this.send(this.#faults.takeUnreadable() ? message.slice(0, UNREADABLE_FIELDS) : message);
  }

  /** Says nothing more about an order until `release`. */
  withhold(orderId: number): void {
    this.#withheldOrders.add(orderId);
  }

  /** Everything that comes late becomes due now. */
  hurry(): void {
    this.#outbox = this.#outbox.map((outgoing) => ({ ...outgoing, due: 0 }));
  }

  /** What was withheld about orders is said after all. */
  release(): void {
    this.#withheldOrders.clear();
    const withheld = this.#withheld;
    this.#withheld = [];
    for (const message of withheld) this.send(message);
  }

  /** Writes what is due, in one piece. */
  flush(): void {
    if (this.#outbox.length === 0 || this.#faults.frozen || !this.alive) return;
    const now = this.#now();
    const due = this.#outbox.filter((outgoing) => outgoing.due <= now);
    if (due.length === 0) return;
    this.#outbox = due.length === this.#outbox.length ? [] : this.#outbox.filter((outgoing) => outgoing.due > now);
    const told = this.#faults.swapsStatuses ? swapped(due) : due;
    this.#socket.write(
      told.length === 1 && told[0] !== undefined ? told[0].bytes : Buffer.concat(told.map(({ bytes }) => bytes)),
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

/** The statuses among `outgoing` in reverse order, everything else in its place. */
function swapped(outgoing: readonly Outgoing[]): readonly Outgoing[] {
  const statuses = outgoing.filter(({ isStatus }) => isStatus);
  return outgoing.map((it) => (it.isStatus ? present(statuses.pop(), 'a status for each place') : it));
}
