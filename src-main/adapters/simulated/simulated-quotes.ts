import { present } from '#domain/assert';
import { conId, type ConId } from '#domain/ids';
import { quantity, type Quantity } from '#domain/money';
import type { QuotePatch } from '#domain/quote';
import type { BrokerFact } from '#ports/broker-port';
import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import type { Quote } from '#simulator/quote-board';
import type { LineRequest } from './simulated-line';
import type { SimulatedSession } from './simulated-session';
import { priceOf } from './simulated-terms';

const NO_DATA_YET = 'no data has come yet';
const REQUEST: LineRequest = { kind: 'quotes' };

interface Subscription {
  readonly conId: ConId;
  readonly instrument: SimulatedInstrument;
  /** False until TWS serves it in this session. */
  isServed: boolean;
  /** What TWS has told of it. */
  told: Quote | undefined;
  /** False until data flows, and again when it is said not to. */
  live: boolean;
}

/** The level-1 subscriptions: one per instrument, served anew in each session, ticks told one by one. */
export class SimulatedQuotes {
  readonly #exchange: Exchange;
  readonly #session: SimulatedSession;
  readonly #onFact: (fact: BrokerFact) => void;
  readonly #subscriptions = new Map<ConId, Subscription>();
  /** TWS has no connection to IBKR, or the farm of quotes is down: no tick comes. */
  #isLost = false;

  constructor(exchange: Exchange, session: SimulatedSession, onFact: (fact: BrokerFact) => void) {
    this.#exchange = exchange;
    this.#session = session;
    this.#onFact = onFact;
  }

  /** Subscribes once. @returns whether the question could be sent. */
  subscribe(id: ConId): boolean {
    if (this.#subscriptions.has(id)) return true;
    const instrument = present(this.#exchange.find(id, ''), 'the instrument of a subscription');
    const subscription = { conId: id, instrument, isServed: false, told: undefined, live: false };
    this.#subscriptions.set(id, subscription);
    return this.#ask(subscription) || !this.#subscriptions.delete(id);
  }

  /** A fresh session: asks for everything again. */
  restore(): void {
    for (const subscription of this.#subscriptions.values()) this.#ask(subscription);
  }

  forgetSession(): void {
    this.#isLost = false;
    for (const subscription of this.#subscriptions.values()) {
      subscription.isServed = false;
      subscription.told = undefined;
      this.#qualify(subscription, 'unknown', false, 'the connection that brought it was lost');
    }
  }

  /** No tick comes until `find`, and nothing that was told is current. */
  lose(why: string): void {
    this.#isLost = true;
    for (const subscription of this.#subscriptions.values()) this.#qualify(subscription, 'real-time', false, why);
  }

  /** Ticks come again, at first whatever was missed. */
  find(): void {
    this.#isLost = false;
    for (const { instrument } of this.#subscriptions.values()) this.quoteChanged(instrument);
  }

  /** The exchange shows a new quote. */
  quoteChanged({ conId: number }: SimulatedInstrument): void {
    const subscription = this.#subscriptions.get(conId(number));
    if (subscription?.isServed === true && !this.#isLost) this.#tell(subscription);
  }

  haltChanged({ conId: number }: SimulatedInstrument, halted: boolean): void {
    const id = conId(number);
    if (this.#subscriptions.get(id)?.isServed === true) this.#tick(id, { halted });
  }

  #ask(subscription: Subscription): boolean {
    return this.#session.send(REQUEST, () => {
      subscription.isServed = true;
      subscription.told = undefined;
      this.#session.report({ kind: 'answer', to: REQUEST }, () =>
        this.#qualify(subscription, 'real-time', false, NO_DATA_YET),
      );
      this.#tick(subscription.conId, { halted: this.#exchange.isHalted(subscription.instrument) });
      if (!this.#isLost) this.#tell(subscription);
    });
  }

  /** The two sides and the trades one by one, as TWS tells them: between two ticks a quote may be crossed. */
  #tell(subscription: Subscription): void {
    const { instrument, told, conId: id } = subscription;
    const quote = this.#exchange.quoteOf(instrument);
    subscription.told = quote;
    if (quote.bid !== told?.bid || quote.bidSize !== told.bidSize) {
      this.#tick(id, { bid: priceOf(quote.bid), bidSize: sizeOf(quote.bidSize) });
    }
    if (quote.ask !== told?.ask || quote.askSize !== told.askSize) {
      this.#tick(id, { ask: priceOf(quote.ask), askSize: sizeOf(quote.askSize) });
    }
    if (quote.last !== told?.last || quote.volume !== told.volume) {
      const range = { high: priceOf(quote.high), low: priceOf(quote.low), close: priceOf(quote.close) };
      this.#tick(id, { last: priceOf(quote.last), volume: sizeOf(quote.volume), ...range });
    }
  }

  #tick(id: ConId, patch: QuotePatch): void {
    const fact: BrokerFact = { kind: 'quote', conId: id, patch };
    this.#session.report({ kind: 'fact', fact }, () => {
      const subscription = present(this.#subscriptions.get(id), 'the subscription of a tick');
      if (!subscription.live && !this.#isLost) this.#qualify(subscription, 'real-time', true, '');
      this.#onFact(fact);
    });
  }

  #qualify(subscription: Subscription, dataKind: 'real-time' | 'unknown', live: boolean, why: string): void {
    subscription.live = live;
    this.#onFact({ kind: 'market-data', conId: subscription.conId, dataKind, live, why });
  }
}

const sizeOf = (shares: number): Quantity => quantity(String(shares));
