import type { AccountId, ClientId, EpochMs } from '#domain/ids';
import { accountId, ibOrderId, laterBy } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { Exchange } from '#simulator/exchange';
import type { LineReport, LineRequest, SimulatedLine } from './simulated-line';

/** How the workstation knows the simulated TWS. */
export const SIMULATED_ENDPOINT = 'the simulation in this process';
/** After a connection broke, or was not taken, the next try. */
export const RECONNECT_DELAY_MS = 1_000;
export const HEARTBEAT_INTERVAL_MS = 2_000;
/** An answer that takes longer is late. */
export const HEARTBEAT_LATE_MS = 1_000;
/** With a question out, silence this long means that the peer is frozen or gone. */
export const SILENCE_MAX_MS = 5_000;
/** The newest protocol that the workstation speaks, for the connection panel. */
const SERVER_VERSION = 193;

/** What the session needs from the broker. */
export interface SimulatedSessionOwner {
  readonly onFact: (fact: BrokerFact) => void;
  /** The session is usable; `link-up` was told. */
  readonly onUp: () => void;
  /** Nothing of it comes any more; `link-down` will be told. */
  readonly onDown: () => void;
}

export interface SimulatedSessionOptions {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly line: SimulatedLine;
  readonly clientId: ClientId;
}

/** One connection after the other to the simulated TWS: handshake, heartbeat, and a new try when it broke. */
export class SimulatedSession {
  readonly #options: SimulatedSessionOptions;
  readonly #owner: SimulatedSessionOwner;
  readonly #account: AccountId;
  readonly #timers = new Set<() => void>();
  /** Counts connections: what was on its way in an earlier one is not heard. */
  #connection = 0;
  #phase: 'stopped' | 'down' | 'handshaking' | 'up' = 'stopped';
  #heardAt: EpochMs;
  /** When the heartbeat that is not answered was sent; null: none is out. */
  #askedAt: EpochMs | null = null;

  constructor(options: SimulatedSessionOptions, owner: SimulatedSessionOwner) {
    this.#options = options;
    this.#owner = owner;
    this.#account = accountId(options.exchange.account);
    this.#heardAt = options.clock.now();
  }

  get isUp(): boolean {
    return this.#phase === 'up';
  }

  start(): void {
    this.#connect();
  }

  stop(): void {
    this.#end('stopped');
  }

  /** The connection breaks: said at once, and tried again later. */
  fail(reason: string): void {
    const isConnected = this.#phase === 'up' || this.#phase === 'handshaking';
    if (!isConnected) return;
    this.#end('down');
    this.#sayDown(reason);
  }

  /** Sends a message of ours. @returns whether it was written. */
  send(request: LineRequest, arrive: Parameters<SimulatedLine['send']>[1]): boolean {
    return this.#options.line.send(request, arrive);
  }

  /** Brings a message of TWS; what belongs to an earlier connection is not heard. */
  report(report: LineReport, hear: () => void): void {
    const connection = this.#connection;
    this.#options.line.report(report, () => {
      if (connection !== this.#connection) return;
      this.#heardAt = this.#options.clock.now();
      hear();
    });
  }

  /** Wakes once after `delayMs`, unless the connection ends first. */
  wakeAfter(delayMs: number, wake: () => void): () => void {
    const { clock } = this.#options;
    const cancel = clock.wakeAt(laterBy(clock.now(), delayMs), () => {
      this.#timers.delete(cancel);
      wake();
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  #connect(): void {
    const { line, clock } = this.#options;
    this.#connection += 1;
    this.#owner.onFact({ kind: 'link-connecting', endpoint: SIMULATED_ENDPOINT });
    if (!line.isOpen) {
      this.#end('down');
      this.#sayDown('the simulation takes no connection');
      return;
    }
    this.#phase = 'handshaking';
    this.#owner.onFact({ kind: 'link-handshaking', endpoint: SIMULATED_ENDPOINT });
    this.#heardAt = clock.now();
    const greeting: LineRequest = { kind: 'handshake' };
    this.wakeAfter(SILENCE_MAX_MS, () => {
      if (this.#phase === 'handshaking') this.fail('the handshake was not answered');
    });
    const isWritten = this.send(greeting, () => this.report({ kind: 'answer', to: greeting }, () => this.#goUp()));
    if (!isWritten) this.fail('the greeting could not be sent');
  }

  #goUp(): void {
    const { exchange, clientId } = this.#options;
    this.#phase = 'up';
    this.#owner.onFact({
      kind: 'link-up',
      serverVersion: SERVER_VERSION,
      accounts: [this.#account],
      nextOrderId: ibOrderId(exchange.nextOrderId()),
      clientId,
    });
    this.#owner.onUp();
    this.wakeAfter(HEARTBEAT_INTERVAL_MS, () => this.#beat());
  }

  #beat(): void {
    this.wakeAfter(HEARTBEAT_INTERVAL_MS, () => this.#beat());
    const now = this.#options.clock.now();
    if (this.#askedAt !== null) {
      const silentMs = now - Math.max(this.#heardAt, this.#askedAt);
      if (silentMs >= SILENCE_MAX_MS) {
        this.fail(`the simulation has said nothing for ${SILENCE_MAX_MS / 1000} s`);
        return;
      }
      const lateMs = now - this.#askedAt - HEARTBEAT_LATE_MS;
      this.#owner.onFact({ kind: 'heartbeat', state: 'slow', roundTripMs: null, lateMs });
      return;
    }
    const question: LineRequest = { kind: 'heartbeat' };
    this.#askedAt = now;
    this.send(question, () => this.report({ kind: 'answer', to: question }, () => this.#hearHeartbeat(now)));
  }

  #hearHeartbeat(askedAt: EpochMs): void {
    this.#askedAt = null;
    const roundTripMs = this.#options.clock.now() - askedAt;
    const lateMs = roundTripMs - HEARTBEAT_LATE_MS;
    this.#owner.onFact(
      lateMs > 0
        ? { kind: 'heartbeat', state: 'slow', roundTripMs, lateMs }
        : { kind: 'heartbeat', state: 'alive', roundTripMs },
    );
  }

  #end(phase: 'stopped' | 'down'): void {
    this.#connection += 1;
    this.#phase = phase;
    this.#askedAt = null;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#owner.onDown();
  }

  #sayDown(reason: string): void {
    const retryAt = laterBy(this.#options.clock.now(), RECONNECT_DELAY_MS);
    this.wakeAfter(RECONNECT_DELAY_MS, () => this.#connect());
    this.#owner.onFact({ kind: 'link-down', reason, code: null, retryAt });
  }
}
