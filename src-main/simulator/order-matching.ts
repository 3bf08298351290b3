import { adjustedTerms, isAdjustmentDue } from '#simulator/adjusted-stop';
import { fillableSharesOf } from '#simulator/bracket-rules';
import { areMet, type ConditionWatch } from '#simulator/condition-rules';
import type { ExchangeFloor } from '#simulator/exchange-floor';
import { lookAt, stopLevelOf, tradePriceOf, triggerMethodOf } from '#simulator/matching';
import { expiryOf } from '#simulator/order-expiry';
import type { OrderLifecycle } from '#simulator/order-lifecycle';
import { CANCELLED } from '#simulator/order-refusals';
import type { Quote } from '#simulator/quote-board';
import { isFinal, type SimulatedOrder } from '#simulator/simulated-order';
import { trailed } from '#simulator/trailing-rules';

/** What the market and the clock do to the live orders. */
export class OrderMatching {
  readonly #floor: ExchangeFloor;
  readonly #lifecycle: OrderLifecycle;
  /** The orders whose conditions have not come true. */
  readonly #watched = new Map<SimulatedOrder, readonly ConditionWatch[]>();
  /** No live order ends by itself before this moment. */
  #nextExpiry = Infinity;

  constructor(floor: ExchangeFloor, lifecycle: OrderLifecycle) {
    this.#floor = floor;
    this.#lifecycle = lifecycle;
  }

  /** Keeps an eye on an order's conditions. */
  watch(order: SimulatedOrder, watches: readonly ConditionWatch[]): void {
    if (watches.length > 0) this.#watched.set(order, watches);
  }

  /** Lets the time in force of a transmitted order run. */
  startClock(order: SimulatedOrder): void {
    order.expiresAt = expiryOf(order, this.#floor.hours, this.#floor.now);
    this.#nextExpiry = Math.min(this.#nextExpiry, order.expiresAt);
  }

  /** Tells what the time does to the orders: markets that open or close, orders that expire. */
  followClock(): void {
    const { hours, now, store } = this.#floor;
    if (now >= this.#nextExpiry) this.#expire();
    for (const { index } of hours.changes(now)) {
      this.#floor.lookAgain(index);
      for (const order of store.liveOn(index)) this.#floor.emitOrder(order, 'changed');
    }
  }

  /** Looks at the conditions that hold orders back, or end them. */
  checkConditions(): void {
    for (const [order, watches] of this.#watched) {
      if (isFinal(order)) this.#watched.delete(order);
      else if (order.stage === 'working' && this.#mayCheck(order) && areMet(watches)) this.#conditionsMet(order);
    }
  }

  /** Looks at the orders of every instrument that changed, until nothing more happens. */
  settle(): void {
    this.checkConditions();
    const { toMatch, store } = this.#floor;
    do {
      for (const index of toMatch) {
        toMatch.delete(index);
        for (const order of store.liveOn(index)) this.#match(order);
      }
    } while (this.#lifecycle.endRound());
  }

  /**
   * Immediate or cancel: what has not filled at once is over, for an order and for the parent that it released. A stop
   * and a conditional order have their moment when they are let go.
   */
  endImmediate(order: SimulatedOrder | undefined): void {
    for (const it of [order, order?.parent]) {
      if (it?.stage === 'working' && it.triggered && !it.awaitsConditions) this.#endIfImmediate(it);
    }
  }

  #endIfImmediate(order: SimulatedOrder): void {
    if (order.terms.tif === 'IOC') this.#lifecycle.end(order, 'cancelled', CANCELLED);
  }

  #expire(): void {
    const { now, store } = this.#floor;
    this.#nextExpiry = Infinity;
    for (const order of store.live()) {
      // An order that ends takes its attached orders with it.
      if (isFinal(order)) continue;
      if (order.expiresAt <= now) this.#lifecycle.end(order, 'cancelled', CANCELLED);
      else this.#nextExpiry = Math.min(this.#nextExpiry, order.expiresAt);
    }
  }

  #mayCheck(order: SimulatedOrder): boolean {
    return order.conditionsIgnoreRth || this.#floor.hours.isOpen(order.instrument, 'liquid', this.#floor.now);
  }

  #conditionsMet(order: SimulatedOrder): void {
    this.#watched.delete(order);
    if (order.conditionsCancelOrder) {
      this.#lifecycle.end(order, 'cancelled', CANCELLED);
      return;
    }
    order.awaitsConditions = false;
    this.#floor.emitOrder(order, 'changed');
    this.#floor.lookAgain(order.instrument.index);
  }

  #match(order: SimulatedOrder): void {
    const { instrument } = order;
    if (order.stage !== 'working' || order.awaitsConditions || this.#floor.halted.has(instrument.index)) return;
    if (!this.#floor.isOpenFor(order)) return;
    const quote = this.#floor.quoteOf(instrument);
    if (!order.triggered && !this.#follow(order, quote)) return;
    const price = tradePriceOf(order, quote);
    const shares = Math.min(fillableSharesOf(order), this.#floor.board.displayedTo(order.action, instrument.index));
    if (price === undefined || shares === 0) {
      if (fillableSharesOf(order) > 0) this.#endIfImmediate(order);
      return;
    }
    this.#floor.board.take(order.action, instrument.index, shares, price);
    this.#lifecycle.fill(order, shares, price, { addedLiquidity: false, ignoringOca: false });
    this.#floor.quoteChanged(instrument);
  }

  /** Adjusts, trails and triggers a stop. @returns true when it is triggered. */
  #follow(order: SimulatedOrder, quote: Quote): boolean {
    const { adjusted } = order.terms;
    if (adjusted !== undefined && isAdjustmentDue(order, adjusted, quote)) {
      order.orderType = adjusted.adjustedOrderType;
      this.#lifecycle.change(order, adjustedTerms(order.terms, adjusted));
    }
    const terms = trailed(order, quote, true);
    if (terms !== order.terms) this.#lifecycle.change(order, terms);
    if (fillableSharesOf(order) === 0) return false;
    const look = lookAt(triggerMethodOf(order), order.action === 'BUY', stopLevelOf(order), quote, order.sighting);
    order.sighting = look.sighting;
    if (!look.reached) return false;
    order.triggered = true;
    this.#floor.emitOrder(order, 'changed');
    return true;
  }
}
