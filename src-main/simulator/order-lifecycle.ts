import { childrenToActivate, sizeWithoutParent } from '#simulator/bracket-rules';
import type { ExchangeFloor } from '#simulator/exchange-floor';
import { ocaConsequences, type OcaFill } from '#simulator/oca-rules';
import { CANCELLED } from '#simulator/order-refusals';
import { commissionOf } from '#simulator/portfolio';
import {
  isFinal,
  remainingOf,
  type OcaMembership,
  type OrderStage,
  type OrderTerms,
  type Rejection,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';
import { trailed } from '#simulator/trailing-rules';

const FIRST_EXECUTION_NUMBER = 0x66000001;

/** How a fill came about. */
export interface FillManner {
  readonly addedLiquidity: boolean;
  /** Leaves the OCA group alone. */
  readonly ignoringOca: boolean;
}

/** What becomes of an order once it is transmitted, and of those tied to it. */
export class OrderLifecycle {
  readonly #floor: ExchangeFloor;
  /** Fills of groups without overfill protection: the others learn of them when the round is over. */
  #unprotected: OcaFill[] = [];
  #nextExecutionNumber = FIRST_EXECUTION_NUMBER;

  constructor(floor: ExchangeFloor) {
    this.#floor = floor;
  }

  /** A transmitted order begins to work, or to wait for its parent. */
  start(order: SimulatedOrder): void {
    const { parent, requestedOca } = order;
    order.stage = parent === undefined ? 'working' : 'waiting';
    this.#floor.store.goLive(order);
    if (requestedOca !== undefined) this.#floor.store.join(order, this.#shownGroup(requestedOca, parent));
    this.#startTrailing(order);
    this.#floor.emitOrder(order, 'new');
    this.#floor.lookAgain(order.instrument.index);
    if (parent !== undefined) this.#activateChildren(parent);
  }

  /** Gives an order new terms and tells so when it is live. */
  change(order: SimulatedOrder, terms: OrderTerms): void {
    order.terms = terms;
    if (order.stage === 'held') return;
    this.#startTrailing(order);
    this.#floor.emitOrder(order, 'changed');
    this.#floor.lookAgain(order.instrument.index);
  }

  fill(order: SimulatedOrder, shares: number, price: number, how: FillManner): void {
    const remainingBefore = remainingOf(order);
    const commission = commissionOf(order.filled + shares) - order.commission;
    order.filled += shares;
    order.filledValue += shares * price;
    order.lastFillPrice = price;
    order.commission += commission;
    if (remainingOf(order) === 0) this.#finish(order, 'filled');
    const key = `0000e0d5.${this.#nextExecutionNumber.toString(16)}.01`;
    const { instrument, action } = order;
    const execution: SimulatedExecution = {
      execId: `${key}.01`,
      order,
      at: this.#floor.now,
      shares,
      price,
      cumulativeShares: order.filled,
      cumulativeValue: order.filledValue,
      addedLiquidity: how.addedLiquidity,
      commission,
      realizedPnl: this.#floor.portfolio.book(instrument, action, shares, price, commission, key),
    };
    this.#nextExecutionNumber += 1;
    this.#floor.store.addExecution(execution);
    this.#floor.emit({ kind: 'execution', execution });
    this.#floor.emitOrder(order, 'fill');
    this.#floor.emit({ kind: 'commission', execution });
    if (!how.ignoringOca) this.#tellGroup({ order, shares, remainingBefore });
    this.#activateChildren(order);
  }

  /**
   * Ends a round of matching: the fills of groups without overfill protection reach the other orders of the group, which
   * may have filled in the same round. @returns false when there was nothing to tell.
   */
  endRound(): boolean {
    const fills = this.#unprotected;
    this.#unprotected = [];
    for (const fill of fills) this.#applyOca(fill);
    return fills.length > 0;
  }

  /** Ends an order that is not filled, tells why, and lets its attached orders follow. */
  end(order: SimulatedOrder, stage: OrderStage, cause: Rejection): void {
    this.#finish(order, stage);
    this.#floor.emitOrder(order, 'ended');
    this.#floor.emitError(order, cause);
    for (const child of order.children) {
      if (isFinal(child)) continue;
      const size = order.filled === 0 ? 0 : sizeWithoutParent(child, order, this.#floor.readings.bracketChildren);
      if (size === 0) this.end(child, 'cancelled', CANCELLED);
      else this.change(child, { ...child.terms, quantity: size });
    }
  }

  cancel(order: SimulatedOrder): void {
    this.end(order, order.stage === 'held' ? 'api-cancelled' : 'cancelled', CANCELLED);
  }

  /** Types 1 and 2 route one order at a time, so that nothing can overfill; type 3 does not. */
  #tellGroup(fill: OcaFill): void {
    if (fill.order.oca?.type === 3) this.#unprotected.push(fill);
    else this.#applyOca(fill);
  }

  #applyOca(fill: OcaFill): void {
    const { oca } = fill.order;
    if (oca === undefined) return;
    const members = this.#floor.store.membersOf(oca);
    for (const consequence of ocaConsequences(fill, oca.type, this.#floor.readings.ocaReduction, members)) {
      const { order } = consequence;
      if (consequence.kind === 'cancel') {
        this.cancel(order);
      } else if (consequence.shares > 0) {
        order.reduced += consequence.shares;
        this.change(order, { ...order.terms, quantity: order.terms.quantity - consequence.shares });
      }
    }
  }

  #activateChildren(parent: SimulatedOrder): void {
    const activated = childrenToActivate(parent, this.#floor.readings.bracketChildren);
    const ungrouped = parent.children.filter((child) => !isFinal(child) && child.requestedOca === undefined);
    for (const child of activated) {
      child.stage = 'working';
      // TWS itself ties the attached orders together, so that one exit takes the other with it.
      if (child.requestedOca !== undefined) this.#floor.store.join(child, child.requestedOca);
      else if (ungrouped.length > 1) this.#floor.store.join(child, { group: String(parent.permId), type: 2 });
      this.#startTrailing(child);
      this.#floor.emitOrder(child, 'changed');
    }
    if (parent.children.length > 0) this.#floor.lookAgain(parent.instrument.index);
  }

  /** TWS may show the group of attached orders under a name of its own until their parent fills. */
  #shownGroup(requested: OcaMembership, parent: SimulatedOrder | undefined): OcaMembership {
    const renames = parent !== undefined && this.#floor.readings.exitGroups === 'renamed';
    return renames ? { ...requested, group: `exits of ${String(parent.permId)}` } : requested;
  }

  /** A trailing stop without a price of its own starts where the market is when the order begins to work. */
  #startTrailing(order: SimulatedOrder): void {
    if (order.stage !== 'working' || order.triggered || order.awaitsConditions) return;
    order.terms = trailed(order, this.#floor.quoteOf(order.instrument), this.#floor.isOpenFor(order));
  }

  #finish(order: SimulatedOrder, stage: OrderStage): void {
    order.stage = stage;
    order.cancelPending = false;
    order.completedAt = this.#floor.now;
    this.#floor.store.retire(order);
  }
}
