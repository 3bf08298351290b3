import { epochMs, type ConId, type EpochMs, type PermId } from '#domain/ids';
import {
  add,
  compare,
  isNegative,
  isZero,
  leavesOf,
  magnitudeOf,
  maxOf,
  minOf,
  ZERO_QUANTITY,
  type Quantity,
  type SignedQuantity,
} from '#domain/money';
import type { Side } from '#domain/order-spec';
import type { OthersFill } from '#domain/reconciliation-proof';

/** The orders of others whose fills are remembered; the oldest is forgotten first. */
export const FOREIGN_ORDERS_MAX = 10_000;
/**
 * IBKR shows an order that is done for the rest of its day, but a snapshot may come too early to show it: it is remembered
 * over restarts for as long as IBKR may show it again.
 */
export const SHOWN_AGAIN_MS = 24 * 60 * 60 * 1000;

/** An order whose executions this session may never be told: somebody else's, or ours under another client id. */
export interface ForeignOrderKeys {
  readonly permId: PermId | null;
  readonly conId: ConId;
  readonly side: Side;
}

interface ForeignOrder {
  /** Unknown while only a proof of an earlier process life has named it. */
  readonly of: { readonly conId: ConId; readonly side: Side } | null;
  readonly filled: Quantity;
  /** How much of it the ledger's position contains already: by executions, by an adjustment, or from the beginning. */
  readonly contained: Quantity;
  /** When we last heard that more of it had filled. */
  readonly grownAt: number;
  /** When IBKR last showed it. */
  readonly heardAt: EpochMs;
}

interface ForeignFigures {
  readonly filled: Quantity;
  readonly inLedger: Quantity;
}

const UNHEARD_OF: ForeignOrder = {
  of: null,
  filled: ZERO_QUANTITY,
  contained: ZERO_QUANTITY,
  grownAt: 0,
  heardAt: epochMs(0),
};

/**
 * What IBKR shows as filled of orders whose executions it does not tell us. It sends executions only to their own client,
 * so this is the evidence that somebody else traded when a position moves without an execution.
 */
export class ForeignFills {
  readonly #orders = new Map<PermId, ForeignOrder>();

  /** @param contained - what the last proof of the journal showed filled: the positions of then contain it. */
  constructor(contained: readonly OthersFill[]) {
    for (const { permId, filled, heardAt } of contained) {
      this.#orders.set(permId, { of: null, filled, contained: filled, grownAt: 0, heardAt });
    }
  }

  /**
   * Learns what has filled of a foreign order; IBKR's figure only grows. `inLedger`: what the ledger has of it by executions.
   * @param since - what was heard of before is in IBKR's positions by now, and explains nothing that comes later.
   */
  learn(keys: ForeignOrderKeys, { filled, inLedger }: ForeignFigures, at: EpochMs, since: number): void {
    const { permId, conId, side } = keys;
    if (permId === null) return;
    const known = this.#orders.get(permId) ?? UNHEARD_OF;
    const hasGrown = compare(filled, known.filled) > 0;
    let { contained } = known;
    if (known.of === null) contained = maxOf(contained, inLedger);
    else if (hasGrown && known.grownAt < since) contained = maxOf(contained, known.filled);
    const grownAt = hasGrown ? at : known.grownAt;
    const of = { conId, side };
    this.#set(permId, { of, filled: maxOf(filled, known.filled), contained, grownAt, heardAt: at });
  }

  /**
   * An execution of a foreign order reached us after all: the ledger counts it, so it explains nothing else. It may come
   * before IBKR shows the order as filled.
   * @param more - by how much the ledger has more of it now; a correction to fewer shares is none.
   * @param inLedger - all that the ledger has of it by executions.
   */
  countInLedger({ permId, conId, side }: ForeignOrderKeys, more: Quantity, inLedger: Quantity): void {
    if (permId === null) return;
    const known = this.#orders.get(permId) ?? UNHEARD_OF;
    const counted = add(known.contained, more);
    const contained = known.of === null ? maxOf(counted, inLedger) : counted;
    this.#set(permId, { ...known, of: { conId, side }, contained });
  }

  /**
   * Explains `difference` (IBKR's position minus ours) by foreign fills that have explained nothing yet and were heard of
   * at `since` or later.
   * @returns true when they add up to the difference or more; then they are used up by it.
   */
  explain(conId: ConId, difference: SignedQuantity, since: number): boolean {
    const side: Side = isNegative(difference) ? 'SELL' : 'BUY';
    const free = [...this.#orders].filter(([, order]) => order.of?.conId === conId && order.grownAt >= since);
    const along = free.filter(([, order]) => order.of?.side === side);
    const against = free.filter(([, order]) => order.of?.side !== side);
    // What was bought and sold again moved nothing.
    const wanted = add(magnitudeOf(difference), freeOfAll(against));
    if (compare(freeOfAll(along), wanted) < 0) return false;
    for (const [permId, order] of against) this.#use(permId, order, freeOf(order));
    let left = wanted;
    for (const [permId, order] of along) {
      const taken = minOf(left, freeOf(order));
      this.#use(permId, order, taken);
      left = leavesOf(left, taken);
    }
    return true;
  }

  /** The positions of now are the first that the ledger has: whatever has filled is in them. */
  containAll(): void {
    for (const [permId, order] of this.#orders) this.#use(permId, order, freeOf(order));
  }

  /**
   * What the positions of `at` contain, for the next process life: of the orders that IBKR has shown within a day. Of
   * instruments in `lagging` only what is sure.
   */
  containedNow(at: EpochMs, lagging: ReadonlySet<ConId>): OthersFill[] {
    return [...this.#orders].flatMap(([permId, { of, filled, contained, heardAt }]) => {
      if (at - heardAt >= SHOWN_AGAIN_MS) return [];
      const sure = of !== null && lagging.has(of.conId) ? contained : maxOf(filled, contained);
      return isZero(sure) ? [] : [{ permId, filled: sure, heardAt }];
    });
  }

  #use(permId: PermId, order: ForeignOrder, taken: Quantity): void {
    this.#orders.set(permId, { ...order, contained: add(order.contained, taken) });
  }

  #set(permId: PermId, order: ForeignOrder): void {
    this.#orders.set(permId, order);
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size <= FOREIGN_ORDERS_MAX) break;
      this.#orders.delete(oldest);
    }
  }
}

function freeOf({ filled, contained }: ForeignOrder): Quantity {
  return leavesOf(filled, contained);
}

function freeOfAll(orders: readonly (readonly [PermId, ForeignOrder])[]): Quantity {
  return orders.reduce((sum, [, order]) => add(sum, freeOf(order)), ZERO_QUANTITY);
}
