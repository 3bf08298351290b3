import type { Socket } from 'node:net';
import { assert } from '#domain/assert';
import { Exchange } from '#simulator/exchange';
import type { ExchangeEvent, ExchangeOptions } from '#simulator/exchange-types';
import type { Fault, OrderMoment } from '#simulator/fault-schema';
import { FaultBoard } from '#simulator/faults';
import { easternText } from '#simulator/session-calendar';
import { isFinal, type SimulatedOrder } from '#simulator/simulated-order';
import { AccountReports } from '#simulator/tws/account-reports';
import { ClientConnection } from '#simulator/tws/client-connection';
import { ClientNews } from '#simulator/tws/client-news';
import { decodeMessage, requestIdOf, type ClientMessage } from '#simulator/tws/decode';
import { errorMessage, managedAccounts, nextValidId } from '#simulator/tws/encode';
import { farmWords, FARMS } from '#simulator/tws/farm-words';
import { FaultCarrier, UPSTREAM_LOST, type FaultedServer } from '#simulator/tws/fault-carrier';
import { FrontDoor } from '#simulator/tws/front-door';
import { MarketData } from '#simulator/tws/market-data';
import { OrderReports } from '#simulator/tws/order-reports';
import { ReceivedLog, type Received } from '#simulator/tws/received-log';
import { RequestGate } from '#simulator/tws/request-gate';
import { Requests } from '#simulator/tws/requests';
import { negotiate, SERVER_VERSION_MAX, SERVER_VERSION_MIN } from '#simulator/tws/server-version';
import { WireError, wireErrorOf, type Inbound } from '#simulator/tws/wire';

export type { Received } from '#simulator/tws/received-log';

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
  /** The client that hears of every client's orders; none by default. */
  readonly masterClientId?: number | undefined;
  /** What goes wrong, and when; more can be given to `faults` later. */
  readonly faults?: readonly Fault[] | undefined;
}

/** How TWS goes away and comes back. */
export interface Restart {
  /** How long the port refuses everybody. Infinity: until `comeUp`. */
  readonly downMs: number;
  /** True: order ids may be used again from 1, as they do after a restart of a real TWS. */
  readonly rollBackIds: boolean;
}

/** A running simulator: a TWS on a port, and the hands that steer it. */
export interface TwsServer {
  /** Where it listens, or will again. */
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
  /** Breaks every connection and refuses new ones for a while. Orders live on and may fill meanwhile. */
  restart(options: Restart): void;
  /** Listens again on the port it had. */
  comeUp(): Promise<void>;
  /** Settles when it listens. */
  whenListening(): Promise<void>;
  /** Breaks every connection and frees the port. */
  stop(): Promise<void>;
}

const PUMP_INTERVAL_MS = 10;
const PROFIT_INTERVAL_MS = 1_000;
/** TWS repeats account values every three minutes. */
const ACCOUNT_INTERVAL_MS = 180_000;
const NO_ID = -1;
/**
 * Starts a simulated TWS on loopback.
 * @throws InvariantError for a server version outside 178 to 193, the system's error when the port is taken.
 */
export async function startTwsServer(options: TwsServerOptions): Promise<TwsServer> {
  const server = new SimulatedTws(options);
  await server.listen(options.port);
  for (const fault of options.faults ?? []) server.faults.give(fault);
  return server;
}

class SimulatedTws implements TwsServer {
  readonly exchange: Exchange;
  readonly faults: FaultBoard;
  readonly #received = new ReceivedLog();
  readonly #clock: SimulatorClock;
  readonly #autoTick: boolean;
  readonly #maxServerVersion: number;
  readonly #door: FrontDoor;
  readonly #connections = new Set<ClientConnection>();
  readonly #marketData: MarketData;
  readonly #requests: Requests;
  readonly #gate: RequestGate;
  readonly #account: AccountReports;
  readonly #news: ClientNews;
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
    this.#marketData = new MarketData(this.exchange);
    this.faults = new FaultBoard(new FaultCarrier(this.#faulted()), this.#now);
    this.#requests = new Requests(this.exchange, this.faults, this.#marketData, options.masterClientId);
    this.#gate = new RequestGate(this.exchange, this.faults, this.#requests);
    this.#account = new AccountReports(this.exchange);
    const reports = {
      marketData: this.#marketData,
      orders: new OrderReports(this.exchange, options.masterClientId),
      account: this.#account,
    };
    this.#news = new ClientNews(this.exchange, reports, this.#connections, options.masterClientId);
    this.#door = new FrontDoor(
      (socket) => {
        this.#accept(socket);
      },
      () => this.#now,
    );
    this.exchange.subscribe((event) => {
      this.#hear(event);
    });
  }

