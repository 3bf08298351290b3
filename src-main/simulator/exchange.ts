import { assert, present } from '#domain/assert';
import {
  childrenToActivate,
  fillableSharesOf,
  sizeWithoutParent,
  type BracketChildren,
} from '#simulator/bracket-rules';
import { unitsOf, UNITS_PER_ONE } from '#simulator/fixed';
import { ALL_INSTRUMENTS, instrumentsOf, type SimulatedInstrument } from '#simulator/instruments';
import { isTriggered, tradePriceOf } from '#simulator/matching';
import { ocaConsequences } from '#simulator/oca-rules';
import {
  cancelRefusal,
  fundsRejection,
  rejectedBecause,
  checkModification,
  checkRequest,
  missingParent,
  type CheckedRequest,
} from '#simulator/order-checks';
import type { ExchangeEvent, ExchangeOptions, SteeredFill, SteeredPrice } from '#simulator/exchange-types';
import { OrderStore } from '#simulator/order-store';
import { commissionOf, Portfolio, type AccountFigures, type Holding } from '#simulator/portfolio';
import { QuoteBoard, type Quote } from '#simulator/quote-board';
import { createRandom } from '#simulator/random';
import { isOpen, openSpans, type SessionKind } from '#simulator/session-calendar';
import {
  isFinal,
  remainingOf,
  statusTextOf,
  type OrderKey,
  type OrderRequest,
  type OrderStage,
  type Rejection,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';

const ACCOUNT = 'DU1234567';
const STARTING_CASH_DOLLARS = 1_000_000;
const TICK_INTERVAL_MS = 250;
/** A longer sleep of the host skips market time instead of replaying it. */
const STEPS_PER_ADVANCE_MAX = 2_000;
const FIRST_PERM_ID = 1_900_000_001;
const FIRST_EXECUTION_NUMBER = 0x66000001;
const CANCELLED: Rejection = { code: 202, text: 'Order Canceled - reason:' };

/** The simulated broker and the market behind it. Time comes in by `advanceTo`; what happens goes out as events. */
export class Exchange {
  readonly account: string;
  readonly session: SessionKind;
  readonly instruments: readonly SimulatedInstrument[];
  readonly #board: QuoteBoard;
  readonly #portfolio: Portfolio;
  readonly #store = new OrderStore();
  readonly #bracketChildren: BracketChildren;
  readonly #intervalMs: number;
  readonly #speed: number;
  readonly #bySymbol: ReadonlyMap<string, SimulatedInstrument>;
  readonly #byConId: ReadonlyMap<number, SimulatedInstrument>;
  readonly #listeners = new Set<(event: ExchangeEvent) => void>();
  /** Stocks whose orders have to be looked at. */
  readonly #toMatch = new Set<number>();
  #now: number;
  #openBefore: number;
  #nextStepAt: number;
  #nextPermId = FIRST_PERM_ID;
  #nextExecutionNumber = FIRST_EXECUTION_NUMBER;

  constructor(options: ExchangeOptions) {
    this.account = options.account ?? ACCOUNT;
    this.session = options.session ?? 'always-open';
    this.instruments = instrumentsOf(options.symbols ?? ALL_INSTRUMENTS.length);
    this.#board = new QuoteBoard(this.instruments, createRandom(options.seed));
    this.#portfolio = new Portfolio((options.startingCash ?? STARTING_CASH_DOLLARS) * UNITS_PER_ONE);
    this.#bracketChildren = options.bracketChildren ?? 'pro-rata';
    this.#intervalMs = options.tickIntervalMs ?? TICK_INTERVAL_MS;
    this.#speed = options.speed ?? 1;
    this.#bySymbol = new Map(this.instruments.map((instrument) => [instrument.symbol, instrument]));
    this.#byConId = new Map(this.instruments.map((instrument) => [instrument.conId, instrument]));
    this.#now = options.startAt;
    this.#nextStepAt = options.startAt + this.#intervalMs;
    this.#openBefore = openSpans(this.session, this.#now);
  }

  /** The moment the market has reached. */
  get now(): number {
    return this.#now;
  }

  /** Hears every event from now on. @returns the call that stops it. */
  subscribe(listener: (event: ExchangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Lets the market live until `at`; a moment in the past changes nothing. */
  advanceTo(at: number): void {
    const due = Math.floor((at - this.#nextStepAt) / this.#intervalMs) + 1;
    if (due > STEPS_PER_ADVANCE_MAX) this.#nextStepAt += (due - STEPS_PER_ADVANCE_MAX) * this.#intervalMs;
    while (this.#nextStepAt <= at) {
      this.#now = this.#nextStepAt;
      this.#nextStepAt += this.#intervalMs;
      this.#step();
    }
    this.#now = Math.max(this.#now, at);
  }

  /** The instrument with `conId`, or with `symbol` when conId is 0. */
  find(conId: number, symbol: string): SimulatedInstrument | undefined {
    return conId === 0 ? this.#bySymbol.get(symbol) : this.#byConId.get(conId);
  }

  quoteOf(instrument: SimulatedInstrument): Quote {
    return this.#board.quoteOf(instrument.index);
  }

  /** Every order kept, oldest first: the live ones and the last final ones. */
  orders(): readonly SimulatedOrder[] {
    return this.#store.all();
  }

  order(key: OrderKey): SimulatedOrder | undefined {
    return this.#store.get(key);
  }

  /** The executions kept, oldest first. */
  executions(): readonly SimulatedExecution[] {
    return this.#store.executions();
  }

  /** Every stock that was ever held. */
  holdings(): readonly Holding[] {
    return this.#portfolio.holdings();
  }

  holdingOf(instrument: SimulatedInstrument): Holding {
    return this.#portfolio.holdingOf(instrument);
  }

  /** The account valued at the last trades. */
  figures(): AccountFigures {
    return this.#portfolio.figures((instrument) => this.quoteOf(instrument).last);
  }

  /** TWS's word for where `order` stands now. */
  statusOf(order: SimulatedOrder): string {
    return statusTextOf(order, this.#isOpenFor(order));
  }

  /** The first order id no client has used. */
  nextOrderId(): number {
    return this.#store.nextId();
  }

  /**
   * Places a new order or changes a live one: TWS has one message for both. Answers come as events.
   * @param rejection a fault: what a new order ends with the moment it is transmitted, or why a change is refused.
   */
  place(request: OrderRequest, rejection?: Rejection): void {
    const existing = this.#store.get(request);
    const refusal =
      existing === undefined ? this.#enter(request, rejection) : (rejection ?? this.#modify(existing, request));
    this.#store.noteId(request);
    if (refusal !== undefined) this.#emitError(request, refusal);
    this.#settle();
    this.#endImmediate(this.#store.get(request));
  }

  /** Cancels an order; with `confirmed` false the broker takes note and leaves it working until `completeCancel`. */
  cancel(key: OrderKey, confirmed = true): void {
    const order = this.#store.get(key);
    const refusal = cancelRefusal(key, order, (it) => this.statusOf(it));
    if (refusal !== undefined) {
      this.#emitError(key, refusal);
      return;
    }
    const live = present(order, 'order to cancel');
    if (confirmed) {
      this.#end(live, live.stage === 'held' ? 'api-cancelled' : 'cancelled', CANCELLED);
    } else {
      live.cancelPending = true;
      this.#emitOrder(live, 'changed');
    }
  }

  /** Does a cancel that was left pending, unless a fill came first. */
  completeCancel(key: OrderKey): void {
    const order = this.#store.get(key);
    if (order?.cancelPending === true && !isFinal(order)) this.#end(order, 'cancelled', CANCELLED);
  }

  /** Cancels every order of the account, of all clients. */
  cancelAll(): void {
    for (const order of this.#store.all()) if (!isFinal(order)) this.#end(order, 'cancelled', CANCELLED);
  }

  /** Pins the price of a stock: its walk stops until `releasePrice`. @throws InvariantError for a bad price. */
  setPrice(symbol: string, price: SteeredPrice): void {
    const instrument = this.#instrument(symbol);
    this.#board.pin(instrument.index, {
      bid: unitsOf(price.bid),
      ask: unitsOf(price.ask),
      last: price.last === undefined ? undefined : unitsOf(price.last),
      bidSize: price.bidSize,
      askSize: price.askSize,
    });
    this.#quoteChanged(instrument);
    this.#settle();
  }

  /** Lets the walk of a stock go on from its pinned price. */
  releasePrice(symbol: string): void {
    this.#board.unpin(this.#instrument(symbol).index);
  }

  /** Fills a live order whatever the market says. @throws InvariantError when it has not that much left. */
  fill(key: OrderKey, { shares, price, ignoringOca = false }: SteeredFill): void {
    const order = this.#liveOrder(key);
    assert(shares > 0 && shares <= remainingOf(order), 'a steered fill is within what is left of the order');
    this.#fill(order, shares, unitsOf(price), { addedLiquidity: true, ignoringOca });
    this.#settle();
  }

  /** Rejects a live order after it was accepted. @throws InvariantError when it is not live. */
  reject(key: OrderKey, text: string): void {
    this.#end(this.#liveOrder(key), 'inactive', rejectedBecause(text));
  }

  #enter(request: OrderRequest, rejection: Rejection | undefined): Rejection | undefined {
    if (!this.#store.isFree(request)) return { code: 103, text: 'Duplicate order id' };
    const instrument = this.find(request.conId, request.symbol);
    if (instrument === undefined) return { code: 200, text: 'No security definition has been found for the request' };
    const checked = checkRequest(request, instrument);
    if (!checked.ok) return checked.error;
    const parent = this.#store.get({ clientId: request.clientId, orderId: request.parentId });
    if (request.parentId !== 0 && parent === undefined) {
      this.#store.allowRetry(request);
      return { code: 10006, text: 'Missing parent order.' };
    }
    if (parent !== undefined && isFinal(parent)) return missingParent(request.parentId);
    const order = this.#create(request, checked.value, instrument, parent, rejection);
    this.#store.add(order);
    if (request.transmit) this.#transmit(order);
    return undefined;
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
      bound: true,
      // An attached order has the size of its parent, whatever it asks for (stoqey/ib issue 254).
      terms: parent === undefined ? terms : { ...terms, quantity: parent.terms.quantity },
      stage: 'held',
      oca: undefined,
      filled: 0,
      reduced: 0,
      filledValue: 0,
      lastFillPrice: 0,
      commission: 0,
      triggered: orderType !== 'STP',
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
    const { parent, requestedOca } = order;
    const { shares } = this.holdingOf(order.instrument);
    const { last } = this.quoteOf(order.instrument);
    const cause = order.rejection ?? fundsRejection(order, shares, last, this.figures().buyingPower);
    if (cause !== undefined) {
      this.#end(order, 'inactive', cause);
      return;
    }
    order.stage = parent === undefined ? 'working' : 'waiting';
    this.#store.goLive(order);
    if (requestedOca !== undefined) this.#store.join(order, requestedOca);
    this.#emitOrder(order, 'new');
    this.#toMatch.add(order.instrument.index);
    if (parent !== undefined) this.#activateChildren(parent);
  }

  #modify(order: SimulatedOrder, request: OrderRequest): Rejection | undefined {
    if (order.stage === 'filled') return { code: 104, text: 'Cannot modify a filled order.' };
    if (isFinal(order)) return { code: 103, text: 'Duplicate order id' };
    if (order.cancelPending) return { code: 161, text: 'Cancel attempted when order is not in a cancellable state.' };
    const checked = checkRequest(request, order.instrument);
    const refusal = checked.ok ? checkModification(order, request, checked.value) : checked.error;
    if (!checked.ok || refusal !== undefined) return refusal;
    const { terms } = checked.value;
    const attached = order.parent !== undefined && !isFinal(order.parent);
    this.#setTerms(order, attached ? { ...terms, quantity: order.terms.quantity } : terms);
    for (const child of order.children) {
      if (isFinal(child)) continue;
      this.#setTerms(child, { ...child.terms, quantity: order.terms.quantity - child.reduced });
    }
    if (order.stage === 'held' && request.transmit) this.#transmit(order);
    return undefined;
  }

  #setTerms(order: SimulatedOrder, terms: SimulatedOrder['terms']): void {
    order.terms = terms;
    if (order.stage === 'held') return;
    this.#emitOrder(order, 'changed');
    this.#toMatch.add(order.instrument.index);
  }

  #step(): void {
    this.#followSession();
    if (!isOpen(this.session, 'trading', this.#now)) return;
    for (const index of this.#board.step((this.#intervalMs / 1000) * this.#speed)) {
      this.#emit({ kind: 'quote', instrument: present(this.instruments[index], 'instrument') });
    }
    // Sizes are renewed at each step, so what a fill exhausted may go on even at an unchanged price.
    for (const index of this.#store.stocksWithLiveOrders()) this.#toMatch.add(index);
    this.#settle();
  }

  /** Tells what the opening or closing of the market does to the orders that wait for it. */
  #followSession(): void {
    const opened = openSpans(this.session, this.#now);
    if (opened === this.#openBefore) return;
    this.#openBefore = opened;
    for (const index of this.#store.stocksWithLiveOrders()) {
      for (const order of this.#store.liveOn(index)) this.#emitOrder(order, 'changed');
    }
  }

  /** Looks at the orders of every stock that changed, until nothing more happens. */
  #settle(): void {
    for (const index of this.#toMatch) {
      this.#toMatch.delete(index);
      for (const order of this.#store.liveOn(index)) this.#match(order);
    }
  }

  #match(order: SimulatedOrder): void {
    if (order.stage !== 'working' || !this.#isOpenFor(order)) return;
    const quote = this.quoteOf(order.instrument);
    if (!order.triggered) {
      if (fillableSharesOf(order) === 0 || !isTriggered(order, quote)) return;
      order.triggered = true;
      this.#emitOrder(order, 'changed');
    }
    const price = tradePriceOf(order, quote);
    const shares = Math.min(fillableSharesOf(order), this.#board.displayedTo(order.action, order.instrument.index));
    if (price === undefined || shares === 0) return;
    this.#board.take(order.action, order.instrument.index, shares, price);
    this.#fill(order, shares, price, { addedLiquidity: false, ignoringOca: false });
    this.#quoteChanged(order.instrument);
  }

  #fill(
    order: SimulatedOrder,
    shares: number,
    price: number,
    how: { readonly addedLiquidity: boolean; readonly ignoringOca: boolean },
  ): void {
    const commission = commissionOf(order.filled + shares) - order.commission;
    order.filled += shares;
    order.filledValue += shares * price;
    order.lastFillPrice = price;
    order.commission += commission;
    const done = remainingOf(order) === 0;
    if (done) this.#finish(order, 'filled');
    const execution: SimulatedExecution = {
      execId: `0000e0d5.${this.#nextExecutionNumber.toString(16)}.01.01`,
      order,
      at: this.#now,
      shares,
      price,
      cumulativeShares: order.filled,
      cumulativeValue: order.filledValue,
      addedLiquidity: how.addedLiquidity,
      commission,
      realizedPnl: this.#portfolio.book(order.instrument, order.action, shares, price, commission),
    };
    this.#nextExecutionNumber += 1;
    this.#store.addExecution(execution);
    this.#emit({ kind: 'execution', execution });
    this.#emitOrder(order, 'fill');
    this.#emit({ kind: 'commission', execution });
    if (order.oca !== undefined && !how.ignoringOca) this.#applyOca(order, shares);
    this.#activateChildren(order);
  }

  #applyOca(filled: SimulatedOrder, shares: number): void {
    const oca = present(filled.oca, 'OCA group');
    for (const consequence of ocaConsequences(filled, shares, oca.type, this.#store.membersOf(oca))) {
      const { order } = consequence;
      if (consequence.kind === 'cancel') {
        this.#end(order, 'cancelled', CANCELLED);
      } else {
        order.reduced += consequence.shares;
        this.#setTerms(order, { ...order.terms, quantity: order.terms.quantity - consequence.shares });
      }
    }
  }

  #activateChildren(parent: SimulatedOrder): void {
    const activated = childrenToActivate(parent, this.#bracketChildren);
    const ungrouped = parent.children.filter((child) => !isFinal(child) && child.requestedOca === undefined);
    for (const child of activated) {
      child.stage = 'working';
      // TWS itself ties the attached orders together, so that one exit takes the other with it.
      if (child.requestedOca === undefined && ungrouped.length > 1) {
        this.#store.join(child, { group: String(parent.permId), type: 2 });
      }
      this.#emitOrder(child, 'changed');
    }
    if (parent.children.length > 0) this.#toMatch.add(parent.instrument.index);
  }

  /** Ends an order that is not filled, tells why, and lets its attached orders follow. */
  /** Immediate or cancel: what has not filled at once is over, for an order and for the parent that it released. */
  #endImmediate(order: SimulatedOrder | undefined): void {
    for (const it of [order, order?.parent]) {
      if (it?.stage === 'working' && it.terms.tif === 'IOC') this.#end(it, 'cancelled', CANCELLED);
    }
  }

  #end(order: SimulatedOrder, stage: OrderStage, cause: Rejection): void {
    this.#finish(order, stage);
    this.#emitOrder(order, 'ended');
    this.#emitError(order, cause);
    for (const child of order.children) {
      if (isFinal(child)) continue;
      const size = order.filled === 0 ? 0 : sizeWithoutParent(child, order, this.#bracketChildren);
      if (size === 0) this.#end(child, 'cancelled', CANCELLED);
      else this.#setTerms(child, { ...child.terms, quantity: size });
    }
  }

  #finish(order: SimulatedOrder, stage: OrderStage): void {
    order.stage = stage;
    order.cancelPending = false;
    order.completedAt = this.#now;
    this.#store.retire(order);
  }

  #isOpenFor({ outsideRth }: SimulatedOrder): boolean {
    return isOpen(this.session, outsideRth ? 'trading' : 'liquid', this.#now);
  }

  #instrument(symbol: string): SimulatedInstrument {
    return present(this.#bySymbol.get(symbol), `instrument ${symbol}`);
  }

  #liveOrder(key: OrderKey): SimulatedOrder {
    const order = present(this.#store.get(key), 'order');
    assert(!isFinal(order) && order.stage !== 'held', 'only an order that is live can be steered');
    return order;
  }

  #quoteChanged(instrument: SimulatedInstrument): void {
    this.#emit({ kind: 'quote', instrument });
    this.#toMatch.add(instrument.index);
  }

  #emitOrder(order: SimulatedOrder, why: 'new' | 'fill' | 'changed' | 'ended'): void {
    this.#emit({ kind: 'order', order, why });
  }

  #emitError({ clientId, orderId }: OrderKey, rejection: Rejection): void {
    this.#emit({ kind: 'order-error', key: { clientId, orderId }, rejection });
  }

  #emit(event: ExchangeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
