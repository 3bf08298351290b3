import { EventName, type IBApi } from '@stoqey/ib';
import { assert, present } from '#domain/assert';
import { accountIdSchema, ibOrderId, laterBy, type AccountId, type ClientId } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import { connectWordsOf, newPortIn, SILENT_HANDSHAKE, UNNAMED_ACCOUNT } from './ib-connect-words';
import { IbHeartbeat } from './ib-heartbeat';
import {
  createIbApi,
  keepDecoding,
  LIBRARY_MESSAGES_PER_SECOND,
  openCommands,
  sendAtOnce,
  type IbApiOptions,
} from './ib-library';
import { sessionMeaningOf } from './ib-messages';
import { zoneNamedIn } from './ib-time';

/** From the first attempt to reach TWS until it named order ids and accounts. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;
export const RECONNECT_DELAY_MIN_MS = 1_000;
export const RECONNECT_DELAY_MAX_MS = 30_000;
/** TWS may keep a dead session of our client id for about a minute. Source: stoqey/ib issue 195. */
export const CLIENT_ID_RETRY_DELAY_MS = 60_000;
/** The oldest TWS whose messages we know field by field. */
export const SERVER_VERSION_MIN = 178;
const REASON_LENGTH_MAX = 500;
const NO_ID = -1;
/** The library's code for a message it could not read. */
const UNREADABLE = 505;
/** The zone of timestamps without one until TWS says where it runs. */
const DEFAULT_TWS_ZONE = 'US/Eastern';

export interface IbSessionOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: ClientId;
  /** Whose figures are asked for; null or not there: those of the first account that TWS names. */
  readonly account?: AccountId | null;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads reconnects. */
  readonly random: () => number;
  /** Told of every defect that was caught on its way to the event loop. Must not throw. */
  readonly onFault: (error: Error) => void;
  /** Makes the library's client; for tests. */
  readonly createApi?: (options: IbApiOptions) => IBApi;
}

/** Makes a listener that a dead session or a defect of ours can not turn into harm. */
export type Guard = <A extends readonly unknown[]>(listener: (...args: A) => void) => (...args: A) => void;

/** What the session needs from the broker. */
export interface IbSessionOwner {
  /** Registers the listeners for everything but the session itself on a fresh client, each through `guard`. */
  readonly attach: (api: IBApi, guard: Guard) => void;
  readonly onFact: (fact: BrokerFact) => void;
  /** After the fact `link-up`: messages can be sent from here on. `account` is the one whose figures are asked for. */
  readonly onUp: (account: AccountId) => void;
  /** After the fact `link-down` of a session that was up. */
  readonly onDown: () => void;
  /** Every message of TWS with a code, whatever its id; −1 where it has none. */
  readonly onMessage: (id: number, code: number, text: string) => void;
  /** A message was not heard, for a defect of ours that `onFault` has been told. */
  readonly onUnheard: (why: string) => void;
}

/** How many messages a call handed to the socket, and why not all, where not all. */
export interface SendReport {
  readonly written: number;
  readonly failure: string | null;
}

/** One TCP session: a fresh client object each, so that nothing of a dead one can be sent or heard later. */
interface Connection {
  readonly api: IBApi;
  readonly heartbeat: IbHeartbeat;
  readonly cancelTimers: Set<() => void>;
  greeted: boolean;
  up: boolean;
  sending: boolean;
  written: number;
  accounts: readonly AccountId[];
  nextOrderId: number | null;
  /** The port that TWS said it moves to, which closes this connection. */
  movedTo: number | null;
  /** The latest trouble TWS or the library named, which explains a socket that closes. */
  trouble: { readonly code: number; readonly text: string } | null;
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/**
 * Keeps one session with TWS or IB Gateway: connects, checks that it is alive, reconnects with growing delays. Nothing is
 * handed to the library unless the session is up, for the library would keep it and send it in a later session.
 */
export class IbSession {
  readonly #options: IbSessionOptions;
  readonly #owner: IbSessionOwner;
  /** Differs from the option once TWS said that it moved (1300). */
  #port: number;
  #connection: Connection | null = null;
  #cancelRetry: (() => void) | null = null;
  #failedAttempts = 0;
  #downReason = 'not started';
  #written = 0;
  #twsZone = DEFAULT_TWS_ZONE;

  constructor(options: IbSessionOptions, owner: IbSessionOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#port = options.port;
  }

  /** Messages handed to the socket in all sessions, handshakes included. */
  get messagesSent(): number {
    return this.#written;
  }

  get #endpoint(): string {
    return `${this.#options.host}:${this.#port}`;
  }

  /** Why nothing can be sent; null while the session is up. */
  get whyDown(): string | null {
    return this.#connection?.up === true ? null : `not connected to ${this.#endpoint}: ${this.#downReason}`;
  }

  /** The zone of TWS's timestamps that do not name one. */
  get twsZone(): string {
    return this.#twsZone;
  }

