import { clientOrderId, decisionId, effectId, groupId, laterBy } from '#domain/ids';
import { percent, price, quantity } from '#domain/money';
import type { OcoGroup } from '#domain/oco';
import type { OrderRecord } from '#domain/order-record';
import type { ObservedTerms, Side } from '#domain/order-spec';
import type { ProtectiveStop, StopPlan } from '#domain/trailing-stop';
import { aLimit, aStop, TradingDay } from '#test/renderer/trading-day';

const TRIGGER = { phase: 'pending', hold: 'trigger' } as const;

/** What a stop of the day is. */
export interface StopParts {
  readonly number: number;
  readonly symbol: string;
  readonly side?: Side;
  readonly size: string;
  readonly plan: StopPlan;
  readonly terms: ObservedTerms;
  readonly waterMark?: string;
  readonly ageMs?: number;
}

export const TWO_PERCENT = { by: 'percent', percent: percent('2') } as const;

/** A plan that `kind` moves, 2 % from the last trade. */
export const aTrail = (kind: 'native' | 'managed', activation: string | null = null): StopPlan => ({
  kind,
  trail: TWO_PERCENT,
  activationPrice: activation === null ? null : price(activation),
  triggerOn: 'last',
});

function stopOf(day: TradingDay, parts: StopParts, order: OrderRecord | null): ProtectiveStop {
  const { number, symbol, side = 'SELL', size, plan, waterMark } = parts;
  const opened = day.since(parts.ageMs ?? 60_000);
  return {
    id: groupId(`stop-${number}`),
    account: order?.spec.account ?? day.order({ ...parts, side, instrument: day.stock(symbol) }).spec.account,
    conId: day.conIdOf(symbol),
    symbol,
    side,
    quantity: quantity(size),
    outsideRth: false,
    plan,
    order: order?.id ?? null,
    state: order === null ? { phase: 'waiting', since: opened } : { phase: 'guarding', since: opened },
    waterMark: waterMark === undefined ? null : price(waterMark),
    opened,
  };
}

/** A protective stop whose order rests at IBKR. */
export function placeStop(day: TradingDay, parts: StopParts): OrderRecord {
  const { number, symbol, side = 'SELL', size, terms, ageMs = 60_000 } = parts;
  const group = { id: groupId(`stop-${number}`), role: 'protective-stop' } as const;
  const instrument = day.stock(symbol);
  const order = day.order({ number, instrument, side, size, terms, group, timeInForce: 'GTC', ageMs });
  day.workstation.emit({
    ...{ type: 'orders-intended', orders: [order], group: null, stop: stopOf(day, parts, order) },
    effectId: effectId(`e-${number}`),
  });
  day.become(order, { ...TRIGGER, since: day.since(ageMs) });
  return order;
}

/** A managed stop that waits for its activation price with nothing at IBKR. */
export function awaitStop(day: TradingDay, parts: StopParts): void {
  day.event({ type: 'stop-awaited', stop: stopOf(day, parts, null), decisionId: decisionId(`d-stop-${parts.number}`) });
}

/** The stop of `order` stands at `stop` now. */
export function moveStop(day: TradingDay, order: OrderRecord, stop: string): void {
  const { terms, quantity: size, timeInForce } = order.spec;
  if (!('stop' in terms)) throw new Error('an order without a stop');
  const moved = { ...terms, stop: price(stop) };
  day.event({ type: 'terms-observed', id: order.id, terms: moved, quantity: size, timeInForce });
}

/** One order of an OCO group of the day. */
export interface OcoPart {
  readonly symbol: string;
  readonly side: Side;
  readonly size: string;
  readonly terms: ObservedTerms;
}

/** An OCO group, numbered from `first`. */
export function placeOco(
  day: TradingDay,
  first: number,
  custody: OcoGroup['custody'],
  parts: readonly OcoPart[],
): readonly OrderRecord[] {
  const id = groupId(`oco-${first}`);
  const orders = parts.map(({ symbol, ...part }, index) =>
    day.order({
      ...{ ...part, number: first + index, instrument: day.stock(symbol) },
      ...{ group: { id, role: 'oco' }, timeInForce: 'GTC', ageMs: 95_000 },
    }),
  );
  day.event({
    type: 'orders-intended',
    orders: [...orders],
    group: null,
    oco: {
      ...{ id, custody, onPartialFill: 'reduce', sharing: 'proportional', onOverfill: 'alert' },
      legs: orders.map((order) => ({ order: order.id, quantity: order.spec.quantity, excess: quantity('0') })),
      ...{ opened: day.since(95_000), closed: null, siblingsDueBy: null, flattenedBy: [] },
    },
    effectId: effectId(`e-${first}`),
  });
  const since = day.since(94_000);
  for (const order of orders) {
    day.become(order, order.spec.terms.type === 'LMT' ? { phase: 'working', since } : { ...TRIGGER, since });
  }
  return orders;
}

