import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { assert } from '#domain/assert';
import { Exchange } from '#simulator/exchange';
import type { ExchangeEvent, ExchangeOptions } from '#simulator/exchange-types';
import { FaultBoard } from '#simulator/faults';
import { easternText } from '#simulator/session-calendar';
import { AccountReports } from '#simulator/tws/account-reports';
import { ClientConnection } from '#simulator/tws/client-connection';
import { decodeMessage, requestIdOf, type ClientMessage } from '#simulator/tws/decode';
import { errorMessage, managedAccounts, nextValidId } from '#simulator/tws/encode';
import { MarketData } from '#simulator/tws/market-data';
import { OrderReports } from '#simulator/tws/order-reports';
import { Requests } from '#simulator/tws/requests';
import { negotiate, SERVER_VERSION_MAX, SERVER_VERSION_MIN } from '#simulator/tws/server-version';
import { WireError, wireErrorOf, type Inbound } from '#simulator/tws/wire';

/** Where the server's time comes from; the caller gives the real clock, a test its own. */
export interface SimulatorClock {
  /** ms since 1970. */
  now(): number;
  /** Calls `run` every `ms` milliseconds. @returns the call that ends it. */
  every(ms: number, run: () => void): () => void;
}

export interface TwsServerOptions extends Omit<ExchangeOptions, 'startAt'> {
  /** 0 takes any free port. The server listens on 127.0.0.1 only. */
  readonly port: number;
  readonly clock: SimulatorClock;
  /** True: time flows by the clock. False: time stands still but for `advanceTo`. */
  readonly autoTick: boolean;
  /** The newest server version offered, 178 to 193; default 193. */
  readonly maxServerVersion?: number | undefined;
}

/** A message a client sent, as it was understood. */
export interface Received {
  readonly clientId: number;
  readonly message: ClientMessage;
}

/** A running simulator: a TWS on a port, and the hands that steer it. */
export interface TwsServer {
  readonly port: number;
  readonly exchange: Exchange;
  readonly faults: FaultBoard;
  /** What clients sent, oldest first (the last 10,000). */
  readonly received: readonly Received[];
  /** Client ids that are connected and past the handshake. */
  clientIds(): readonly number[];
  /**
   * The first received message that satisfies `predicate`, out of those from `received[from]` on and those to come.
   * Rejects when the server stops.
   */
  waitFor(predicate: (received: Received) => boolean, from?: number): Promise<Received>;
  /** Lets market and delayed messages live until `at`. */
  advanceTo(at: number): void;
  /** Sends TWS's own news to every client: 1100, 1101, 1102, 2103 … */
  sendInfo(code: number, text: string): void;
  /** Breaks every connection and frees the port. */
  stop(): Promise<void>;
}

interface Wait {
  readonly predicate: (received: Received) => boolean;
  readonly resolve: (received: Received) => void;
  readonly reject: (cause: Error) => void;
}

const LOOPBACK = '127.0.0.1';
const PUMP_INTERVAL_MS = 10;
const PROFIT_INTERVAL_MS = 1_000;
/** TWS repeats account values every three minutes. */
const ACCOUNT_INTERVAL_MS = 180_000;
const RECEIVED_KEPT_MAX = 10_000;
const NO_ID = -1;
const FARMS_OK = [
  [2104, 'Market data farm connection is OK:usfarm'],
  [2106, 'HMDS data farm connection is OK:ushmds'],
  [2158, 'Sec-def data farm connection is OK:secdefnj'],
] as const;

/**
 * Starts a simulated TWS on loopback.
 * @throws InvariantError for a server version outside 178 to 193, the system's error when the port is taken.
 */
export async function startTwsServer(options: TwsServerOptions): Promise<TwsServer> {
  const server = new SimulatedTws(options);
  await server.listen(options.port);
  return server;
}

class SimulatedTws implements TwsServer {
  readonly exchange: Exchange;
  readonly faults: FaultBoard;
  readonly received: Received[] = [];
  readonly #clock: SimulatorClock;
  readonly #autoTick: boolean;
  readonly #maxServerVersion: number;
  readonly #listener: Server;
  readonly #connections = new Set<ClientConnection>();
  readonly #marketData: MarketData;
  readonly #requests: Requests;
  readonly #orders: OrderReports;
  readonly #account: AccountReports;
  #waits: Wait[] = [];
  #flushQueued = false;
  #now: number;
  #profitDueAt: number;
  #accountDueAt: number;
  #endPump: () => void = () => undefined;

