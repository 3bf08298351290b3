import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import type { OcoOrderRequest } from '#domain/oco';
import { isLive } from '#domain/order-record';
import { EngineHarness } from '#test/builders/engine-harness';
import { anOcoLeg, ocoOf, placesOco } from '#test/builders/oco-orders';

const RUNS = { numRuns: 150 };
const TIMEOUT_MS = 60_000;
/** Longer than IBKR's grace and any pause between two requests of ours. */
const LONG_MS = 6_000;

type Happening =
  | { readonly what: 'fill'; readonly pick: number; readonly shares: number; readonly twice: boolean }
  | { readonly what: 'answers' }
  | { readonly what: 'passes'; readonly ms: number };

interface Day {
  readonly sizes: readonly number[];
  readonly asks: Pick<OcoOrderRequest, 'onPartialFill' | 'sharing' | 'onOverfill'>;
  readonly happenings: readonly Happening[];
}

const aDay: fc.Arbitrary<Day> = fc.record({
  sizes: fc.oneof(
    fc
      .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 4 }))
      .map(([size, legs]) => Array<number>(legs).fill(size)),
    fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 4 }),
  ),
  asks: fc.record({
    onPartialFill: fc.constantFrom('reduce' as const, 'cancel' as const),
    sharing: fc.constantFrom('proportional' as const, 'share-for-share' as const),
    onOverfill: fc.constantFrom('alert' as const, 'flatten-excess' as const),
  }),
  happenings: fc.array(
    fc.oneof(
      fc.record({
        what: fc.constant('fill' as const),
        pick: fc.nat(3),
        shares: fc.integer({ min: 1, max: 12 }),
        twice: fc.boolean(),
      }),
      fc.record({ what: fc.constant('answers' as const) }),
      fc.record({ what: fc.constant('passes' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
    ),
    { maxLength: 25 },
  ),
});

interface AtIbkr {
  total: number;
  filled: number;
  alive: boolean;
}

/** IBKR's side of one OCO group; it follows fills by itself at once, or leaves all of it to us. */
class Desk {
  readonly trader = EngineHarness.ready({ risk: { allowShort: true } });
  readonly legs: AtIbkr[];
  readonly #day: Day;
  #answered = 0;

  constructor(day: Day) {
    this.#day = day;
    this.legs = day.sizes.map((total) => ({ total, filled: 0, alive: true }));
    const terms = day.sizes.map((_, index) => ({ type: 'LMT' as const, limit: price(String(160 + index)) }));
    placesOco(this.trader, {
      ...day.asks,
      legs: terms.map((it, index) => anOcoLeg({ terms: it, quantity: quantity(String(day.sizes[index])) })),
    });
  }

  fills(pick: number, shares: number, twice: boolean): void {
    const index = pick % this.legs.length;
    const leg = this.legs[index];
    if (leg?.alive !== true) return;
    const filled = Math.min(shares, leg.total - leg.filled);
    leg.filled += filled;
    leg.alive = leg.filled < leg.total;
    const execution = this.trader.anExecution(index + 1, String(filled), '160');
    this.trader.fact({ kind: 'execution', execution });
    if (twice) this.trader.fact({ kind: 'execution', execution });
  }

  /** What IBKR does of its own with the siblings: by its documents the same fraction, by others the same shares. */
  follows(pick: number): void {
    const filler = pick % this.legs.length;
    const used = this.#used();
    for (const [index, leg] of this.legs.entries()) {
      if (index === filler || !leg.alive) continue;
      const size = this.#day.sizes[index] ?? 0;
      const leaves = this.#day.asks.onPartialFill === 'cancel' ? 0 : Math.floor(size * (1 - used) + 1e-9);
      this.#shrinks(index, leg.filled + leaves);
    }
  }

  /** IBKR takes up everything it was asked for and has not yet answered. */
  answers(): void {
    for (;;) {
      const effect = this.trader.effects[this.#answered];
      if (effect === undefined) return;
      this.#answered += 1;
      if (effect.kind === 'modify') {
        this.#shrinks(effect.order.value.orderId - 1, Number(effect.order.value.spec.quantity));
      } else if (effect.kind === 'cancel') this.#shrinks(effect.orderId - 1, 0);
      else if (effect.kind === 'place') {
        const legs = effect.legs.value.filter(({ role }) => role === 'parent');
        for (const { orderId, spec } of legs) this.trader.fills(orderId, spec.quantity, '150');
      } else if (effect.kind === 'snapshot' && this.trader.isAskedForSnapshot) {
        this.trader.answersSnapshot(() => {
          this.trader.reportsPosition(this.trader.position());
          for (const [index, { alive }] of this.legs.entries()) {
            if (alive) this.trader.reports(index + 1, { kind: 'working' });
          }
        });
      }
    }
  }

  lives(happening: Happening): void {
    if (happening.what === 'fill') this.fills(happening.pick, happening.shares, happening.twice);
    else if (happening.what === 'answers') this.answers();
    else this.trader.passes(happening.ms);
  }

  /** Σ of what filled, as fractions of what each order was for. */
  #used(): number {
    return this.legs.reduce((sum, { filled }, index) => sum + filled / (this.#day.sizes[index] ?? 1), 0);
  }

  get isOverfilled(): boolean {
    const { asks, sizes } = this.#day;
    if (asks.onPartialFill === 'cancel' || asks.sharing === 'proportional') return this.#used() > 1 + 1e-9;
    return this.legs.reduce((sum, { filled }) => sum + filled, 0) > Math.max(...sizes);
  }

  #shrinks(index: number, total: number): void {
    const leg = this.legs[index];
    if (leg?.alive !== true || total >= leg.total) {
      if (leg?.alive === true) this.trader.reports(index + 1, { kind: 'working' });
      return;
    }
    leg.total = Math.max(total, leg.filled);
    leg.alive = leg.filled < leg.total;
    if (!leg.alive) {
      this.trader.cancelled(index + 1);
      return;
    }
    const spec = { ...this.trader.order(index + 1).spec, quantity: quantity(String(leg.total)) };
    this.trader.reports(index + 1, { kind: 'working' }, { spec });
  }
}

const isTold = ({ trader }: Desk): boolean =>
  trader.durable.alarms.has(alarmId(`oco-overfill:${ocoOf(trader).id}`)) &&
  ocoOf(trader).legs.some(({ excess }) => excess !== '0');

describe('whatever fills of an OCO group', () => {
  test(
    'is never too much while reports and answers come in time',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const desk = new Desk(day);
          const isNative = ocoOf(desk.trader).custody === 'native';
          for (const happening of day.happenings) {
            desk.lives(happening);
            if (isNative && happening.what === 'fill') desk.follows(happening.pick);
            desk.answers();
            expect(desk.isOverfilled).toBe(false);
          }
          expect(desk.trader.allOf('oco-overfilled')).toEqual([]);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'is told at once when it is too much, however late IBKR follows',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const desk = new Desk(day);
          for (const happening of day.happenings) {
            desk.lives(happening);
            expect(isTold(desk)).toBe(desk.isOverfilled);
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'ends with a closed group and nothing at work once it has filled, and with nothing too much where that is traded back',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const desk = new Desk(day);
          for (const happening of day.happenings) desk.lives(happening);
          desk.fills(0, 20, false);
          for (let round = 0; round < 8; round += 1) {
            desk.answers();
            desk.trader.passes(LONG_MS);
          }
          // Share for share the largest may have a rest that no other order has filled.
          for (const index of desk.legs.keys()) {
            desk.fills(index, 20, false);
            desk.answers();
          }
          desk.answers();
          const { trader } = desk;
          expect([...trader.durable.orders.values()].filter(isLive)).toEqual([]);
          expect(ocoOf(trader).closed).not.toBeNull();
          if (day.asks.onOverfill === 'alert') return;
          const [first = 0] = day.sizes;
          const isEqual = day.sizes.every((size) => size === first);
          if (isEqual) expect(Math.abs(Number(trader.position()))).toBeLessThanOrEqual(first);
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'an order is only ever asked to become smaller',
    () => {
      fc.assert(
        fc.property(aDay, (day) => {
          const desk = new Desk(day);
          const sizes = [...day.sizes];
          for (const happening of day.happenings) desk.lives(happening);
          for (const { order } of desk.trader.effectsOf('modify')) {
            const index = order.value.orderId - 1;
            const asked = Number(order.value.spec.quantity);
            expect(asked).toBeLessThanOrEqual(sizes[index] ?? 0);
            sizes[index] = asked;
          }
        }),
        RUNS,
      );
    },
    TIMEOUT_MS,
  );
});
