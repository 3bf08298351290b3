import { present } from '#domain/assert';
import type { Result } from '#domain/result';
import { ExchangeFloor } from '#simulator/exchange-floor';
import { ExchangeSteering } from '#simulator/exchange-steering';
import type {
  Correction,
  ExchangeEvent,
  ExchangeOptions,
  Split,
  SteeredFill,
  SteeredPrice,
} from '#simulator/exchange-types';
import { History } from '#simulator/history';
import type { Holding } from '#simulator/holding-ledger';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { WhatIfFigures } from '#simulator/margin';
import { OrderEntry } from '#simulator/order-entry';
import { OrderLifecycle } from '#simulator/order-lifecycle';
import { OrderMatching } from '#simulator/order-matching';
import type { AccountFigures, CurrencyFigures } from '#simulator/portfolio';
import type { Quote } from '#simulator/quote-board';
import type { Readings } from '#simulator/readings';
import type { SessionKind } from '#simulator/session-calendar';
import {
  isFinal,
  type OrderInstruction,
  type OrderKey,
  type OrderRequest,
  type Rejection,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';

const TICK_INTERVAL_MS = 250;
/** A longer sleep of the host skips market time instead of replaying it. */
const STEPS_PER_ADVANCE_MAX = 2_000;

/** The simulated broker and the market behind it. Time comes in by `advanceTo`; what happens goes out as events. */
export class Exchange {
  readonly account: string;
  readonly session: SessionKind;
  readonly instruments: readonly SimulatedInstrument[];
  /** What was traded so far, as bars. */
  readonly history: History;
  readonly #floor: ExchangeFloor;
  readonly #matching: OrderMatching;
  readonly #entry: OrderEntry;
  readonly #steering: ExchangeSteering;
  readonly #intervalMs: number;
  readonly #speed: number;
  #nextStepAt: number;
  #dayEndsAt: number;

  constructor(options: ExchangeOptions) {
    this.#floor = new ExchangeFloor(options);
    const lifecycle = new OrderLifecycle(this.#floor);
    this.#matching = new OrderMatching(this.#floor, lifecycle);
    this.#entry = new OrderEntry(this.#floor, lifecycle, this.#matching);
    this.#steering = new ExchangeSteering(this.#floor, lifecycle, this.#matching);
    this.account = this.#floor.account;
    this.session = this.#floor.hours.kind;
    this.instruments = this.#floor.instruments;
    const { seed, startAt, prices } = options;
    this.history = new History({ seed, startAt, session: this.session, prices }, this.instruments, (it) =>
      this.quoteOf(it),
    );
    this.#floor.subscribe((event) => {
      if (event.kind === 'quote') this.history.record(event.instrument, this.quoteOf(event.instrument), this.now);
    });
    this.#intervalMs = options.tickIntervalMs ?? TICK_INTERVAL_MS;
    this.#speed = options.speed ?? 1;
    this.#nextStepAt = options.startAt + this.#intervalMs;
    this.#dayEndsAt = this.#floor.hours.endOfDay(options.startAt);
  }

  /** The moment the market has reached. */
  get now(): number {
    return this.#floor.now;
  }

  /** Hears every event from now on. @returns the call that stops it. */
  subscribe(listener: (event: ExchangeEvent) => void): () => void {
    return this.#floor.subscribe(listener);
  }

  /** Lets the market live until `at`; a moment in the past changes nothing. */
  advanceTo(at: number): void {
    const due = Math.floor((at - this.#nextStepAt) / this.#intervalMs) + 1;
    if (due > STEPS_PER_ADVANCE_MAX) this.#nextStepAt += (due - STEPS_PER_ADVANCE_MAX) * this.#intervalMs;
    while (this.#nextStepAt <= at) {
      this.#floor.now = this.#nextStepAt;
      this.#nextStepAt += this.#intervalMs;
      this.#step();
    }
    this.#floor.now = Math.max(this.#floor.now, at);
  }

  /** The instrument with `conId`, or with `symbol` when conId is 0: the stock, where several have that symbol. */
  find(conId: number, symbol: string): SimulatedInstrument | undefined {
    return this.#floor.find(conId, symbol);
  }

  quoteOf(instrument: SimulatedInstrument): Quote {
    return this.#floor.quoteOf(instrument);
  }

  isHalted(instrument: SimulatedInstrument): boolean {
    return this.#floor.halted.has(instrument.index);
  }

  /** Every order kept, oldest first: the live ones and the last final ones. */
  orders(): readonly SimulatedOrder[] {
    return this.#floor.store.all();
  }

  /** The orders that ended today, oldest first: what TWS reports as completed. */
  completedOrdersOfDay(): readonly SimulatedOrder[] {
    const midnight = this.#floor.hours.startOfDay(this.now);
    return this.orders().filter((order) => isFinal(order) && order.completedAt >= midnight);
  }

  order(key: OrderKey): SimulatedOrder | undefined {
    return this.#floor.store.get(key);
  }

  /** The executions kept, oldest first; a correction follows what it corrects. */
  executions(): readonly SimulatedExecution[] {
    return this.#floor.store.executions();
  }

  /** The executions since midnight in New York: what TWS reports. */
  executionsOfDay(): readonly SimulatedExecution[] {
    const midnight = this.#floor.hours.startOfDay(this.now);
    return this.executions().filter(({ at }) => at >= midnight);
  }

  /** Everything that was ever held. */
  holdings(): readonly Holding[] {
    return this.#floor.portfolio.holdings();
  }

  holdingOf(instrument: SimulatedInstrument): Holding {
    return this.#floor.portfolio.holdingOf(instrument);
  }

  /** Gain of one instrument since midnight in New York, in units of its own currency. */
  dailyPnlOf(instrument: SimulatedInstrument): number {
    return this.#floor.portfolio.dailyPnlOf(instrument, this.#floor.markOf(instrument));
  }

  /** The account in dollars, valued at the last trades. */
  figures(): AccountFigures {
    return this.#floor.figures();
  }

  /** The account by currency, dollars first. */
  currencies(): readonly CurrencyFigures[] {
    return this.#floor.portfolio.currencies(this.#floor);
  }

  /** Units of 0.0001 dollar for one of `currency`. @throws InvariantError for a currency that nothing trades in. */
  rateOf(currency: string): number {
    return this.#floor.rateOf(currency);
  }

  /** TWS's word for where `order` stands now. */
  statusOf(order: SimulatedOrder): string {
    return this.#floor.statusOf(order);
  }

  /** The first order id no client has used. */
  nextOrderId(): number {
    return this.#floor.store.nextId();
  }

  /**
   * Places a new order or changes a live one: TWS has one message for both. Answers come as events.
   * @param rejection a fault: what a new order ends with the moment it is transmitted, or why a change is refused.
   */
  place(request: OrderRequest, rejection?: Rejection): void {
    this.#entry.place(request, rejection);
  }

  /** What an order would do to the account. Nothing is entered, but the order id is used up. */
  whatIf(request: OrderRequest): Result<WhatIfFigures, Rejection> {
    return this.#entry.whatIf(request);
  }

  /** Enters an order by hand in TWS itself. @throws InvariantError when TWS would not take it. */
  placeByHand(instruction: OrderInstruction): SimulatedOrder {
    return this.#entry.placeByHand(instruction);
  }

  /** Binds the live orders entered by hand to client 0. @returns those that were not bound before. */
  bindManualOrders(): readonly SimulatedOrder[] {
    return this.#entry.bindManualOrders();
  }

  /** Whether orders entered by hand from now on are bound at once. */
  setAutoBinding(on: boolean): void {
    this.#entry.setAutoBinding(on);
  }

  /** Cancels an order; with `confirmed` false the broker takes note and leaves it working until `completeCancel`. */
  cancel(key: OrderKey, confirmed = true): void {
    this.#entry.cancel(key, confirmed);
  }

  /** Does a cancel that was left pending, unless a fill came first. */
  completeCancel(key: OrderKey): void {
    this.#entry.completeCancel(key);
  }

  /** Cancels every order of the account, of all clients. */
  cancelAll(): void {
    this.#entry.cancelAll();
  }

  /** Pins the price of an instrument: its walk stops until `releasePrice`. @throws InvariantError for a bad price. */
  setPrice(symbol: string, price: SteeredPrice): void {
    this.#steering.setPrice(symbol, price);
  }

  /** Lets the walk of an instrument go on from its pinned price. */
  releasePrice(symbol: string): void {
    this.#floor.board.unpin(this.#floor.instrument(symbol).index);
  }

  /** Moves the price at once, without a trade in between; it walks on from there, or stays pinned there. */
  gap(symbol: string, percent: number): void {
    this.#steering.gap(symbol, percent);
  }

  /**
   * Displays no more than so many shares on a side, renewed at each tick: larger orders fill in parts.
   * @param sharesPerTick left out: as many as the market has again.
   */
  limitLiquidity(symbol: string, sharesPerTick?: number): void {
    this.#steering.limitLiquidity(symbol, sharesPerTick);
  }

  /** Stops the trading of an instrument: its quote stays, its orders rest. */
  halt(symbol: string): void {
    this.#steering.setHalted(symbol, true);
  }

  /** Lets a halted instrument trade on from where it stood. */
  resume(symbol: string): void {
    this.#steering.setHalted(symbol, false);
  }

  /** Closes every market whatever the hour says: the day's orders expire, the others wait, quotes stand still. */
  closeMarket(): void {
    this.#steering.setMarketClosed(true);
  }

  /** Lets the markets follow their hours again. */
  openMarket(): void {
    this.#steering.setMarketClosed(false);
  }

  /** Splits a stock: position, prices and the day's figures follow, its orders are cancelled. */
  split(symbol: string, split: Split): void {
    this.history.split(this.#floor.instrument(symbol), split.from, split.to);
    this.#steering.split(symbol, split);
  }

  /** Shares come into the account, or leave it when negative, without an execution. */
  transfer(symbol: string, shares: number): void {
    this.#steering.transfer(symbol, shares);
  }

  /** Fills a live order whatever the market says. @throws InvariantError when it has not that much left. */
  fill(key: OrderKey, fill: SteeredFill): void {
    this.#steering.fill(key, fill);
  }

  /** Corrects an execution. @returns the new version. @throws InvariantError when there is none such. */
  correct(execId: string, correction: Correction): SimulatedExecution {
    return this.#steering.correct(execId, correction);
  }

  /** Rejects a live order after it was accepted. @throws InvariantError when it is not live. */
  reject(key: OrderKey, text: string): void {
    this.#steering.reject(key, text);
  }

  /** A trade at `last`, whatever the market says, with bid and ask one tick around it; it stands until the next price. */
  tradeAt(symbol: string, last: string): void {
    this.#steering.tradeAt(symbol, last);
  }

  /** From now on the exchange reads IBKR's documents so. */
  readAs(readings: Partial<Readings>): void {
    this.#floor.readings = { ...this.#floor.readings, ...readings };
  }

  /** Forgets which order ids were used, as a TWS may when it restarts; orders and permanent ids stay. */
  rollBackIds(): void {
    this.#floor.store.rollBackIds();
  }

  #step(): void {
    const { hours, now } = this.#floor;
    if (now >= this.#dayEndsAt) this.#beginDay();
    this.#matching.followClock();
    const trades = (instrument: SimulatedInstrument): boolean => hours.isOpen(instrument, 'trading', now);
    // There is news while the home market trades; at night the other markets stand still too.
    if (trades(present(this.instruments[0], 'first stock'))) {
      for (const index of this.#floor.board.step((this.#intervalMs / 1000) * this.#speed, trades)) {
        this.#floor.quoteChanged(present(this.instruments[index], 'instrument'));
      }
    }
    this.#matching.settle();
  }

  #beginDay(): void {
    const { hours, board, portfolio, now } = this.#floor;
    this.#dayEndsAt = hours.endOfDay(now);
    portfolio.beginDay((instrument) => this.#floor.markOf(instrument));
    board.beginDay();
    for (const instrument of this.instruments) this.#floor.quoteChanged(instrument);
  }
}
