import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decisionId, laterBy, orderNumber } from '#domain/ids';
import { toNumber, money, price, quantity, ratio, signedQuantity } from '#domain/money';
import { isLive } from '#domain/order-record';
import type { CheckName, RiskContext } from '#domain/risk-decision';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { decide } from '#engine/risk/risk-guard';
import { FRIDAY } from '#test/builders/domain-records';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';
import { aContext, limit, limitsOf, market, placing } from '#test/builders/engine-risk';

const RUNS = { numRuns: 150 };
const TIMEOUT_MS = 60_000;
const LIMIT = 50;

type Happening =
  | { readonly what: 'order'; readonly side: 'BUY' | 'SELL'; readonly shares: number; readonly allowFlip: boolean }
  | { readonly what: 'change'; readonly pick: number; readonly shares: number }
  | { readonly what: 'fill'; readonly pick: number; readonly shares: number }
  | { readonly what: 'confirm'; readonly pick: number }
  | { readonly what: 'cancel'; readonly pick: number }
  | { readonly what: 'limit'; readonly most: number };

const shares = fc.integer({ min: 1, max: 40 });
const pick = fc.nat(20);
const aDay = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        what: fc.constant('order' as const),
        side: fc.constantFrom('BUY' as const, 'SELL' as const),
        shares,
        allowFlip: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ what: fc.constant('change' as const), pick, shares }) },
    { weight: 3, arbitrary: fc.record({ what: fc.constant('fill' as const), pick, shares }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('confirm' as const), pick }) },
    { weight: 1, arbitrary: fc.record({ what: fc.constant('cancel' as const), pick }) },
    {
      weight: 1,
      arbitrary: fc.record({ what: fc.constant('limit' as const), most: fc.integer({ min: 5, max: LIMIT }) }),
    },
  ),
  { maxLength: 40 },
);

/** A trader who orders, changes and cancels as it comes, in one symbol, under a limit of its position. */
class Desk {
  readonly trader = EngineHarness.ready({
    risk: { allowShort: true, duplicateWindowMs: 0, duplicateCliMs: 0, maxPositionSize: quantity(String(LIMIT)) },
  });
  approved = 0;
  denied = 0;
  #most = LIMIT;

  /** The position at worst by the ledger's own words: every live order of a side filled wholly. */
  worst(): number {
    const { durable } = this.trader;
    const held = toNumber(durable.positions.get(AAPL.conId)?.quantity ?? signedQuantity('0'));
    let [high, low] = [held, held];
    for (const order of durable.orders.values()) {
      if (!isLive(order)) continue;
      const whole = Math.max(toNumber(order.spec.quantity), toNumber(order.modification?.quantity ?? quantity('0')));
      const leaves = whole - toNumber(order.filled);
      if (order.spec.side === 'BUY') high += leaves;
      else low -= leaves;
    }
    return Math.max(Math.abs(high), Math.abs(low));
  }

  meets(it: Happening): void {
    this.trader.now = laterBy(this.trader.now, 1_000);
    this.trader.ticks();
    switch (it.what) {
      case 'order':
        this.#orders(it);
        return;
      case 'limit':
        this.#most = it.most;
        this.#limits();
        return;
      default:
        this.#acts(it);
    }
  }

  #limits(): void {
    const { settings } = this.trader.durable;
    const risk = { ...settings.risk, maxPositionSize: quantity(String(this.#most)) };
    this.trader.input({ kind: 'settings', settings: { ...settings, risk } });
  }

  #orders({ side, shares: wanted, allowFlip }: Extract<Happening, { what: 'order' }>): void {
    const terms = limit(side === 'BUY' ? '149' : '151');
    const request = { symbol: 'AAPL', side, quantity: quantity(String(wanted)), terms, timeInForce: 'DAY' } as const;
    this.#asks(() =>
      this.trader.commands({ kind: 'place-order', request: { ...request, outsideRth: false, allowFlip } }),
    );
  }

  #acts(it: Exclude<Happening, { what: 'order' | 'limit' }>): void {
    const live = [...this.trader.durable.orders.values()].filter(isLive);
    const order = live[it.pick % Math.max(1, live.length)];
    if (order === undefined) return;
    const number = Number(order.number);
    switch (it.what) {
      case 'change':
        this.#asks(() => this.trader.modifies(number, { quantity: quantity(String(it.shares)) }));
        return;
      case 'fill': {
        const left = toNumber(order.spec.quantity) - toNumber(order.filled);
        if (left > 0) this.trader.fills(number, String(Math.min(it.shares, left)));
        return;
      }
      case 'confirm':
        this.trader.reports(number, { kind: 'working' });
        return;
      default:
        this.trader.commands({ kind: 'cancel-orders', numbers: [orderNumber(number)] });
        this.trader.cancelled(number);
    }
  }

  /** What is approved leaves the worst case within the limit, or not worse than it was. */
  #asks(ask: () => { readonly outcome: string }): void {
    const before = this.worst();
    const { outcome } = ask();
    if (outcome !== 'accepted') {
      this.denied += 1;
      expect(this.worst()).toBe(before);
      return;
    }
    this.approved += 1;
    expect(this.worst()).toBeLessThanOrEqual(Math.max(before, this.#most));
  }
}

