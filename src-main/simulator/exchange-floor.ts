import { assert, present } from '#domain/assert';
import type { ConditionWorld } from '#simulator/condition-rules';
import type { ExchangeEvent, ExchangeOptions } from '#simulator/exchange-types';
import { UNITS_PER_ONE } from '#simulator/fixed';
import { tradedInstruments, type SimulatedInstrument } from '#simulator/instruments';
import { MarketHours } from '#simulator/market-hours';
import { OrderStore } from '#simulator/order-store';
import { BASE_CURRENCY, Portfolio, type AccountFigures, type Valuation } from '#simulator/portfolio';
import { createPriceSource } from '#simulator/price-replay';
import { QuoteBoard, type Quote } from '#simulator/quote-board';
import { createRandom } from '#simulator/random';
import { USUAL_READINGS, type Readings } from '#simulator/readings';
import { isFinal, statusTextOf, type OrderKey, type Rejection, type SimulatedOrder } from '#simulator/simulated-order';

const ACCOUNT = 'DU1234567';
const STARTING_CASH_DOLLARS = 1_000_000;

/** What all parts of the exchange stand on: the moment, the market, the account, the orders and the voice. */
export class ExchangeFloor implements ConditionWorld, Valuation {
  readonly account: string;
  readonly hours: MarketHours;
  readonly instruments: readonly SimulatedInstrument[];
  readonly board: QuoteBoard;
  readonly portfolio: Portfolio;
  readonly store = new OrderStore();
  /** Instruments whose orders have to be looked at. */
  readonly toMatch = new Set<number>();
  /** Instruments nobody may trade. */
  readonly halted = new Set<number>();
  readings: Readings;
  now: number;
  readonly #bySymbol: ReadonlyMap<string, SimulatedInstrument>;
  readonly #byConId: ReadonlyMap<number, SimulatedInstrument>;
  readonly #listeners = new Set<(event: ExchangeEvent) => void>();

  constructor(options: ExchangeOptions) {
    this.account = options.account ?? ACCOUNT;
    this.instruments = tradedInstruments(options.symbols, options.prices);
    this.hours = new MarketHours(options.session ?? 'always-open', this.instruments, options.startAt);
    const random = createRandom(options.seed);
    const source = createPriceSource(this.instruments, random, options.prices);
    this.board = new QuoteBoard(this.instruments, random, source);
    this.portfolio = new Portfolio((options.startingCash ?? STARTING_CASH_DOLLARS) * UNITS_PER_ONE);
    const { bracketChildren, ocaReduction, trailChange, exitGroups } = { ...USUAL_READINGS, ...options };
    this.readings = { bracketChildren, ocaReduction, trailChange, exitGroups };
    this.now = options.startAt;
    // A future or an option may share its symbol with a stock, which comes first.
    this.#bySymbol = new Map(this.instruments.toReversed().map((instrument) => [instrument.symbol, instrument]));
    this.#byConId = new Map(this.instruments.map((instrument) => [instrument.conId, instrument]));
  }

  subscribe(listener: (event: ExchangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  emit(event: ExchangeEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  emitOrder(order: SimulatedOrder, why: 'new' | 'fill' | 'changed' | 'ended'): void {
    this.emit({ kind: 'order', order, why });
  }

  emitError({ clientId, orderId }: OrderKey, rejection: Rejection): void {
    this.emit({ kind: 'order-error', key: { clientId, orderId }, rejection });
  }

  /** Tells a new quote, and lets the orders on it be looked at. */
  quoteChanged(instrument: SimulatedInstrument): void {
    this.emit({ kind: 'quote', instrument });
    this.lookAgain(instrument.index);
  }

  /** Lets the orders on an instrument be looked at, if there are any. */
  lookAgain(index: number): void {
    if (this.store.hasLiveOn(index)) this.toMatch.add(index);
  }

  /** The instrument with `conId`, or with `symbol` when conId is 0. */
  find(conId: number, symbol: string): SimulatedInstrument | undefined {
    return conId === 0 ? this.#bySymbol.get(symbol) : this.#byConId.get(conId);
  }

  /** @throws InvariantError when nobody trades `symbol`. */
  instrument(symbol: string): SimulatedInstrument {
    return present(this.#bySymbol.get(symbol), `instrument ${symbol}`);
  }

  quoteOf(instrument: SimulatedInstrument): Quote {
    return this.board.quoteOf(instrument.index);
  }

  /** A live order that a test steers. @throws InvariantError when it is not live. */
  liveOrder(key: OrderKey): SimulatedOrder {
    const order = present(this.store.get(key), 'order');
    assert(!isFinal(order) && order.stage !== 'held', 'only an order that is live can be steered');
    return order;
  }

  /** True when the market is open for `order`. */
  isOpenFor({ instrument, outsideRth }: SimulatedOrder): boolean {
    return this.hours.isOpen(instrument, outsideRth ? 'trading' : 'liquid', this.now);
  }

  statusOf(order: SimulatedOrder): string {
    return statusTextOf(order, this.isOpenFor(order));
  }

  /** The account valued at the last trades. */
  figures(): AccountFigures {
    return this.portfolio.figures(this);
  }

  markOf(instrument: SimulatedInstrument): number {
    return this.quoteOf(instrument).last;
  }

  /** Units of the base currency for one of `currency`, by the simulated pair of the two. */
  rateOf(currency: string): number {
    if (currency === BASE_CURRENCY) return UNITS_PER_ONE;
    const pair = this.instruments.find((it) => it.secType === 'CASH' && it.symbol === currency);
    return this.markOf(present(pair, `rate of ${currency}`));
  }

  executionsIn(symbol: string): number {
    return this.store.executionsIn(symbol);
  }

  cushionPercent(): number {
    const { netLiquidation, excessLiquidity } = this.figures();
    return (excessLiquidity / netLiquidation) * 100;
  }
}
