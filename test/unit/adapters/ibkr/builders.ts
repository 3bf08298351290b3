import { accountId, clientOrderId, conId, effectId, epochMs, ibOrderId, type EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { price, quantity } from '#domain/money';
import type { OrderSpec } from '#domain/order-spec';
import type { RiskApproved } from '#domain/risk-decision';
import type { Effect, ModifiedOrder, PlacedLeg } from '#ports/broker-port';

/** Far in the future: the effect never expires. */
export const NEVER: EpochMs = epochMs(Number.MAX_SAFE_INTEGER);

/** A copy that lacks some of the keys. */
export function without<T extends object, K extends keyof T>(value: T, ...keys: readonly K[]): Omit<T, K> {
  const copy = { ...value };
  for (const key of keys) Reflect.deleteProperty(copy, key);
  return copy;
}

/** What the risk guard would have made: only a test may pretend. */
export function approved<T>(value: T): RiskApproved<T> {
  return { value } as unknown as RiskApproved<T>;
}

export function aSpec(change: Partial<OrderSpec> = {}): OrderSpec {
  return {
    account: accountId('DU1234567'),
    conId: conId(265598),
    symbol: 'AAPL',
    side: 'BUY',
    quantity: quantity('10'),
    timeInForce: 'DAY',
    outsideRth: false,
    terms: { type: 'LMT', limit: price('150.25') },
    ...change,
  };
}

export function aLeg(change: Partial<PlacedLeg> = {}): PlacedLeg {
  return {
    id: clientOrderId('run1-1'),
    orderId: ibOrderId(1),
    role: 'parent',
    spec: aSpec(),
    parentOrderId: null,
    oca: null,
    ...change,
  };
}

/** The OCA group of a bracket's exits. */
export const EXITS = { group: 'G1', type: 2 } as const;

/** BUY 10 AAPL at 150.25 with a target at 160 and a stop at 145: orders 1, 2, 3. */
export function aBracket(): readonly PlacedLeg[] {
  const exit = { side: 'SELL', timeInForce: 'GTC' } as const;
  const parentOrderId = ibOrderId(1);
  return [
    aLeg(),
    aLeg({
      id: clientOrderId('run1-2'),
      orderId: ibOrderId(2),
      role: 'take-profit',
      parentOrderId,
      oca: EXITS,
      spec: aSpec({ ...exit, terms: { type: 'LMT', limit: price('160') } }),
    }),
    aLeg({
      id: clientOrderId('run1-3'),
      orderId: ibOrderId(3),
      role: 'stop-loss',
      parentOrderId,
      oca: EXITS,
      spec: aSpec({ ...exit, terms: { type: 'STP', stop: price('145') } }),
    }),
  ];
}

export function place(legs: readonly PlacedLeg[]): Effect {
  return {
    kind: 'place',
    id: effectId('e-place'),
    validUntil: NEVER,
    priority: 'new',
    legs: approved(legs),
  };
}

export function modify(change: Partial<ModifiedOrder> = {}): Effect {
  return {
    kind: 'modify',
    id: effectId('e-modify'),
    validUntil: NEVER,
    priority: 'new',
    order: approved({
      id: clientOrderId('run1-1'),
      orderId: ibOrderId(1),
      spec: aSpec(),
      parentOrderId: null,
      oca: null,
      ...change,
    }),
  };
}

export function cancel(orderId: number): Effect {
  return {
    kind: 'cancel',
    id: effectId('e-cancel'),
    validUntil: NEVER,
    clientOrderId: clientOrderId('run1-1'),
    orderId: ibOrderId(orderId),
  };
}

export function globalCancel(): Effect {
  return { kind: 'global-cancel', id: effectId('e-global'), validUntil: NEVER };
}

export function snapshot(id = 'e-snapshot'): Effect {
  return { kind: 'snapshot', id: effectId(id), validUntil: NEVER };
}

export function resolve(symbol: string): Effect {
  return { kind: 'resolve-instrument', id: effectId('e-resolve'), validUntil: NEVER, query: { by: 'symbol', symbol } };
}

export function anInstrument(change: Partial<Instrument> = {}): Instrument {
  return {
    conId: conId(265598),
    symbol: 'AAPL',
    securityType: 'STK',
    exchange: 'SMART',
    primaryExchange: 'NASDAQ',
    currency: 'USD',
    multiplier: quantity('1'),
    longName: 'APPLE INC',
    industry: 'Technology',
    category: 'Computers',
    stockType: 'COMMON',
    priceBands: [{ from: price('0'), increment: price('0.01') }],
    sizeIncrement: quantity('1'),
    minimumSize: quantity('1'),
    timeZone: 'US/Eastern',
    tradingHours: null,
    liquidHours: null,
    ...change,
  };
}

export function subscribe(conIdNumber = 265598): Effect {
  return {
    kind: 'subscribe-quote',
    id: effectId('e-subscribe'),
    validUntil: NEVER,
    instrument: anInstrument({ conId: conId(conIdNumber) }),
  };
}