  constructor(options: TwsServerOptions) {
    this.#maxServerVersion = options.maxServerVersion ?? SERVER_VERSION_MAX;
    assert(
      this.#maxServerVersion >= SERVER_VERSION_MIN && this.#maxServerVersion <= SERVER_VERSION_MAX,
      'the simulator speaks server versions 178 to 193',
    );
    this.#clock = options.clock;
    this.#autoTick = options.autoTick;
    this.#now = this.#clock.now();
    this.#profitDueAt = this.#now + PROFIT_INTERVAL_MS;
    this.#accountDueAt = this.#now + ACCOUNT_INTERVAL_MS;
    this.exchange = new Exchange({ ...options, startAt: this.#now });
    this.faults = new FaultBoard(
      (fault) => {
        if (fault.kind === 'drop') for (const connection of this.#connections) connection.drop();
        if (fault.kind === 'freeze') for (const connection of this.#connections) connection.setReading(false);
      },
      () => {
        this.#recover();
      },
    );
    this.#marketData = new MarketData(this.exchange);
    this.#requests = new Requests(this.exchange, this.faults, this.#marketData);
    this.#orders = new OrderReports(this.exchange);
    this.#account = new AccountReports(this.exchange);
    this.exchange.subscribe((event) => {
      this.#hear(event);
    });
    this.#listener = createServer((socket) => {
      this.#accept(socket);
    });
  }

  get port(): number {
    const address = this.#listener.address();
    assert(isTcpAddress(address), 'the server listens');
    return address.port;
  }

  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(port, LOOPBACK, resolve);
    });
    if (!this.#autoTick) return;
    this.#endPump = this.#clock.every(PUMP_INTERVAL_MS, () => this.advanceTo(this.#clock.now()));
  }

