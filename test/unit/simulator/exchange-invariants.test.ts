import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFinal, type OrderRequest, type SimulatedOrder } from '#simulator/simulated-order';
import { TradingFloor } from '#test/unit/simulator/trading-floor';

const cents = (from: number, to: number) =>
  fc.integer({ min: from * 100, max: to * 100 }).map((price) => (price / 100).toFixed(2));
const side = fc.constantFrom('BUY', 'SELL');
const quantity = fc.integer({ min: 1, max: 300 }).map(String);
const oca = fc.constantFrom(
  { ocaGroup: '', ocaType: 0 },
  { ocaGroup: 'one', ocaType: 1 },
  { ocaGroup: 'two', ocaType: 2 },
);

/** An order of any type around a market of 100. */
const anOrder: fc.Arbitrary<Partial<OrderRequest>> = fc
  .record({
    terms: fc.oneof(
      fc.constant({ orderType: 'MKT' }),
      fc.record({ orderType: fc.constant('LMT'), limitPrice: cents(90, 110) }),
      fc.record({ orderType: fc.constant('STP'), stopPrice: cents(90, 110) }),
      fc.record({ orderType: fc.constant('STP LMT'), stopPrice: cents(90, 110), limitPrice: cents(90, 110) }),
      fc.record({ orderType: fc.constant('TRAIL'), stopPrice: cents(1, 5) }),
      fc.record({ orderType: fc.constant('TRAIL LIMIT'), stopPrice: cents(1, 5), limitPriceOffset: cents(1, 2) }),
    ),
    triggerMethod: fc.constantFrom(0, 1, 2, 3, 4, 7, 8),
    tif: fc.constantFrom('DAY', 'GTC', 'IOC'),
    ...{ action: side, quantity, oca },
  })
  .map(({ terms, oca: group, ...rest }) => ({ ...rest, ...terms, ...group }));

type Happening =
  | { readonly kind: 'place'; readonly order: Partial<OrderRequest> }
  | { readonly kind: 'cancel'; readonly back: number }
  | { readonly kind: 'price'; readonly last: number; readonly size: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('place' as const), order: anOrder }),
  fc.record({ kind: fc.constant('cancel' as const), back: fc.nat(5) }),
  fc.record({
    kind: fc.constant('price' as const),
    last: fc.integer({ min: 9_000, max: 11_000 }).map((price) => price / 100),
    size: fc.integer({ min: 1, max: 200 }),
  }),
);

function stopsOf(orders: readonly SimulatedOrder[]): ReadonlyMap<SimulatedOrder, number> {
  const trailing = orders.filter(({ orderType, stage }) => orderType.startsWith('TRAIL') && stage === 'working');
  return new Map(trailing.map((order) => [order, order.terms.trailStopPrice]));
}

/** Lets `happenings` come one after the other and looks at the exchange after each. */
function live(happenings: readonly Happening[], look: (floor: TradingFloor) => void): void {
  const floor = new TradingFloor({ symbols: 1 });
  let nextId = 1;
  for (const it of happenings) {
    if (it.kind === 'place') floor.place(nextId++, it.order);
    if (it.kind === 'cancel') floor.cancel(nextId - it.back);
    if (it.kind === 'price') {
      const around = { bid: (it.last - 0.01).toFixed(2), ask: (it.last + 0.01).toFixed(2), last: it.last.toFixed(2) };
      floor.price({ ...around, bidSize: it.size, askSize: it.size });
    }
    look(floor);
  }
}

const days = fc.array(happening, { minLength: 1, maxLength: 40 });

describe('whatever is sent and wherever the price goes', () => {
  test('position and money are what the executions say', () => {
    fc.assert(
      fc.property(days, (happenings) => {
        live(happenings, ({ exchange }) => {
          let [shares, cash] = [0, 10_000_000_000];
          for (const { order, shares: filled, price, commission } of exchange.executions()) {
            const change = order.action === 'BUY' ? filled : -filled;
            shares += change;
            cash -= change * price + commission;
          }
          expect(exchange.holdings()[0]?.shares ?? 0).toBe(shares);
          expect(exchange.figures().cash).toBe(cash);
        });
      }),
      { numRuns: 40 },
    );
  });

  test('no order is filled beyond its size or past its limit, and one that is done never changes', () => {
    fc.assert(
      fc.property(days, (happenings) => {
        const done = new Map<SimulatedOrder, string>();
        live(happenings, ({ exchange }) => {
          for (const order of exchange.orders()) {
            expect(order.filled).toBeLessThanOrEqual(order.terms.quantity);
            const standing = `${order.stage} ${order.filled}`;
            if (isFinal(order)) expect(done.get(order) ?? standing).toBe(standing);
            if (isFinal(order)) done.set(order, standing);
          }
          for (const { order, price } of exchange.executions()) {
            if (order.orderType !== 'LMT') continue;
            const worse = order.action === 'BUY' ? price - order.terms.limitPrice : order.terms.limitPrice - price;
            expect(worse).toBeLessThanOrEqual(0);
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  test('a trailing stop never loosens', () => {
    fc.assert(
      fc.property(days, (happenings) => {
        let before: ReadonlyMap<SimulatedOrder, number> = new Map();
        live(happenings, ({ exchange }) => {
          const now = stopsOf(exchange.orders());
          for (const [order, stop] of now) {
            const was = before.get(order) ?? stop;
            expect(order.action === 'SELL' ? stop - was : was - stop).toBeGreaterThanOrEqual(0);
          }
          before = now;
        });
      }),
      { numRuns: 40 },
    );
  });

  test('after a fill no other order of a group of type 1 lives', () => {
    fc.assert(
      fc.property(days, (happenings) => {
        live(happenings, ({ exchange }) => {
          const group = exchange.orders().filter(({ oca: membership }) => membership?.group === 'one');
          const firstFill = exchange.executions().find(({ order }) => group.includes(order));
          const others = group.filter((order) => firstFill !== undefined && order.permId < firstFill.order.permId);
          expect(others.filter((order) => !isFinal(order))).toEqual([]);
        });
      }),
      { numRuns: 40 },
    );
  });
});
