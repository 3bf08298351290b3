import { clientId, ibOrderId, permId, type ClientId } from '#domain/ids';
import { money } from '#domain/money';
import { err, ok } from '#domain/result';
import type { BrokerFact, BrokerPort, Effect, EffectOutcome, FactListener, WhatIfQuestion } from '#ports/broker-port';
import type { Clock } from '#ports/clock';
import type { Exchange } from '#simulator/exchange';
import type { ExchangeEvent } from '#simulator/exchange-types';
import { formatUnits } from '#simulator/fixed';
import {
  isFinal,
  type OrderKey,
  type OrderRequest,
  type Rejection,
  type SimulatedExecution,
  type SimulatedOrder,
} from '#simulator/simulated-order';
import { orderMeaningOf } from './simulated-errors';
import { findInstrument, instrumentOf, matchesOf } from './simulated-instruments';
import type { LineRequest, SimulatedLine, SimulatedQuestion } from './simulated-line';
import { SimulatedQuotes } from './simulated-quotes';
import { SimulatedReports } from './simulated-reports';
import { modifyRequestOf, placeRequestsOf, questionOf } from './simulated-requests';
import { SimulatedSession } from './simulated-session';
import { SimulatedSnapshot } from './simulated-snapshot';

/** The client id that binds orders entered by hand in TWS. */
const MASTER_CLIENT_ID = 0;
/** How many events are kept while nothing can be told. */
const MISSED_MAX = 1_000;
const NOT_CONNECTED = 'there is no connection to the simulation';

export interface SimulatedBrokerOptions {
  /** Outlives this broker, as TWS outlives a process of ours. Time passes there by whoever advances it. */
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly line: SimulatedLine;
  readonly clientId: ClientId;
}

/**
 * A broker in this process: the simulated exchange in place of TWS and IBKR, on whatever time its clock tells. It says
 * the same facts in the same order as the adapter of the real TWS does over its socket.
 */
export class SimulatedBroker implements BrokerPort {
  readonly #options: SimulatedBrokerOptions;
  readonly #session: SimulatedSession;
  readonly #reports: SimulatedReports;
  readonly #quotes: SimulatedQuotes;
  readonly #snapshot: SimulatedSnapshot;
  #listener: FactListener | null = null;
  #unsubscribe: () => void = () => undefined;
  #isUpstreamLost = false;
  /** What could not be told, and what could not be done, while TWS had lost IBKR. */
  #missed: ExchangeEvent[] = [];
  #heldBack: (() => void)[] = [];