/** A BUY that filled and scales out at two targets, each with a stop of its own; numbered from `first`. */
export function placeScaleOut(day: TradingDay, symbol: string, first: number): void {
  const scaleOut = groupId(`scale-${first}`);
  for (const [index, target] of ['188.00', '192.00'].entries()) {
    const at = first + index * 3;
    const id = groupId(`g-${at}`);
    const instrument = day.stock(symbol);
    const common = { instrument, size: '20', ageMs: 140_000 };
    const exit = { ...common, side: 'SELL', timeInForce: 'GTC' } as const;
    const orders = [
      day.order({ ...common, number: at, side: 'BUY', terms: aLimit('181.00'), group: { id, role: 'parent' } }),
      day.order({ ...exit, number: at + 1, terms: aLimit(target), group: { id, role: 'take-profit' } }),
      day.order({ ...exit, number: at + 2, terms: aStop('178.20'), group: { id, role: 'stop-loss' } }),
    ] as const;
    const [parent, profit, loss] = orders;
    day.event({
      type: 'orders-intended',
      orders: [...orders],
      group: {
        ...{ id, conId: instrument.conId, symbol, side: 'BUY', parent: parent.id, takeProfit: profit.id },
        ...{ stopLoss: loss.id, covers: [], opened: day.workstation.now, closed: null, exitsDueBy: null },
        scaleOut: { id: scaleOut, level: index + 1, of: 2 },
      },
      effectId: effectId(`e-${at}`),
    });
    const since = day.since(139_000);
    day.fill(parent, '20', '181.00');
    day.become(parent, { phase: 'filled', at: since });
    day.become(profit, { phase: 'working', since });
    day.become(loss, { ...TRIGGER, since });
  }
}

/** A day with every kind of group: brackets that scale out, stops of every custody, OCO groups. */
export function aStopsDay(): TradingDay {
  const day = new TradingDay().connect();
  day.hold('AAPL', '50', '224.10');
  day.hold('MSFT', '30', '497.25');
  day.hold('TSLA', '-10', '411.50');
  day.hold('JPM', '40', '305.40');
  day.hold('META', '8', '630.00');
  placeScaleOut(day, 'NVDA', 30);
  const managed = placeStop(day, {
    ...{ number: 41, symbol: 'AAPL', size: '50', plan: aTrail('managed'), terms: aStop('222.10') },
    ...{ waterMark: '231.42', ageMs: 2_700_000 },
  });
  const began = day.workstation.now;
  for (const [minutes, stop] of [
    [-40, '222.80'],
    [-31, '223.95'],
    [-18, '225.30'],
    [-6, '226.79'],
  ] as const) {
    day.workstation.now = laterBy(began, minutes * 60_000);
    moveStop(day, managed, stop);
  }
  day.workstation.now = began;
  placeStop(day, {
    ...{ number: 42, symbol: 'MSFT', size: '30', plan: aTrail('native') },
    terms: { type: 'TRAIL', trail: TWO_PERCENT, stop: price('502.10') },
  });
  placeStop(day, {
    ...{ number: 43, symbol: 'TSLA', side: 'BUY', size: '10', plan: aTrail('managed') },
    ...{ terms: aStop('421.00'), waterMark: '402.88' },
  });
  day.event({
    type: 'stop-suspended',
    groupId: groupId('stop-43'),
    why: 'price and position jumped by the same ratio: a split?',
  });
  awaitStop(day, {
    ...{ number: 44, symbol: 'META', size: '8', plan: aTrail('managed', '660') },
    terms: aStop('600.00'),
  });
  placeOco(day, 51, 'native', [
    { symbol: 'JPM', side: 'SELL', size: '40', terms: aLimit('312.00') },
    { symbol: 'JPM', side: 'SELL', size: '40', terms: aStop('298.00') },
  ]);
  placeOco(day, 53, 'managed', [
    { symbol: 'AMD', side: 'BUY', size: '40', terms: aLimit('160.00') },
    { symbol: 'XOM', side: 'BUY', size: '60', terms: aLimit('115.00') },
  ]);
  const { workstation } = day;
  workstation.meters = {
    ...workstation.meters,
    ...{ accountValues: { NetLiquidation: '248310.22' }, baseCurrency: 'USD', exchangeRates: {}, farms: {} },
    durableSequence: workstation.state.sequence,
  };
  workstation.touch();
  return day;
}

export const orderIdOf = (number: number): OrderRecord['id'] => clientOrderId(`run-1-${number}`);