  get port(): number {
    return this.#door.port;
  }

  get received(): readonly Received[] {
    return this.#received.all;
  }

  async listen(port: number): Promise<void> {
    await this.#door.open(port);
    if (!this.#autoTick) return;
    this.#endPump = this.#clock.every(PUMP_INTERVAL_MS, () => this.advanceTo(this.#clock.now()));
  }

  clientIds(): readonly number[] {
    return [...this.#connections].map(({ clientId }) => clientId).filter((id) => id !== undefined);
  }

  waitFor(predicate: (received: Received) => boolean, from = 0): Promise<Received> {
    return this.#received.waitFor(predicate, from);
  }

  advanceTo(at: number): void {
    this.#now = Math.max(this.#now, at);
    this.exchange.advanceTo(at);
    this.faults.passTo(this.#now);
    this.#door.passTo(this.#now);
    if (this.#now >= this.#profitDueAt) {
      this.#profitDueAt = this.#now + PROFIT_INTERVAL_MS;
      for (const connection of this.#connections) this.#account.profit(connection);
    }
    if (this.#now >= this.#accountDueAt) {
      this.#accountDueAt = this.#now + ACCOUNT_INTERVAL_MS;
      for (const connection of this.#connections) this.#account.refresh(connection);
    }
    for (const connection of this.#connections) if (connection.inbox.length > 0) this.#work(connection);
    this.#flush();
  }

  sendInfo(code: number, text: string): void {
    for (const connection of this.#connections) {
      if (connection.clientId !== undefined) connection.send(errorMessage(NO_ID, code, text));
    }
    this.#flush();
  }

  restart({ downMs, rollBackIds }: Restart): void {
    this.#door.close(this.#now + downMs);
    this.#dropAll();
    if (rollBackIds) this.exchange.rollBackIds();
  }

  comeUp(): Promise<void> {
    return this.#door.reopen();
  }

  whenListening(): Promise<void> {
    return this.#door.whenOpen();
  }

  async stop(): Promise<void> {
    this.#endPump();
    this.#received.end();
    this.#dropAll();
    await this.#door.end();
  }

  #faulted(): FaultedServer {
    return {
      exchange: this.exchange,
      marketData: this.#marketData,
      connections: this.#connections,
      sendInfo: (code, text) => this.sendInfo(code, text),
      restart: (options) => this.restart(options),
      moveTo: (port) => void this.#moveTo(port),
      moveBack: () => this.restart({ downMs: 0, rollBackIds: false }),
      tellAgain: (execution) => this.#news.tellAgain(execution),
      end: (isOver) => this.faults.end(isOver),
      recover: (withheldToo) => this.#recover(withheldToo),
    };
  }

  #dropAll(): void {
    for (const connection of this.#connections) connection.drop();
  }

  /** 1300: who is connected is told where TWS goes to, and cut off. To a port that is taken it does not go. */
  async #moveTo(wanted: number): Promise<void> {
    try {
      await this.#door.open(wanted);
    } catch {
      return;
    }
    const text = `TWS socket port has been reset and this connection is being dropped. Please reconnect on the new port - ${String(this.port)}`;
    for (const connection of this.#connections) {
      connection.send(errorMessage(NO_ID, 1300, text));
      connection.end();
    }
  }

  #accept(socket: Socket): void {
    socket.setNoDelay(true);
    const connection = new ClientConnection(socket, this.faults, () => this.#now);
    this.#connections.add(connection);
    connection.isMute = this.faults.holding('silent-handshake') !== undefined;
    connection.setReading(!this.faults.frozen && !connection.isMute);
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
    this.#guarded(connection, () => {
      for (const inbound of connection.deframer.push(chunk)) connection.inbox.push({ at: this.#now, inbound });
    });
    this.#work(connection);
  }

  /** Works through what arrived, until nothing is left or a fault stops it in the middle. */
  #work(connection: ClientConnection): void {
    while (connection.alive && !this.faults.frozen) {
      const next = connection.inbox[0];
      if (next === undefined || next.at + this.faults.slowMs > this.#now) break;
      connection.inbox.shift();
      this.#guarded(connection, () => this.#understand(connection, next.inbound));
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
    this.#received.note({ clientId, message });
    if (message.kind === 'unsupported') {
      const cause = `The simulator does not know message ${String(message.messageId)}`;
      const text = `Error validating request.-'bN' : cause - ${cause}`;
      connection.send(errorMessage(requestIdOf(inbound.fields), 321, text));
      return;
    }
    this.#gate.meet(connection, clientId, message);
  }

  #greet(connection: ClientConnection, greeting: string): void {
    const serverVersion = negotiate(greeting, this.#maxServerVersion);
    if (serverVersion === undefined) throw new WireError(`no common server version with ${greeting}`);
    connection.serverVersion = serverVersion;
    connection.send([serverVersion, easternText(this.#now)]);
  }

  #start(connection: ClientConnection, clientId: number): void {
    if (this.faults.holding('client-id-in-use') !== undefined || this.clientIds().includes(clientId)) {
      const text = 'Unable to connect as the client id is already in use. Retry with a unique client id.';
      connection.send(errorMessage(NO_ID, 326, text));
      connection.end();
      return;
    }
    connection.clientId = clientId;
    this.#received.note({ clientId, message: { kind: 'start-api', clientId } });
    connection.send(managedAccounts(this.exchange.account));
    connection.send(nextValidId(this.exchange.nextOrderId()));
    for (const farm of FARMS) {
      const { code, text } = farmWords(farm, !this.faults.isFarmDown(farm));
      connection.send(errorMessage(NO_ID, code, text));
    }
    const lost = this.faults.holding('upstream-lost');
    if (lost !== undefined) connection.send(errorMessage(NO_ID, lost.code, UPSTREAM_LOST[lost.code]));
  }

  #hear(event: ExchangeEvent): void {
    this.#flushSoon();
    const moment = event.kind === 'order' ? momentOf(event.order) : undefined;
    if (event.kind === 'order' && moment !== undefined) this.faults.orderIs(event.order, moment);
    if (event.kind === 'quote' ? this.faults.areQuotesLost : this.faults.isUpstreamLost) this.#news.miss(event);
    else this.#news.tell(event);
  }

  /** What no fault holds any more goes out. */
  #recover(withheldToo: boolean): void {
    if (withheldToo) this.#requests.completeCancels();
    const isSilent = this.faults.holding('silent-handshake') !== undefined;
    for (const connection of this.#connections) {
      if (withheldToo) connection.release();
      if (this.faults.delayMs === 0 && this.faults.statusLateMs === 0) connection.hurry();
      if (!isSilent) connection.isMute = false;
      connection.setReading(!this.faults.frozen && !connection.isMute);
    }
    if (!this.faults.isUpstreamLost) this.#news.catchUp();
    if (!this.faults.areQuotesLost) this.#news.tellQuotes();
    this.#gate.recover();
    for (const connection of this.#connections) this.#work(connection);
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
    this.faults.strikeDue();
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

/** How far an order has come; undefined while it only waits. */
function momentOf(order: SimulatedOrder): OrderMoment | undefined {
  if (order.stage === 'filled') return 'filled';
  if (isFinal(order)) return 'ended';
  if (order.stage !== 'working') return undefined;
  return order.filled > 0 ? 'partly-filled' : 'working';
}
