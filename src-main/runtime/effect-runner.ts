import type { EffectId } from '#domain/ids';
import { MessagePacer } from '#runtime/message-pacer';
import type { BrokerPort, Effect, EffectOutcome } from '#ports/broker-port';
import type { Clock } from '#ports/clock';

/** What the effect runner needs from its surroundings. */
export interface EffectRunnerOptions {
  readonly broker: Pick<BrokerPort, 'perform'>;
  readonly clock: Clock;
  /** Takes the one outcome of each effect. */
  readonly onOutcome: (id: EffectId, outcome: EffectOutcome) => void;
}

/** Carries effects to the broker in the pacer's order; every effect returns exactly one outcome. */
export class EffectRunner {
  readonly #options: EffectRunnerOptions;
  readonly #pacer = new MessagePacer();
  #cancelTimer: (() => void) | null = null;

  constructor(options: EffectRunnerOptions) {
    this.#options = options;
  }

  /** Messages to IBKR in the last second. */
  get messagesPerSecond(): number {
    return this.#pacer.messagesInWindow(this.#options.clock.now());
  }

  run(effects: readonly Effect[]): void {
    for (const effect of effects) this.#accept(effect);
    this.#pump();
  }

  /** Reports everything that still waits as not sent: the link is gone, and nothing is queued for the next one. */
  abandon(reason: string): void {
    for (let effect = this.#pacer.drain(); effect !== null; effect = this.#pacer.drain()) {
      this.#options.onOutcome(effect.id, { result: 'not-sent', reason });
    }
  }

  stop(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #accept(effect: Effect): void {
    const withdrawn = effect.kind === 'cancel' ? this.#pacer.withdraw(effect.clientOrderId) : undefined;
    if (withdrawn === undefined) {
      this.#pacer.enqueue(effect);
      return;
    }
    // Cancelling what still waits here removes it: neither message goes out.
    this.#options.onOutcome(withdrawn.id, { result: 'not-sent', reason: 'cancelled before it was sent' });
    this.#options.onOutcome(effect.id, { result: 'not-sent', reason: 'the order had not been sent' });
  }

  #pump(): void {
    const { clock, broker, onOutcome } = this.#options;
    for (let effect = this.#pacer.take(clock.now()); effect !== null; effect = this.#pacer.take(clock.now())) {
      const late = effect.validUntil < clock.now();
      const reason = 'it waited too long behind other messages';
      onOutcome(effect.id, late ? { result: 'not-sent', reason } : broker.perform(effect));
    }
    this.stop();
    const next = this.#pacer.nextAt(clock.now());
    if (next !== null) {
      this.#cancelTimer = clock.wakeAt(next, () => {
        this.#pump();
      });
    }
  }
}
