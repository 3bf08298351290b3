import { assert, present } from '#domain/assert';
import { err, ok, type Result } from '#domain/result';
import { watchConditions } from '#simulator/condition-rules';
import type { ExchangeFloor } from '#simulator/exchange-floor';
import type { SimulatedInstrument } from '#simulator/instruments';
import { fundsRejection, whatIfFigures, type WhatIfFigures } from '#simulator/margin';
import { isStop, isTrailing } from '#simulator/matching';
import {
  cancelRefusal,
  checkModification,
  checkRequest,
  crowdRejection,
  type CheckedRequest,
} from '#simulator/order-checks';
import type { OrderLifecycle } from '#simulator/order-lifecycle';
import type { OrderMatching } from '#simulator/order-matching';
import { CANCELLED, missingParent } from '#simulator/order-refusals';
import type { TrailChange } from '#simulator/readings';
import {
  isFinal,
  type OrderInstruction,
  type OrderKey,
  type OrderRequest,
  type OrderTerms,
  type Rejection,
  type SimulatedOrder,
} from '#simulator/simulated-order';

const FIRST_PERM_ID = 1_900_000_001;
/** Orders entered by hand in TWS count down from here. */
const FIRST_MANUAL_ORDER_ID = -2;
/** The client that TWS's own orders belong to. */
const MANUAL_CLIENT_ID = 0;

const NO_SECURITY: Rejection = { code: 200, text: 'No security definition has been found for the request' };
const DUPLICATE_ID: Rejection = { code: 103, text: 'Duplicate order id' };

/** How orders come in, are changed, and are called back. */
export class OrderEntry {
  readonly #floor: ExchangeFloor;
  readonly #lifecycle: OrderLifecycle;
  readonly #matching: OrderMatching;
  #nextPermId = FIRST_PERM_ID;
  #nextManualOrderId = FIRST_MANUAL_ORDER_ID;
  #bindingManualOrders = false;

  constructor(floor: ExchangeFloor, lifecycle: OrderLifecycle, matching: OrderMatching) {
    this.#floor = floor;
    this.#lifecycle = lifecycle;
    this.#matching = matching;
  }

  place(request: OrderRequest, rejection: Rejection | undefined): void {
    const existing = this.#existing(request);
    const refusal =
      existing === undefined ? this.#enterNew(request, rejection) : (rejection ?? this.#modify(existing, request));
    this.#floor.store.noteId(request);
    if (refusal !== undefined) this.#floor.emitError(request, refusal);
    this.#matching.settle();
    this.#matching.endImmediate(this.#floor.store.get(request));
  }