  start(): void {
    assert(this.#connection === null && this.#cancelRetry === null, 'a session is started once');
    this.#connect();
  }

  /** Ends the session and stops trying. No fact follows. */
  stop(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#downReason = 'stopped';
    if (this.#connection !== null) this.#destroy(this.#connection);
  }

  /** Gives the present session up for `reason` and connects anew after a delay. */
  fail(reason: string): void {
    this.#drop(present(this.#connection, 'the session to give up'), reason, null);
  }

  /**
   * Runs `call`, whose messages reach the socket before this returns, or do not at all: nothing is ever queued.
   */
  send(call: (api: IBApi) => void): SendReport {
    const connection = this.#connection;
    if (connection?.up !== true)
      return { written: 0, failure: `not connected to ${this.#endpoint}: ${this.#downReason}` };
    // The library would run a nested call after this one has returned.
    if (connection.sending) return { written: 0, failure: 'another message is being written' };
    const before = connection.written;
    connection.sending = true;
    try {
      call(connection.api);
    } catch (thrown) {
      // The library's command queue is stuck after a throw: this session can send nothing more.
      const error = errorOf(thrown);
      this.#options.onFault(error);
      this.#drop(connection, `sending failed: ${error.message}`, null);
      return { written: connection.written - before, failure: `sending failed: ${error.message}` };
    } finally {
      connection.sending = false;
    }
    const written = connection.written - before;
    return { written, failure: written === 0 ? 'the message was not written' : null };
  }

  /** Wakes once after `delayMs` unless the session ends first. @returns the way to cancel that. */
  wakeAfter(delayMs: number, wake: () => void): () => void {
    const connection = this.#connection;
    return connection === null ? () => undefined : this.#arm(connection, delayMs, wake);
  }

  #connect(): void {
    this.#cancelRetry = null;
    const { host, clientId, clock, createApi = createIbApi } = this.#options;
    const api = createApi({ host, port: this.#port, clientId, maxReqPerSec: LIBRARY_MESSAGES_PER_SECOND });
    const heartbeat = new IbHeartbeat(clock, {
      ask: () => this.send(() => api.reqCurrentTime()).failure === null,
      wakeAfter: (delayMs, wake) => void this.#arm(connection, delayMs, wake),
      onFact: this.#owner.onFact,
      onDead: (reason) => this.#drop(connection, reason, null),
    });
    const connection: Connection = {
      api,
      heartbeat,
      cancelTimers: new Set(),
      greeted: false,
      up: false,
      sending: false,
      written: 0,
      accounts: [],
      nextOrderId: null,
      movedTo: null,
      trouble: null,
    };
    this.#connection = connection;
    this.#downReason = 'connecting';
    this.#owner.onFact({ kind: 'link-connecting', endpoint: this.#endpoint });
    this.#arm(connection, HANDSHAKE_TIMEOUT_MS, () => {
      if (connection.up) return;
      const why = connection.greeted ? UNNAMED_ACCOUNT : SILENT_HANDSHAKE;
      this.#drop(connection, `no answer within ${HANDSHAKE_TIMEOUT_MS / 1000} s: ${why}`, null);
    });
    try {
      this.#listen(connection);
      api.connect();
      sendAtOnce(api);
    } catch (thrown) {
      const error = errorOf(thrown);
      this.#options.onFault(error);
      this.#drop(connection, error.message, null);
    }
  }

  #listen(connection: Connection): void {
    const { api } = connection;
    const guard = this.#guardOf(connection);
    keepDecoding(
      api,
      guard((thrown: unknown) =>
        this.#hear(connection, NO_ID, UNREADABLE, `a message could not be decoded: ${errorOf(thrown).message}`),
      ),
    );
    api.on(EventName.sent, () => {
      connection.written += 1;
      this.#written += 1;
    });
    api.on(
      EventName.received,
      guard(() => connection.heartbeat.hearAnything()),
    );
    api.on(
      EventName.server,
      guard((version: number, connectedAt: string) => this.#greet(connection, version, connectedAt)),
    );
    api.on(
      EventName.managedAccounts,
      guard((list: string) => this.#learnAccounts(connection, list)),
    );
    api.on(
      EventName.nextValidId,
      guard((orderId: number) => this.#learnNextOrderId(connection, orderId)),
    );
    api.on(
      EventName.currentTime,
      guard(() => {
        // Only a session that answers proves that reconnecting helped.
        if (connection.heartbeat.hearTime()) this.#failedAttempts = 0;
      }),
    );
    api.on(
      EventName.info,
      guard((text: string, code: number) => this.#hear(connection, NO_ID, code, text)),
    );
    api.on(
      EventName.error,
      guard((error: Error, code: number, id: number) => this.#hear(connection, id, code, error.message)),
    );
    api.on(
      EventName.disconnected,
      guard(() => {
        const unexplained = `TWS closed the connection${connection.up ? '' : `: ${UNNAMED_ACCOUNT}`}`;
        this.#drop(connection, connection.trouble?.text ?? unexplained, null);
      }),
    );
    this.#owner.attach(api, guard);
  }

  #guardOf(connection: Connection): Guard {
    return (listener) =>
      (...args) => {
        if (this.#connection !== connection) return; // a late word of a session that is over
        try {
          listener(...args);
        } catch (thrown) {
          const error = errorOf(thrown);
          this.#options.onFault(error);
          this.#shielded(() => this.#owner.onUnheard(error.message));
        }
      };
  }

  /** Runs what the clock called: a defect becomes a report instead of the end of the process. */
  #shielded(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#options.onFault(errorOf(thrown));
    }
  }

  #arm(connection: Connection, delayMs: number, wake: () => void): () => void {
    const { clock } = this.#options;
    const cancelWake = clock.wakeAt(laterBy(clock.now(), delayMs), () => {
      connection.cancelTimers.delete(cancelWake);
      this.#shielded(wake);
    });
    connection.cancelTimers.add(cancelWake);
    return () => {
      connection.cancelTimers.delete(cancelWake);
      cancelWake();
    };
  }

  #greet(connection: Connection, version: number, connectedAt: string): void {
    if (!(version >= SERVER_VERSION_MIN)) {
      const what = Number.isNaN(version) ? `${this.#endpoint} is not TWS` : `TWS speaks version ${version}`;
      this.#drop(connection, `${what}; version ${SERVER_VERSION_MIN} or newer is needed: update TWS`, 503);
      return;
    }
    connection.greeted = true;
    this.#twsZone = zoneNamedIn(connectedAt) ?? DEFAULT_TWS_ZONE;
    this.#owner.onFact({ kind: 'link-handshaking', endpoint: this.#endpoint });
  }

  #learnAccounts(connection: Connection, list: string): void {
    connection.accounts = list.split(',').flatMap((text) => {
      const account = accountIdSchema.safeParse(text.trim());
      return account.success ? [account.data] : [];
    });
    this.#goUp(connection);
  }