describe('invariant 7: at approval the worst case is within the limit, or not worse than before', () => {
  test(
    'whatever is ordered, changed, filled and cancelled, and however the limit moves',
    () => {
      let [approved, denied] = [0, 0];
      fc.assert(
        fc.property(aDay, (day) => {
          const desk = new Desk();
          for (const happening of day) desk.meets(happening);
          approved += desk.approved;
          denied += desk.denied;
        }),
        RUNS,
      );
      expect([approved, denied].every((count) => count > 50)).toBe(true);
    },
    TIMEOUT_MS,
  );
});

const LIMIT_CHECKS: readonly CheckName[] = [
  ...(['daily-loss', 'symbol-list', 'notional', 'position'] as const),
  ...(['gross-exposure', 'sector-exposure', 'correlated-exposure', 'flip', 'order-rate', 'trading-state'] as const),
];

const amount = fc.nat(2_000_000).map((cents) => money(String(cents / 100)));

/** A portfolio beyond its limits or not, as it comes. */
const aPortfolio: fc.Arbitrary<Partial<RiskContext>> = fc
  .record({
    most: fc.nat(100),
    worth: amount,
    loss: fc.option(amount),
    isLatched: fc.boolean(),
    unknown: fc.boolean(),
    isQuoted: fc.boolean(),
    state: fc.constantFrom('ACTIVE' as const, 'REDUCING' as const, 'HALTED' as const),
    isDenied: fc.boolean(),
  })
  .map(({ most, worth, loss, isLatched, unknown, isQuoted, state, isDenied }): Partial<RiskContext> => {
    const own = { value: worth, source: 'symbol' } as const;
    const scope = { over: 'account' } as const;
    const latch = { scope, at: FRIDAY, loss: worth, limit: worth, source: 'global', currency: 'USD' } as const;
    const of = { loss, why: 'no close yet', latch: isLatched ? { ...latch, until: laterBy(FRIDAY, 1) } : null };
    const cluster = {
      before: worth,
      own: money('0'),
      limit: money('1'),
      source: 'global',
    } as const;
    return {
      trading: { state, since: FRIDAY, reason: 'a person', cause: 'person' },
      limits: limitsOf({
        positionSize: { value: quantity(String(most)), source: 'symbol' },
        orderExposure: own,
        dailyLoss: own,
      }),
      day: { symbol: of, account: of },
      settings: {
        ...DEFAULT_SETTINGS.risk,
        maxGrossExposure: worth,
        maxOrderNotional: worth,
        deniedSymbols: isDenied ? ['AAPL'] : [],
      },
      messages: { inLastSecond: 40, today: 1_000, executionsToday: 0 },
      ...(isQuoted ? {} : { quote: null, quoteAgeMs: null }),
      exposure: {
        mark: isQuoted ? price('150') : null,
        unknown: unknown ? ['MSFT'] : [],
        gross: worth,
        own: money('0'),
        sector: { name: 'Technology', before: worth, limit: money('1'), source: 'sector' },
        clusters: [{ ...cluster, symbol: 'AAPL', direction: 'long', correlation: ratio('1'), members: [], others: 0 }],
        correlations: unknown ? { state: 'missing', symbols: ['AAPL'] } : { state: 'fresh', version: 'v1' },
      },
    };
  });

test('a reducing order of a person passes every limit, whatever else is the matter', () => {
  fc.assert(
    fc.property(
      aPortfolio,
      fc.integer({ min: 1, max: 500 }),
      fc.boolean(),
      fc.nat(99),
      fc.nat(99),
      (portfolio, held, isLong, share, closing) => {
        const leaves = Math.floor((held * closing) / 100);
        const wanted = Math.max(1, Math.floor(((held - leaves) * share) / 100));
        const side = isLong ? 'SELL' : 'BUY';
        const others = quantity(String(leaves));
        const context = aContext(placing(side, String(wanted), market), {
          ...portfolio,
          position: signedQuantity(String(isLong ? held : -held)),
          ...(isLong ? { sellLeaves: others } : { buyLeaves: others }),
        });
        const { verdicts } = decide(decisionId('d-1'), context);
        const against = verdicts.filter(({ verdict }) => verdict === 'deny' || verdict === 'cannot-know');
        expect(against.filter(({ check }) => LIMIT_CHECKS.includes(check))).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});