  placeByHand(instruction: OrderInstruction): SimulatedOrder {
    const key = { clientId: MANUAL_CLIENT_ID, orderId: this.#nextManualOrderId };
    this.#nextManualOrderId -= 1;
    const refusal = this.#enter({ ...instruction, ...key }, undefined);
    assert(refusal === undefined, `TWS takes an order entered by hand: ${refusal?.text ?? ''}`);
    const order = present(this.#floor.store.get(key), 'order entered by hand');
    this.#matching.settle();
    this.#matching.endImmediate(order);
    return order;
  }

  bindManualOrders(): readonly SimulatedOrder[] {
    const unbound = this.#floor.store.all().filter((order) => !order.bound && !isFinal(order));
    for (const order of unbound) order.bound = true;
    return unbound;
  }

  setAutoBinding(on: boolean): void {
    this.#bindingManualOrders = on;
  }

  whatIf(request: OrderRequest): Result<WhatIfFigures, Rejection> {
    const prepared = this.#floor.store.isFree(request) ? this.#prepare(request, undefined) : err(DUPLICATE_ID);
    this.#floor.store.noteId(request);
    if (!prepared.ok) return prepared;
    return ok(whatIfFigures(this.#floor, prepared.value));
  }

  cancel(key: OrderKey, confirmed: boolean): void {
    const order = this.#floor.store.get(key);
    const refusal = cancelRefusal(key, order, (it) => this.#floor.statusOf(it));
    if (refusal !== undefined) {
      this.#floor.emitError(key, refusal);
      return;
    }
    const live = present(order, 'order to cancel');
    if (confirmed) {
      this.#lifecycle.cancel(live);
    } else {
      live.cancelPending = true;
      this.#floor.emitOrder(live, 'changed');
    }
  }

  completeCancel(key: OrderKey): void {
    const order = this.#floor.store.get(key);
    if (order?.cancelPending === true && !isFinal(order)) this.#lifecycle.end(order, 'cancelled', CANCELLED);
  }

  cancelAll(): void {
    for (const order of this.#floor.store.all()) {
      if (!isFinal(order)) this.#lifecycle.end(order, 'cancelled', CANCELLED);
    }
  }

  /** The order a request changes. An id that was rolled back does not mean the order that had it before and is done. */
  #existing(request: OrderRequest): SimulatedOrder | undefined {
    const order = this.#floor.store.get(request);
    return order !== undefined && isFinal(order) && this.#floor.store.isFree(request) ? undefined : order;
  }

  #enterNew(request: OrderRequest, rejection: Rejection | undefined): Rejection | undefined {
    return this.#floor.store.isFree(request) ? this.#enter(request, rejection) : DUPLICATE_ID;
  }

  #enter(request: OrderRequest, rejection: Rejection | undefined): Rejection | undefined {
    const prepared = this.#prepare(request, rejection);
    if (!prepared.ok) return prepared.error;
    const order = prepared.value;
    const watches = watchConditions(order.conditions, this.#floor);
    if (!watches.ok) return watches.error;
    this.#floor.store.add(order);
    this.#matching.watch(order, watches.value);
    if (request.transmit) this.#transmit(order);
    return undefined;
  }

  /** The order that a request for a new one asks for, checked and not yet entered. */
  #prepare(request: OrderRequest, rejection: Rejection | undefined): Result<SimulatedOrder, Rejection> {
    const { store } = this.#floor;
    const { clientId, parentId } = request;
    const instrument = this.#floor.find(request.conId, request.symbol);
    if (instrument === undefined) return err(NO_SECURITY);
    const checked = checkRequest(request, this.#placeOf(instrument));
    if (!checked.ok) return checked;
    const parent = store.get({ clientId, orderId: parentId });
    if (parentId !== 0 && parent === undefined) {
      store.allowRetry(request);
      return err({ code: 10006, text: 'Missing parent order.' });
    }
    if (parent !== undefined && isFinal(parent)) return err(missingParent(parentId));
    return ok(this.#create(request, checked.value, instrument, parent, rejection));
  }

  #create(
    request: OrderRequest,
    { action, orderType, terms, oca }: CheckedRequest,
    instrument: SimulatedInstrument,
    parent: SimulatedOrder | undefined,
    rejection: Rejection | undefined,
  ): SimulatedOrder {
    const { clientId, orderId, orderRef, outsideRth, triggerMethod } = request;
    const { conditions, conditionsIgnoreRth, conditionsCancelOrder } = request;
    const permId = this.#nextPermId;
    this.#nextPermId += 1;
    return {
      ...{ clientId, orderId, permId, instrument, action, orderType, orderRef, outsideRth, triggerMethod, parent },
      children: [],
      requestedOca: oca,
      ...{ conditions, conditionsIgnoreRth, conditionsCancelOrder },
      bound: orderId >= 0 || this.#bindingManualOrders,
      // An attached order has the size of its parent, whatever it asks for (stoqey/ib issue 254).
      terms: parent === undefined ? terms : { ...terms, quantity: parent.terms.quantity },
      stage: 'held',
      oca: undefined,
      filled: 0,
      reduced: 0,
      filledValue: 0,
      lastFillPrice: 0,
      commission: 0,
      awaitsConditions: conditions.length > 0 && !conditionsCancelOrder,
      expiresAt: Infinity,
      triggered: !isStop(orderType),
      sighting: undefined,
      cancelPending: false,
      rejection,
      completedAt: 0,
    };
  }

  /** Sends an order, and with it its parent and its parent's other children if they were held back. */
  #transmit(order: SimulatedOrder): void {
    const family = order.parent === undefined ? [order] : [order.parent, ...order.parent.children];
    for (const member of family) if (member.stage === 'held') this.#release(member);
  }

  #release(order: SimulatedOrder): void {
    const cause =
      order.rejection ??
      crowdRejection(order, this.#floor.store.liveOn(order.instrument.index)) ??
      fundsRejection(this.#floor, order);
    if (cause !== undefined) {
      this.#lifecycle.end(order, 'inactive', cause);
      return;
    }
    this.#lifecycle.start(order);
    this.#matching.startClock(order);
  }

  #modify(order: SimulatedOrder, request: OrderRequest): Rejection | undefined {
    if (order.stage === 'filled') return { code: 104, text: 'Cannot modify a filled order.' };
    if (isFinal(order)) return DUPLICATE_ID;
    if (order.cancelPending) return { code: 161, text: 'Cancel attempted when order is not in a cancellable state.' };
    const checked = checkRequest(request, this.#placeOf(order.instrument));
    const refusal = checked.ok ? checkModification(order, request, checked.value) : checked.error;
    if (!checked.ok || refusal !== undefined) return refusal;
    const terms = withStopKept(order, checked.value.terms, this.#floor.readings.trailChange);
    const attached = order.parent !== undefined && !isFinal(order.parent);
    this.#lifecycle.change(order, attached ? { ...terms, quantity: order.terms.quantity } : terms);
    for (const child of order.children) {
      if (isFinal(child)) continue;
      this.#lifecycle.change(child, { ...child.terms, quantity: order.terms.quantity - child.reduced });
    }
    if (order.stage === 'held' && request.transmit) this.#transmit(order);
    else this.#matching.startClock(order);
    return undefined;
  }

  #placeOf(instrument: SimulatedInstrument): Parameters<typeof checkRequest>[1] {
    return { instrument, zone: this.#floor.hours.zoneOf(instrument), now: this.#floor.now };
  }
}

/**
 * What a change leaves as it is. Without a stop price a trailing stop stays where it is, unless the trail is another, or
 * IBKR is read so: then it starts anew from the market. Once it has triggered, stop and limit stand unless a limit price
 * is named.
 */
function withStopKept(
  { orderType, triggered, terms: old }: SimulatedOrder,
  terms: OrderTerms,
  trailChange: TrailChange,
): OrderTerms {
  if (!isTrailing(orderType)) return terms;
  if (triggered) {
    return {
      ...terms,
      trailStopPrice: old.trailStopPrice,
      limitPrice: terms.limitPrice === 0 ? old.limitPrice : terms.limitPrice,
    };
  }
  const sameTrail = terms.trailingAmount === old.trailingAmount && terms.trailingPercent === old.trailingPercent;
  const keeps = sameTrail && trailChange === 'keeps-stop';
  return terms.trailStopPrice === 0 && keeps ? { ...terms, trailStopPrice: old.trailStopPrice } : terms;
}
