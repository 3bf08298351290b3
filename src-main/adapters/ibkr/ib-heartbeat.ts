import { laterBy, type EpochMs } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import type { Clock } from '#ports/clock';

export const HEARTBEAT_INTERVAL_MS = 2_000;
/** An answer that takes longer is late: TWS, or the way to it, is busy. */
export const HEARTBEAT_LATE_MS = 1_000;
/** With a question out, silence this long means that the peer is frozen or gone. */
export const HEARTBEAT_TIMEOUT_MS = 5_000;

export interface IbHeartbeatOwner {
  /** Asks TWS for its time. @returns whether the question was written. */
  readonly ask: () => boolean;
  /** Wakes once after `delayMs`, unless the session ends first. */
  readonly wakeAfter: (delayMs: number, wake: () => void) => void;
  readonly onFact: (fact: BrokerFact) => void;
  readonly onDead: (reason: string) => void;
}

/**
 * Asks TWS for its time every other second. An answer that is late makes the session slow, and so does one that is still
 * out while TWS says other things; only silence makes it dead.
 */
export class IbHeartbeat {
  readonly #clock: Clock;
  readonly #owner: IbHeartbeatOwner;
  #askedAt: EpochMs | null = null;
  #heardAt: EpochMs;

  constructor(clock: Clock, owner: IbHeartbeatOwner) {
    this.#clock = clock;
    this.#owner = owner;
    this.#heardAt = clock.now();
  }

  beat(): void {
    this.#owner.wakeAfter(HEARTBEAT_INTERVAL_MS, () => this.beat());
    if (this.#askedAt !== null) {
      const lateMs = this.#clock.now() - this.#askedAt - HEARTBEAT_LATE_MS;
      this.#owner.onFact({ kind: 'heartbeat', state: 'slow', roundTripMs: null, lateMs });
      return;
    }
    if (!this.#owner.ask()) return;
    this.#askedAt = this.#clock.now();
    this.#heardAt = this.#askedAt;
    this.#watch(this.#askedAt);
  }

  /** TWS said something, whatever it was: it lives. */
  hearAnything(): void {
    this.#heardAt = this.#clock.now();
  }

  /** TWS told its time. @returns false when nobody had asked. */
  hearTime(): boolean {
    if (this.#askedAt === null) return false;
    const roundTripMs = this.#clock.now() - this.#askedAt;
    this.#askedAt = null;
    const lateMs = roundTripMs - HEARTBEAT_LATE_MS;
    this.#owner.onFact(
      lateMs > 0
        ? { kind: 'heartbeat', state: 'slow', roundTripMs, lateMs }
        : { kind: 'heartbeat', state: 'alive', roundTripMs },
    );
    return true;
  }

  #watch(askedAt: EpochMs): void {
    const silentAt = laterBy(this.#heardAt, HEARTBEAT_TIMEOUT_MS);
    this.#owner.wakeAfter(silentAt - this.#clock.now(), () => {
      if (this.#askedAt !== askedAt) return;
      if (this.#clock.now() < laterBy(this.#heardAt, HEARTBEAT_TIMEOUT_MS)) this.#watch(askedAt);
      else this.#owner.onDead(`TWS has said nothing for ${HEARTBEAT_TIMEOUT_MS / 1000} s`);
    });
  }
}