  #learnNextOrderId(connection: Connection, orderId: number): void {
    if (connection.up) this.#owner.onFact({ kind: 'next-order-id', orderId: ibOrderId(orderId) });
    connection.nextOrderId = orderId;
    this.#goUp(connection);
  }

  #goUp(connection: Connection): void {
    const { accounts, nextOrderId } = connection;
    const account = accounts.find((named) => named === this.#options.account) ?? accounts[0];
    if (connection.up || account === undefined || nextOrderId === null) return;
    openCommands(connection.api);
    connection.up = true;
    this.#owner.onFact({
      kind: 'link-up',
      serverVersion: connection.api.serverVersion,
      accounts,
      nextOrderId: ibOrderId(nextOrderId),
      clientId: this.#options.clientId,
    });
    this.#owner.onUp(account);
    connection.heartbeat.beat();
  }

  #hear(connection: Connection, id: number, code: number, told: string): void {
    const meaning = sessionMeaningOf(code);
    const { clientId } = this.#options;
    if (id !== NO_ID || (meaning.kind !== 'client-id-in-use' && meaning.kind !== 'connect')) {
      this.#owner.onMessage(id, code, told);
      return;
    }
    const text = connectWordsOf(code, told, { endpoint: this.#endpoint, clientId, wasUp: connection.up });
    if (meaning.kind === 'client-id-in-use') {
      const seconds = CLIENT_ID_RETRY_DELAY_MS / 1000;
      this.#drop(connection, `${text}; trying again in ${seconds} s`, code, CLIENT_ID_RETRY_DELAY_MS);
      return;
    }
    connection.trouble = { code, text };
    connection.movedTo = newPortIn(code, told) ?? connection.movedTo;
    this.#owner.onMessage(id, code, text);
  }

  #drop(connection: Connection, reason: string, code: number | null, delayMs = this.#nextDelayMs()): void {
    if (this.#connection !== connection) return;
    const { clock } = this.#options;
    const wasUp = connection.up;
    this.#destroy(connection);
    // Where nobody answers TWS did not move to: the port of the settings counts again.
    this.#port = connection.movedTo ?? (wasUp ? this.#port : this.#options.port);
    this.#downReason = reason;
    const retryAt = laterBy(clock.now(), delayMs);
    this.#cancelRetry = clock.wakeAt(retryAt, () => this.#shielded(() => this.#connect()));
    this.#owner.onFact({
      kind: 'link-down',
      reason: reason.slice(0, REASON_LENGTH_MAX),
      code: code ?? connection.trouble?.code ?? null,
      retryAt,
    });
    if (wasUp) this.#owner.onDown();
  }

  #nextDelayMs(): number {
    const ceiling = Math.min(RECONNECT_DELAY_MAX_MS, RECONNECT_DELAY_MIN_MS * 2 ** this.#failedAttempts);
    this.#failedAttempts += 1;
    return RECONNECT_DELAY_MIN_MS + Math.floor(this.#options.random() * (ceiling - RECONNECT_DELAY_MIN_MS));
  }

  /** Closes the socket of `connection`; whatever it still says is not heard. */
  #destroy(connection: Connection): void {
    this.#connection = null;
    connection.up = false;
    for (const cancel of connection.cancelTimers) cancel();
    connection.cancelTimers.clear();
    this.#shielded(() => connection.api.disconnect());
  }
}
