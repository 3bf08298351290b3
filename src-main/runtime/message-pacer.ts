import { present } from '#domain/assert';
import { laterBy, type ClientOrderId, type EpochMs } from '#domain/ids';
import type { Effect, EffectPriority } from '#ports/broker-port';

/** IBKR allows 50 messages a second (error 100 above that); we stay below. */
export const MESSAGES_PER_SECOND_MAX = 40;
const WINDOW_MS = 1_000;
/** Messages that a snapshot makes at most: open orders (own and all), executions, completed, positions, auto-bind. */
const SNAPSHOT_MESSAGES = 6;
/** Contract details and the market rule that they name. */
const RESOLVE_MESSAGES = 2;
const PRIORITIES: readonly EffectPriority[] = ['cancel', 'reduce', 'new', 'trail', 'data'];

/** How urgent an effect is: a cancel never waits behind data. */
export function priorityOf(effect: Effect): EffectPriority {
  switch (effect.kind) {
    case 'cancel':
    case 'global-cancel':
      return 'cancel';
    case 'place':
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
  switch (effect.kind) {
    case 'place':
      return effect.legs.value.length;
    case 'snapshot':
      return SNAPSHOT_MESSAGES;
    case 'resolve-instrument':
      return RESOLVE_MESSAGES;
    case 'modify':
    case 'cancel':
    case 'global-cancel':
    case 'subscribe-quote':
      return 1;
  }
}

/**
 * Lets effects through by priority, at most 40 messages in any second, and never reorders one order's messages: a
 * modification waits for the earlier ones of its order, and a cancel takes their place (`withdraw`). Holds no timer;
 * `nextAt` says when to call again.
 */
export class MessagePacer {
  readonly #queues = new Map<EffectPriority, Effect[]>(PRIORITIES.map((priority) => [priority, []]));
  readonly #sent: { readonly at: EpochMs; readonly messages: number }[] = [];
  /** Those of `#sent`, summed. */
  #sentMessages = 0;

  /** Effects that wait. */
  get length(): number {
    let sum = 0;
    for (const { length } of this.#queues.values()) sum += length;
    return sum;
  }

  enqueue(effect: Effect): void {
    const own = effect.kind === 'modify' ? this.#queueOf(effect.order.value.id) : undefined;
    (own ?? this.#queue(priorityOf(effect))).push(effect);
  }

  /**
   * Takes out the place and the modifications of `order` that wait, oldest first. With one leg of a bracket its others
   * go too: a bracket is not torn apart.
   */
  withdraw(order: ClientOrderId): readonly Effect[] {
    const withdrawn = this.#waiting().filter((effect) => ordersChangedBy(effect).includes(order));
    const all = new Set(withdrawn.flatMap(ordersChangedBy));
    return this.#takeOut((effect) => ordersChangedBy(effect).some((id) => all.has(id)));
  }

  /** Takes out every place and modification that waits. */
  withdrawAll(): readonly Effect[] {
    return this.#takeOut((effect) => ordersChangedBy(effect).length > 0);
  }

  /** Takes out what may not be sent any more at `now`, and with an order that never was its modifications. */
  takeLate(now: EpochMs): readonly Effect[] {
    const late = this.#waiting().filter(({ validUntil }) => validUntil < now);
    if (late.length === 0) return late;
    const places = late.filter(({ kind }) => kind === 'place');
    const neverSent = new Set(places.flatMap(ordersChangedBy));
    return this.#takeOut((effect) => late.includes(effect) || ordersChangedBy(effect).some((id) => neverSent.has(id)));
  }

  /** The next effect that may go at `now`, counted as sent; null when none may. */
  take(now: EpochMs): Effect | null {
    const queue = this.#firstQueue();
    const next = queue?.[0];
    if (queue === undefined || next === undefined) return null;
    const messages = messagesOf(next);
    if (this.messagesInWindow(now) + messages > MESSAGES_PER_SECOND_MAX) return null;
    queue.shift();
    this.#sent.push({ at: now, messages });
    this.#sentMessages += messages;
    return next;
  }

  /** Takes everything that waits, whatever the rate: for giving it up. */
  drain(): readonly Effect[] {
    return this.#takeOut(() => true);
  }

  /** When a waiting effect may go; null when none waits. */
  nextAt(now: EpochMs): EpochMs | null {
    if (this.length === 0) return null;
    const [oldest] = this.#sent;
    return oldest === undefined ? now : laterBy(oldest.at, WINDOW_MS);
  }

  /** Messages of the last second. */
  messagesInWindow(now: EpochMs): number {
    for (let [oldest] = this.#sent; oldest !== undefined && now - oldest.at >= WINDOW_MS; [oldest] = this.#sent) {
      this.#sentMessages -= oldest.messages;
      this.#sent.shift();
    }
    return this.#sentMessages;
  }

  /** By priority, and among equals by age. */
  #waiting(): readonly Effect[] {
    return PRIORITIES.flatMap((priority) => this.#queue(priority));
  }

  /** The most urgent queue in which something waits. */
  #firstQueue(): Effect[] | undefined {
    for (const priority of PRIORITIES) {
      const queue = this.#queue(priority);
      if (queue.length > 0) return queue;
    }
    return undefined;
  }

  #queue(priority: EffectPriority): Effect[] {
    return present(this.#queues.get(priority), 'the queue of a priority');
  }

  /** Where the last of the messages that change `order` waits. */
  #queueOf(order: ClientOrderId): Effect[] | undefined {
    return [...this.#queues.values()].findLast((queue) =>
      queue.some((effect) => ordersChangedBy(effect).includes(order)),
    );
  }

  #takeOut(isWanted: (effect: Effect) => boolean): readonly Effect[] {
    const taken = this.#waiting().filter(isWanted);
    if (taken.length === 0) return taken;
    for (const [priority, queue] of this.#queues) {
      this.#queues.set(
        priority,
        queue.filter((effect) => !isWanted(effect)),
      );
    }
    return taken;
  }
}

/** The orders that an effect makes or changes. */
function ordersChangedBy(effect: Effect): readonly ClientOrderId[] {
  if (effect.kind === 'place') return effect.legs.value.map(({ id }) => id);
  return effect.kind === 'modify' ? [effect.order.value.id] : [];
}
