import type { ClientOrderId, EffectId } from '#domain/ids';
import { errorText } from '#runtime/error-text';
import { MessagePacer } from '#runtime/message-pacer';
import type { BrokerPort, Effect, EffectOutcome } from '#ports/broker-port';
import type { Clock } from '#ports/clock';

/** What the effect runner needs from its surroundings. */
export interface EffectRunnerOptions {
  readonly broker: Pick<BrokerPort, 'perform'>;
  readonly clock: Clock;
  /** Takes the one outcome of each effect. */
  readonly onOutcome: (id: EffectId, outcome: EffectOutcome) => void;
  /** Told when the broker throws: a defect, after which nobody knows what became of the bytes. */
  readonly onFault: (error: unknown) => void;
}

/** Carries effects to the broker in the pacer's order; every effect returns exactly one outcome. */
export class EffectRunner {
  readonly #options: EffectRunnerOptions;
  readonly #pacer = new MessagePacer();
  #cancelTimer: (() => void) | null = null;
  /** Why nothing is sent any more; null while open. */
  #closed: string | null = null;

  constructor(options: EffectRunnerOptions) {
    this.#options = options;
  }

  /** Messages to IBKR in the last second. */
  get messagesPerSecond(): number {
    return this.#pacer.messagesInWindow(this.#options.clock.now());
  }

  /** True while no effect waits for its turn. */
  get isIdle(): boolean {
    return this.#pacer.length === 0;
  }

  run(effects: readonly Effect[]): void {
    if (this.#closed !== null) {
      this.#giveUp(effects, this.#closed);
      return;
    }
    const neverSent = new Set<ClientOrderId>();
    for (const effect of effects) this.#accept(effect, neverSent);
    this.#pump();
  }

  /** Reports everything that still waits as not sent: the link is gone, and nothing is queued for the next one. */
  abandon(reason: string): void {
    this.#giveUp(this.#pacer.drain(), reason);
  }

  /** Reports everything that waits, and everything that comes, as not sent. */
  close(reason: string): void {
    this.#closed = reason;
    this.#disarm();
    this.abandon(reason);
  }

  /** @param neverSent orders whose place was taken back by an earlier cancel of the same step. */
  #accept(effect: Effect, neverSent: Set<ClientOrderId>): void {
    if (effect.kind === 'global-cancel') this.#giveUp(this.#pacer.withdrawAll(), 'cancelled before it was sent');
    if (effect.kind !== 'cancel') {
      this.#pacer.enqueue(effect);
      return;
    }
    // Cancelling what still waits here removes it: neither message goes out.
    const withdrawn = this.#pacer.withdraw(effect.clientOrderId);
    for (const other of withdrawn) {
      if (other.kind === 'place') for (const { id } of other.legs.value) neverSent.add(id);
    }
    this.#giveUp(withdrawn, 'cancelled before it was sent');
    if (neverSent.has(effect.clientOrderId)) this.#giveUp([effect], 'the order had not been sent');
    else this.#pacer.enqueue(effect);
  }

  #pump(): void {
    const { clock, onOutcome } = this.#options;
    this.#giveUp(this.#pacer.takeLate(clock.now()), 'it waited too long behind other messages');
    for (let effect = this.#pacer.take(clock.now()); effect !== null; effect = this.#pacer.take(clock.now())) {
      onOutcome(effect.id, this.#perform(effect));
    }
    this.#disarm();
    const next = this.#pacer.nextAt(clock.now());
    if (next !== null) {
      this.#cancelTimer = clock.wakeAt(next, () => {
        this.#pump();
      });
    }
  }

  #perform(effect: Effect): EffectOutcome {
    try {
      return this.#options.broker.perform(effect);
    } catch (error) {
      this.#options.onFault(error);
      return { result: 'maybe-sent', reason: `sending failed: ${errorText(error)}` };
    }
  }

  #giveUp(effects: readonly Effect[], reason: string): void {
    for (const { id } of effects) this.#options.onOutcome(id, { result: 'not-sent', reason });
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }
}