  clientIds(): readonly number[] {
    return [...this.#connections].map(({ clientId }) => clientId).filter((id) => id !== undefined);
  }

  waitFor(predicate: (received: Received) => boolean, from = 0): Promise<Received> {
    const known = this.received.slice(from).find(predicate);
    if (known !== undefined) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      this.#waits.push({ predicate, resolve, reject });
    });
  }

  advanceTo(at: number): void {
    this.#now = Math.max(this.#now, at);
    this.exchange.advanceTo(at);
    if (this.#now >= this.#profitDueAt) {
      this.#profitDueAt = this.#now + PROFIT_INTERVAL_MS;
      for (const connection of this.#connections) this.#account.profit(connection);
    }
    if (this.#now >= this.#accountDueAt) {
      this.#accountDueAt = this.#now + ACCOUNT_INTERVAL_MS;
      for (const connection of this.#connections) this.#account.refresh(connection);
    }
    this.#flush();
  }

  sendInfo(code: number, text: string): void {
    for (const connection of this.#connections) {
      if (connection.clientId !== undefined) connection.send(errorMessage(NO_ID, code, text));
    }
    this.#flush();
  }

  async stop(): Promise<void> {
    this.#endPump();
    const waits = this.#waits;
    this.#waits = [];
    for (const { reject } of waits) reject(new Error('the simulator has stopped'));
    for (const connection of this.#connections) connection.drop();
    await new Promise<void>((resolve) => {
      this.#listener.close(() => {
        resolve();
      });
    });
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    const connection = new ClientConnection(socket, this.faults, () => this.#now);
    this.#connections.add(connection);
    connection.setReading(!this.faults.frozen);
    socket.on('data', (chunk) => {
      this.#take(connection, chunk);
    });
    // A broken socket is a closed one: `close` follows, and orders live on at the broker.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#marketData.closeAll(connection);
      this.#connections.delete(connection);
    });
  }

  #take(connection: ClientConnection, chunk: Buffer): void {
    if (this.#autoTick) this.advanceTo(this.#clock.now());
    this.#guarded(connection, () => connection.inbox.push(...connection.deframer.push(chunk)));
    this.#work(connection);
  }

  /** Works through what arrived, until nothing is left or a fault stops it in the middle. */
  #work(connection: ClientConnection): void {
    while (connection.alive && !this.faults.frozen) {
      const inbound = connection.inbox.shift();
      if (inbound === undefined) break;
      this.#guarded(connection, () => this.#understand(connection, inbound));
    }
    this.#flush();
  }

  /** Breaks the connection of a client that does not speak the protocol. */
  #guarded(connection: ClientConnection, step: () => void): void {
    try {
      step();
    } catch (caught) {
      wireErrorOf(caught);
      connection.drop();
    }
  }

  #understand(connection: ClientConnection, inbound: Inbound): void {
    if (inbound.kind === 'greeting') {
      this.#greet(connection, inbound.text);
      return;
    }
    const message = decoded(connection, inbound.fields);
    if (message === undefined) return;
    if (message.kind === 'start-api') {
      this.#start(connection, message.clientId);
      return;
    }
    const { clientId } = connection;
    if (clientId === undefined) throw new WireError('a request before the client has said its id');
    this.#note({ clientId, message });
    if (message.kind === 'unsupported') {
      const cause = `The simulator does not know message ${String(message.messageId)}`;
      const text = `Error validating request.-'bN' : cause - ${cause}`;
      connection.send(errorMessage(requestIdOf(inbound.fields), 321, text));
      return;
    }
    this.#requests.answer(connection, clientId, message);
  }

  #greet(connection: ClientConnection, greeting: string): void {
    const serverVersion = negotiate(greeting, this.#maxServerVersion);
    if (serverVersion === undefined) throw new WireError(`no common server version with ${greeting}`);
    connection.serverVersion = serverVersion;
    connection.send([serverVersion, easternText(this.#now)]);
  }

  #start(connection: ClientConnection, clientId: number): void {
    if (this.clientIds().includes(clientId)) {
      const text = 'Unable to connect as the client id is already in use. Retry with a unique client id.';
      connection.send(errorMessage(NO_ID, 326, text));
      connection.end();
      return;
    }
    connection.clientId = clientId;
    this.#note({ clientId, message: { kind: 'start-api', clientId } });
    connection.send(managedAccounts(this.exchange.account));
    connection.send(nextValidId(this.exchange.nextOrderId()));
    for (const [code, text] of FARMS_OK) connection.send(errorMessage(NO_ID, code, text));
  }

  #note(received: Received): void {
    this.received.push(received);
    if (this.received.length > RECEIVED_KEPT_MAX) this.received.shift();
    const satisfied = this.#waits.filter(({ predicate }) => predicate(received));
    this.#waits = this.#waits.filter((wait) => !satisfied.includes(wait));
    for (const { resolve } of satisfied) resolve(received);
  }

  #hear(event: ExchangeEvent): void {
    this.#flushSoon();
    if (event.kind === 'quote') {
      this.#marketData.quoteChanged(event.instrument);
      return;
    }
    if (event.kind === 'position') {
      const holding = this.exchange.holdingOf(event.instrument);
      for (const connection of this.#connections) this.#account.fillBooked(connection, holding);
      return;
    }
    if (event.kind === 'halt') return;
    if (event.kind === 'commission') {
      const holding = this.exchange.holdingOf(event.execution.order.instrument);
      for (const connection of this.#connections) this.#account.fillBooked(connection, holding);
    }
    const owner = clientOf(event);
    const connection = [...this.#connections].find(({ clientId }) => clientId === owner);
    if (connection === undefined) return;
    if (event.kind === 'order') this.#orders.orderNews(connection, event.order, event.why);
    if (event.kind === 'execution') this.#orders.executionNews(connection, event.execution);
    if (event.kind === 'commission') this.#orders.commissionNews(connection, event.execution);
    if (event.kind === 'order-error') {
      const { key, rejection } = event;
      connection.sendAboutOrder(key.orderId, errorMessage(key.orderId, rejection.code, rejection.text));
    }
  }

  /** The faults are gone: what was frozen, delayed or withheld goes out. */
  #recover(): void {
    this.#requests.completeCancels();
    for (const connection of this.#connections) {
      connection.release();
      connection.setReading(true);
      this.#work(connection);
    }
  }

  /** Events set off by the test's own calls go out too, when the call is over. */
  #flushSoon(): void {
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    queueMicrotask(() => {
      this.#flush();
    });
  }

  #flush(): void {
    this.#flushQueued = false;
    for (const connection of this.#connections) connection.flush();
  }
}

/** The request in words; what can not be read is answered with 320, as TWS does. */
function decoded(connection: ClientConnection, fields: readonly string[]): ClientMessage | undefined {
  try {
    return decodeMessage(fields, connection.serverVersion);
  } catch (caught) {
    const { message } = wireErrorOf(caught);
    connection.send(errorMessage(requestIdOf(fields), 320, `Error reading request. ${message}`));
    return undefined;
  }
}

function clientOf(event: Exclude<ExchangeEvent, { readonly kind: 'quote' | 'position' | 'halt' }>): number {
  switch (event.kind) {
    case 'order':
      return event.order.clientId;
    case 'execution':
    case 'commission':
      return event.execution.order.clientId;
    case 'order-error':
      return event.key.clientId;
  }
}

function isTcpAddress(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
