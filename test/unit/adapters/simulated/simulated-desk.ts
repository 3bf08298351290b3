import { SimulatedBroker } from '#adapters/simulated/simulated-broker';
import type { SimulatedLine } from '#adapters/simulated/simulated-line';
import { soundLine } from '#adapters/simulated/simulated-line';
import { present } from '#domain/assert';
import { clientId, clientOrderId, conId, decisionId, effectId, epochMs, ibOrderId, type ConId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { OcaMembership } from '#domain/order-record';
import type { OrderSpec, OrderTerms, Side } from '#domain/order-spec';
import type { RiskApproved } from '#domain/risk-decision';
import type { BrokerFact, Effect, EffectOutcome, ModifiedOrder, PlacedLeg } from '#ports/broker-port';
import { Exchange } from '#simulator/exchange';
import type { ExchangeOptions } from '#simulator/exchange-types';
import { ACCOUNT } from '#test/builders/domain-records';
import { manualClock } from '#test/builders/manual-clock';

/** Monday, an hour after the opening in New York. */
const MONDAY = epochMs(Date.UTC(2026, 0, 5, 15, 30));
const LATENCY_MS = 10;
const VALID_MS = 5_000;

/** What the risk guard would have made: only a test may pretend. */
function approved<T>(value: T): RiskApproved<T> {
  return { value, decisionId: decisionId('d1') } as unknown as RiskApproved<T>;
}

type FactOf<Kind extends BrokerFact['kind']> = Extract<BrokerFact, { kind: Kind }>;

/** A simulated broker on a market that a test steers, and everything that it says. AAPL stands at 100.00 to 100.02. */
export class SimulatedDesk {
  readonly clock = manualClock(MONDAY);
  readonly exchange: Exchange;
  readonly broker: SimulatedBroker;
  readonly facts: BrokerFact[] = [];
  readonly aapl: ConId;
  #effects = 0;
  #orders = 0;

  constructor(
    change: {
      readonly exchange?: Partial<ExchangeOptions>;
      readonly line?: SimulatedLine;
      readonly client?: number;
    } = {},
  ) {
    this.exchange = new Exchange({ seed: 1, startAt: MONDAY, symbols: 2, ...change.exchange });
    const aapl = present(this.exchange.find(0, 'AAPL'), 'AAPL');
    this.aapl = conId(aapl.conId);
    this.priced('100.00', '100.02');
    this.broker = new SimulatedBroker({
      exchange: this.exchange,
      clock: this.clock,
      line: change.line ?? soundLine(this.clock, LATENCY_MS),
      clientId: clientId(change.client ?? 1),
    });
  }

  /** A desk with a session that is up, and nothing said since. */
  static connected(change: ConstructorParameters<typeof SimulatedDesk>[0] = {}): SimulatedDesk {
    const desk = new SimulatedDesk(change);
    desk.starts();
    desk.passes(100);
    desk.facts.length = 0;
    return desk;
  }

  starts(): void {
    this.broker.start((fact) => this.facts.push(fact));
  }

  priced(bid: string, ask: string): void {
    this.exchange.setPrice('AAPL', { bid, ask });
  }

  /** Time passes for both. */
  passes(ms: number): void {
    this.clock.advance(ms);
    this.exchange.advanceTo(this.clock.now());
    this.clock.advance(0);
  }

  performs(effect: Effect): EffectOutcome {
    return this.broker.perform(effect);
  }

  /** Everything of that kind that was said. */
  said<Kind extends BrokerFact['kind']>(kind: Kind): FactOf<Kind>[] {
    return this.facts.filter((fact): fact is FactOf<Kind> => fact.kind === kind);
  }

  kinds(): string[] {
    return this.facts.map(({ kind }) => kind);
  }

  snapshot(): Effect {
    return { kind: 'snapshot', ...this.#head() };
  }

  subscription(): Effect {
    const instrument = present(this.said('instrument').at(-1), 'a defined instrument').instrument;
    return { kind: 'subscribe-quote', ...this.#head(), instrument };
  }

  resolution(query: Extract<Effect, { kind: 'resolve-instrument' }>['query']): Effect {
    return { kind: 'resolve-instrument', ...this.#head(), query };
  }

  leg(side: Side, shares: string, terms: OrderTerms, change: Partial<PlacedLeg> = {}): PlacedLeg {
    this.#orders += 1;
    const orderId = ibOrderId(this.#orders);
    const id = clientOrderId(`ours-${this.#orders}`);
    return {
      id,
      orderId,
      role: 'parent',
      spec: this.spec(side, shares, terms),
      parentOrderId: null,
      oca: null,
      ...change,
    };
  }

  spec(side: Side, shares: string, terms: OrderTerms): OrderSpec {
    const common = {
      account: ACCOUNT,
      conId: this.aapl,
      symbol: 'AAPL',
      timeInForce: 'GTC',
      outsideRth: true,
    } as const;
    return { ...common, side, quantity: quantity(shares), terms };
  }

  placing(...legs: readonly PlacedLeg[]): Effect {
    return { kind: 'place', ...this.#head(), priority: 'new', legs: approved(legs) };
  }

  /** Places one order, and lets IBKR answer. @returns it. */
  places(side: Side, shares: string, terms: OrderTerms, change: Partial<PlacedLeg> = {}): PlacedLeg {
    const leg = this.leg(side, shares, terms, change);
    this.performs(this.placing(leg));
    this.passes(100);
    return leg;
  }

  modifying({ id, orderId, spec, parentOrderId, oca }: PlacedLeg, change: Partial<OrderSpec>): Effect {
    const order: ModifiedOrder = { id, orderId, spec: { ...spec, ...change }, parentOrderId, oca };
    return { kind: 'modify', ...this.#head(), priority: 'new', order: approved(order) };
  }

  cancelling({ id, orderId }: PlacedLeg): Effect {
    return { kind: 'cancel', ...this.#head(), clientOrderId: id, orderId };
  }

  cancellingAll(): Effect {
    return { kind: 'global-cancel', ...this.#head() };
  }

  #head(): { readonly id: ReturnType<typeof effectId>; readonly validUntil: ReturnType<typeof epochMs> } {
    this.#effects += 1;
    return { id: effectId(`e-${this.#effects}`), validUntil: epochMs(this.clock.now() + VALID_MS) };
  }
}

export const limit = (at: string): OrderTerms => ({ type: 'LMT', limit: price(at) });
export const stop = (at: string): OrderTerms => ({ type: 'STP', stop: price(at) });
export const MARKET: OrderTerms = { type: 'MKT' };
export const group = (name: string, type: OcaMembership['type'] = 2): OcaMembership => ({ group: name, type });