  constructor(options: SimulatedBrokerOptions) {
    this.#options = options;
    const { exchange, clock } = options;
    const emit = (fact: BrokerFact): void => this.#listener?.(fact);
    this.#session = new SimulatedSession(options, {
      onFact: emit,
      onUp: () => this.#onUp(),
      onDown: () => this.#onDown(),
    });
    this.#reports = new SimulatedReports(exchange);
    this.#quotes = new SimulatedQuotes(exchange, this.#session, emit);
    this.#snapshot = new SimulatedSnapshot(this.#session, clock, (question) => this.#answersTo(question), emit);
  }

  start(listener: FactListener): void {
    this.#listener = listener;
    this.#unsubscribe = this.#options.exchange.subscribe((event) => this.#hear(event));
    this.#session.start();
  }

  stop(): Promise<void> {
    this.#listener = null;
    this.#unsubscribe();
    this.#session.stop();
    return Promise.resolve();
  }

  perform(effect: Effect): EffectOutcome {
    const now = this.#options.clock.now();
    if (!this.#session.isUp) return { result: 'not-sent', reason: NOT_CONNECTED };
    if (now > effect.validUntil) {
      return { result: 'not-sent', reason: `too late: it was to be sent ${now - effect.validUntil} ms ago` };
    }
    const { clientId: client, exchange } = this.#options;
    switch (effect.kind) {
      case 'place':
        return this.#sendOrders('place', placeRequestsOf(effect.legs.value, client));
      case 'modify':
        return this.#sendOrders('modify', [modifyRequestOf(effect.order.value, client)]);
      case 'cancel': {
        const key = { clientId: client, orderId: effect.orderId };
        const cancel: LineRequest = { kind: 'cancel', key };
        return outcomeOf(1, this.#sendUpstream(cancel, () => exchange.cancel(key)) ? 1 : 0);
      }
      case 'global-cancel':
        return outcomeOf(1, this.#sendUpstream({ kind: 'global-cancel' }, () => exchange.cancelAll()) ? 1 : 0);
      case 'snapshot':
        this.#snapshot.begin(effect.id);
        return { result: 'sent' };
      case 'resolve-instrument':
        return outcomeOf(1, this.#resolve(effect.query) ? 1 : 0);
      case 'subscribe-quote':
        return outcomeOf(1, this.#quotes.subscribe(effect.instrument.conId) ? 1 : 0);
    }
  }

  searchInstruments(query: string): ReturnType<BrokerPort['searchInstruments']> {
    return this.#session.isUp
      ? Promise.resolve(matchesOf(this.#options.exchange, query))
      : Promise.reject(new Error(NOT_CONNECTED));
  }

  whatIf({ orderId, spec }: WhatIfQuestion): ReturnType<BrokerPort['whatIf']> {
    if (!this.#session.isUp) return Promise.resolve(err(NOT_CONNECTED));
    const { clientId: client, exchange } = this.#options;
    const figures = exchange.whatIf(questionOf(orderId, spec, client));
    if (!figures.ok) return Promise.resolve(err(`${figures.error.text} (${figures.error.code})`));
    const { equityWithLoanAfter, initialMarginAfter } = figures.value;
    const initialAfter = money(formatUnits(initialMarginAfter));
    return Promise.resolve(ok({ initialAfter, equityAfter: money(formatUnits(equityWithLoanAfter)) }));
  }

  /** The simulation in this process keeps no bars: the simulated TWS serves them. */
  fetchBars(): ReturnType<BrokerPort['fetchBars']> {
    return Promise.resolve(err({ kind: 'no-data', text: 'the simulation in this process serves no bars' }));
  }

  /** The connection breaks; a new one is tried. */
  drop(reason: string): void {
    this.#session.fail(reason);
  }

  /** TWS itself ends and begins again: what it held back is gone, and so is its memory of the ids that were used. */
  restart(reason: string): void {
    this.#heldBack = [];
    this.#options.exchange.rollBackIds();
    this.#session.fail(reason);
  }

  /** TWS loses IBKR (1100, 2110): it says so, and of the exchange nothing more until `restoreUpstream`. */
  loseUpstream(code: 1100 | 2110): void {
    if (this.#isUpstreamLost) return;
    this.#isUpstreamLost = true;
    this.#report({ kind: 'upstream-lost', code, text: 'Connectivity between IBKR and TWS has been lost.' }, () => {
      this.#quotes.lose(`TWS has lost its connection to IBKR (${code})`);
      this.#snapshot.pausePolls(true);
    });
  }

  /** IBKR is back (1101 with `dataLost`, 1102): what was missed is told, what waited is done. */
  restoreUpstream(dataLost: boolean): void {
    if (!this.#isUpstreamLost) return;
    this.#isUpstreamLost = false;
    this.#report({ kind: 'upstream-restored', dataLost }, () => {
      this.#snapshot.pausePolls(false);
      this.#quotes.find();
    });
    const [missed, heldBack] = [this.#missed, this.#heldBack];
    this.#missed = [];
    this.#heldBack = [];
    for (const event of missed) this.#tell(event);
    for (const act of heldBack) act();
  }

  /** IBKR's farm of quotes goes down: no tick comes until `findQuotes`. */
  loseQuotes(): void {
    this.#sayFarm('down', () => this.#quotes.lose("IBKR's farm of quotes is down"));
  }

  findQuotes(): void {
    this.#sayFarm('up', () => {
      if (!this.#isUpstreamLost) this.#quotes.find();
    });
  }

  /** Reports an execution that was reported before. */
  tellAgain(execution: SimulatedExecution): void {
    this.#report(this.#reports.execution(execution));
    this.#report(this.#reports.commission(execution));
  }

  /** TWS answers something about an order of ours that the exchange did not say. */
  sayOrderError(key: OrderKey, rejection: Rejection): void {
    this.#tell({ kind: 'order-error', key, rejection });
  }

  #onUp(): void {
    const { netLiquidation } = this.#options.exchange.figures();
    this.#report({
      kind: 'account-value',
      key: 'NetLiquidation',
      value: formatUnits(netLiquidation),
      currency: 'USD',
    });
    // TWS says at once that it has no IBKR behind it.
    if (this.#isUpstreamLost) {
      this.#isUpstreamLost = false;
      this.loseUpstream(1100);
    }
    this.#quotes.restore();
  }

  #onDown(): void {
    this.#snapshot.forgetSession();
    this.#quotes.forgetSession();
  }

  #sendOrders(kind: 'place' | 'modify', requests: readonly OrderRequest[]): EffectOutcome {
    const { exchange } = this.#options;
    let written = 0;
    for (const request of requests) {
      const isWritten = this.#sendUpstream({ kind, request }, (rejection) => exchange.place(request, rejection));
      if (!isWritten) break;
      written += 1;
    }
    return outcomeOf(requests.length, written);
  }

  /** Sends what IBKR itself has to act on: while TWS has lost it, it waits there. */
  #sendUpstream(request: LineRequest, act: Parameters<SimulatedLine['send']>[1]): boolean {
    return (
      this.#session.isUp &&
      this.#session.send(request, (rejection) => {
        if (this.#isUpstreamLost) this.#heldBack.push(() => act(rejection));
        else act(rejection);
      })
    );
  }

  #resolve(query: Extract<Effect, { kind: 'resolve-instrument' }>['query']): boolean {
    const { exchange } = this.#options;
    return this.#session.send({ kind: 'definition' }, () => {
      const listed = findInstrument(exchange, query);
      this.#report(
        listed === undefined
          ? { kind: 'instrument-unknown', query, text: 'the simulated market has none such' }
          : { kind: 'instrument', query, instrument: instrumentOf(exchange, listed) },
      );
    });
  }

  #answersTo(question: SimulatedQuestion): readonly BrokerFact[] {
    const { exchange, clientId: client } = this.#options;
    switch (question) {
      case 'own-orders':
        return [...this.#bindManualOrders(), ...this.#openOrders((order) => order.bound && order.clientId === client)];
      case 'all-orders':
        return this.#openOrders(() => true);
      case 'executions':
        return exchange
          .executionsOfDay()
          .filter(({ order }) => client === MASTER_CLIENT_ID || order.clientId === client)
          .flatMap((it) => [this.#reports.execution(it), this.#reports.commission(it)]);
      case 'completed-orders':
        return exchange.completedOrdersOfDay().map((order) => this.#reports.completedReported(order));
      case 'positions':
        return exchange.holdings().map((holding) => this.#reports.position(holding));
    }
  }

  #bindManualOrders(): readonly BrokerFact[] {
    const { exchange, clientId: client } = this.#options;
    if (client !== MASTER_CLIENT_ID) return [];
    exchange.setAutoBinding(true);
    return exchange.bindManualOrders().map(boundFact);
  }

  #openOrders(isWanted: (order: SimulatedOrder) => boolean): readonly BrokerFact[] {
    return this.#options.exchange
      .orders()
      .filter((order) => !isFinal(order) && order.stage !== 'held' && isWanted(order))
      .flatMap((order) => [this.#reports.orderReported(order), this.#reports.orderStatus(order)]);
  }

  #hear(event: ExchangeEvent): void {
    if (!this.#session.isUp) return;
    if (!this.#isUpstreamLost) this.#tell(event);
    else if (event.kind !== 'quote') {
      this.#missed.push(event);
      if (this.#missed.length > MISSED_MAX) this.#missed.shift();
    }
  }

  /** What TWS sends when something happens: a client hears of its own orders, and of every position. */
  #tell(event: ExchangeEvent): void {
    const { exchange, clientId: client } = this.#options;
    switch (event.kind) {
      case 'quote':
        this.#quotes.quoteChanged(event.instrument);
        return;
      case 'halt':
        this.#quotes.haltChanged(event.instrument, event.halted);
        return;
      case 'position':
        this.#report(this.#reports.position(exchange.holdingOf(event.instrument)));
        return;
      case 'order':
        if (event.order.clientId === client) this.#tellOrder(event.order, event.why);
        return;
      case 'execution':
        if (event.execution.order.clientId === client) this.#report(this.#reports.execution(event.execution));
        return;
      case 'commission': {
        const { order } = event.execution;
        this.#report(this.#reports.position(exchange.holdingOf(order.instrument)));
        if (order.clientId === client) this.#report(this.#reports.commission(event.execution));
        return;
      }
      case 'order-error':
        if (event.key.clientId === client) this.#tellError(event);
    }
  }

  /** Everything twice for a new order, the status twice for a fill: so does TWS. */
  #tellOrder(order: SimulatedOrder, why: Extract<ExchangeEvent, { kind: 'order' }>['why']): void {
    if (!order.bound) return;
    if (why === 'new' && order.orderId < 0) this.#report(boundFact(order));
    const open = (): void => this.#report(this.#reports.orderReported(order));
    const status = (): void => this.#report(this.#reports.orderStatus(order));
    if (why !== 'ended' || order.stage === 'inactive') open();
    status();
    if (why === 'new') open();
    if (why === 'new' || why === 'fill') status();
  }

  #tellError({ key, rejection: { code, text } }: Extract<ExchangeEvent, { kind: 'order-error' }>): void {
    const orderId = ibOrderId(key.orderId);
    const meaning = orderMeaningOf(code);
    this.#report({ kind: 'order-error', orderId, clientId: this.#options.clientId, code, text, meaning });
  }

  /** @param beside what happens in the session when the fact is heard, after it was told. */
  #sayFarm(state: 'up' | 'down', beside: () => void): void {
    this.#report({ kind: 'data-farm', farm: 'quotes', state, text: `Market data farm connection is ${state}` }, beside);
  }

  #report(fact: BrokerFact, beside: () => void = () => undefined): void {
    this.#session.report({ kind: 'fact', fact }, () => {
      this.#listener?.(fact);
      beside();
    });
  }
}

function boundFact({ permId: perm, clientId: client, orderId }: SimulatedOrder): BrokerFact {
  return { kind: 'order-bound', permId: permId(perm), clientId: clientId(client), orderId: ibOrderId(orderId) };
}

function outcomeOf(expected: number, written: number): EffectOutcome {
  if (written === expected) return { result: 'sent' };
  const reason = `only ${written} of ${expected} messages were written`;
  return { result: written === 0 ? 'not-sent' : 'maybe-sent', reason };
}
