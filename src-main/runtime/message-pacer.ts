import { present } from '#domain/assert';
import { laterBy, type EpochMs } from '#domain/ids';
import type { Effect, EffectPriority } from '#ports/broker-port';

/** IBKR allows 50 messages a second (error 100 above that); we stay below. */
export const MESSAGES_PER_SECOND_MAX = 40;
const WINDOW_MS = 1_000;
/** Messages that a snapshot makes at most: open orders (own and all), executions, completed, positions, auto-bind. */
const SNAPSHOT_MESSAGES = 6;
const PRIORITIES: readonly EffectPriority[] = ['cancel', 'reduce', 'new', 'trail', 'data'];

/** How urgent an effect is: a cancel never waits behind data. */
export function priorityOf(effect: Effect): EffectPriority {
  switch (effect.kind) {
    case 'cancel':
      return 'cancel';
    case 'place':
      return 'new';
    case 'modify':
      return effect.priority;
    case 'snapshot':
    case 'resolve-instrument':
    case 'subscribe-quote':
      return 'data';
  }
}

/** How many messages an effect puts on the wire; a bracket is one unit and is not torn apart. */
export function messagesOf(effect: Effect): number {
  if (effect.kind === 'place') return effect.legs.value.length;
  return effect.kind === 'snapshot' ? SNAPSHOT_MESSAGES : 1;
}

interface Queued {
  readonly effect: Effect;
  readonly order: string | null;
}

/**
 * Lets effects through by priority, at most 40 messages in any second, and never reorders one order's messages: an
 * effect of an order waits for the earlier ones of that order. Holds no timer; `nextAt` says when to call again.
 */
export class MessagePacer {
  readonly #queues = new Map<EffectPriority, Queued[]>(PRIORITIES.map((priority) => [priority, []]));
  readonly #sent: { readonly at: EpochMs; readonly messages: number }[] = [];

  /** Effects that wait. */
  get length(): number {
    return PRIORITIES.reduce((sum, priority) => sum + this.#queue(priority).length, 0);
  }

  enqueue(effect: Effect): void {
    const order = orderOf(effect);
    const waits = order !== null && effect.kind === 'modify' ? this.#queueOf(order) : undefined;
    (waits ?? this.#queue(priorityOf(effect))).push({ effect, order });
  }

  /** Takes a queued place of `order` out again; undefined when it is not waiting (any more). */
  withdraw(order: string): Effect | undefined {
    const queue = this.#queue('new');
    const index = queue.findIndex(
      ({ effect }) => effect.kind === 'place' && effect.legs.value.some(({ id }) => id === order),
    );
    return index === -1 ? undefined : queue.splice(index, 1)[0]?.effect;
  }

  /** The next effect that may go at `now`, counted as sent; null when none may. */
  take(now: EpochMs): Effect | null {
    this.#forget(now);
    for (const priority of PRIORITIES) {
      const queue = this.#queue(priority);
      const [first] = queue;
      if (first === undefined) continue;
      if (this.messagesInWindow(now) + messagesOf(first.effect) > MESSAGES_PER_SECOND_MAX) return null;
      queue.shift();
      this.#sent.push({ at: now, messages: messagesOf(first.effect) });
      return first.effect;
    }
    return null;
  }

  /** Takes the next effect whatever the rate: for giving up what waits. */
  drain(): Effect | null {
    for (const priority of PRIORITIES) {
      const queued = this.#queue(priority).shift();
      if (queued !== undefined) return queued.effect;
    }
    return null;
  }

  /** When a waiting effect may go; null when none waits. */
  nextAt(now: EpochMs): EpochMs | null {
    if (this.length === 0) return null;
    const [oldest] = this.#sent;
    return oldest === undefined ? now : laterBy(oldest.at, WINDOW_MS);
  }

  /** Messages of the last second. */
  messagesInWindow(now: EpochMs): number {
    this.#forget(now);
    return this.#sent.reduce((sum, { messages }) => sum + messages, 0);
  }

  #queue(priority: EffectPriority): Queued[] {
    return present(this.#queues.get(priority), 'the queue of a priority');
  }

  #queueOf(order: string): Queued[] | undefined {
    for (const priority of PRIORITIES) {
      const queue = this.#queue(priority);
      if (queue.some((queued) => queued.order === order)) return queue;
    }
    return undefined;
  }

  #forget(now: EpochMs): void {
    while (this.#sent[0] !== undefined && now - this.#sent[0].at >= WINDOW_MS) this.#sent.shift();
  }
}

function orderOf(effect: Effect): string | null {
  if (effect.kind === 'modify') return effect.order.value.id;
  return effect.kind === 'cancel' ? effect.clientOrderId : null;
}
