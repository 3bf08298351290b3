import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EventOf } from '#domain/engine-event';
import { compare, percent, price, quantity } from '#domain/money';
import { stopOf } from '#domain/order-spec';
import type { TrailingStopConfig } from '#domain/trailing-stop';
import { snapshotOf } from '#domain/state-snapshot';
import { AAPL } from '#test/builders/engine-harness';
import { TrailingDesk } from '#test/builders/trailing-desk';

const TIMEOUT_MS = 60_000;

type Happening =
  | { readonly what: 'tick'; readonly cents: number; readonly spread: number; readonly print: number }
  | { readonly what: 'time'; readonly ms: number }
  | { readonly what: 'answer'; readonly stop: number; readonly how: 'confirm' | 'refuse' }
  | { readonly what: 'by-hand'; readonly stop: number; readonly cents: number }
  | { readonly what: 'crash' | 'reconnect' };

/** Three ticks of different sizes for each other happening: a market that runs, falls back and jumps. */
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('tick' as const),
      cents: fc.oneof(fc.integer({ min: -60, max: 80 }), fc.integer({ min: -900, max: 900 })),
      spread: fc.integer({ min: 1, max: 40 }),
      print: fc.integer({ min: -10, max: 50 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('time' as const), ms: fc.integer({ min: 0, max: 2_500 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constant('answer' as const),
      stop: fc.integer({ min: 1, max: 3 }),
      how: fc.constantFrom('confirm' as const, 'confirm' as const, 'refuse' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('by-hand' as const),
      stop: fc.integer({ min: 1, max: 3 }),
      cents: fc.integer({ min: -300, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Happening>({ what: 'crash' }, { what: 'reconnect' }) },
);

interface Day {
  readonly isLong: boolean;
  readonly trails: readonly TrailingStopConfig['trail'][];
  readonly sources: readonly TrailingStopConfig['triggerOn'][];
  readonly happenings: readonly Happening[];
}

const trailFrom = (cents: number, tenths: number): fc.Arbitrary<TrailingStopConfig['trail']> =>
  fc.oneof(
    fc.integer({ min: cents, max: 800 }).map((it) => ({ by: 'amount' as const, amount: price(String(it / 100)) })),
    fc.integer({ min: tenths, max: 60 }).map((it) => ({ by: 'percent' as const, percent: percent(String(it / 10)) })),
  );
const three = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 3, maxLength: 3 });
const dayWith = (trail: fc.Arbitrary<TrailingStopConfig['trail']>): fc.Arbitrary<Day> =>
  fc.record({
    isLong: fc.boolean(),
    trails: three(trail),
    sources: three(fc.constantFrom('last', 'bidAsk', 'mid')),
    happenings: fc.array(happening, { minLength: 5, maxLength: 60 }),
  });
const day = dayWith(trailFrom(1, 1));
/** Trails that are wider than the market, whose stops never have to wait for it. */
const wideDay = dayWith(trailFrom(10, 5));

const NUMBERS = [1, 2, 3];
const dollars = (cents: number): string => (cents / 100).toFixed(2);

/** A day of three stops that share a symbol: 3, 4 and 3 shares of ten. */
class TrailingDay {
  readonly desk: TrailingDesk;
  readonly #isLong: boolean;
  #cents = 15_000;

  constructor({ isLong, trails, sources }: Day) {
    this.#isLong = isLong;
    this.desk = TrailingDesk.holding({ held: isLong ? '10' : '-10' });
    for (const [index, shares] of ['3', '4', '3'].entries()) {
      const way = trails[index] ?? { by: 'amount' as const, amount: price('3') };
      const triggerOn = sources[index] ?? 'last';
      this.desk.rests({ side: isLong ? 'SELL' : 'BUY', quantity: quantity(shares), trail: way, triggerOn });
      this.desk.passes(3_000);
    }
  }

  goes(it: Happening): void {
    const { desk } = this;
    switch (it.what) {
      case 'tick': {
        this.#cents = Math.max(5_000, this.#cents + it.cents);
        const bid = price(dollars(this.#cents));
        const ask = price(dollars(this.#cents + it.spread));
        desk.fact({
          kind: 'quote',
          conId: AAPL.conId,
          patch: { bid, ask, last: price(dollars(this.#cents + it.print)) },
        });
        return;
      }
      case 'time':
        desk.passes(it.ms);
        return;
      case 'answer':
        if (desk.order(it.stop).modification === null) return;
        if (it.how === 'confirm') desk.confirms(it.stop);
        else desk.errs(it.stop, 161, 'refused-change');
        return;
      case 'by-hand': {
        const resting = Math.round(Number(desk.stopOf(it.stop)) * 100);
        desk.showsStop(it.stop, dollars(Math.max(1, resting + it.cents)));
        return;
      }
      case 'crash':
        desk.restarts(NUMBERS, this.#held);
        return;
      case 'reconnect':
        desk.linkDown();
        desk.holds(this.#held, '0', () => {
          for (const number of NUMBERS) desk.takesOn(number);
        });
        desk.isQuoted(AAPL);
    }
  }

  get #held(): string {
    return this.#isLong ? '10' : '-10';
  }
}

/** `each` after every happening of many days. */
function lived(each: (desk: TrailingDesk, isLong: boolean) => void, numRuns = 150): void {
  fc.assert(
    fc.property(day, (plan) => {
      const life = new TrailingDay(plan);
      for (const it of plan.happenings) {
        life.goes(it);
        each(life.desk, plan.isLong);
      }
    }),
    { numRuns },
  );
}

type Ratchet = EventOf<'stop-ratcheted'>;
const targetOf = ({ modification }: Ratchet): ReturnType<typeof price> => price(String(stopOf(modification.terms)));

describe('whatever the market, IBKR and the machine do, no stop that this app moves', () => {
  test(
    'moves against the position, nor to or past the bid that it sells at or the ask that it buys at',
    () => {
      lived((desk, isLong) => {
        for (const ratchet of desk.allOf('stop-ratcheted').slice(-2)) {
          const { before, bid, ask } = ratchet;
          const to = targetOf(ratchet);
          expect(compare(to, before)).toBe(isLong ? 1 : -1);
          expect(compare(to, isLong ? bid : ask)).toBe(isLong ? -1 : 1);
        }
      });
    },
    TIMEOUT_MS,
  );

  test(
    'leaves from anywhere but where it rests at IBKR, nor by a change while another is under way',
    () => {
      lived((desk) => {
        const inFlight = new Set<string>();
        const resting = new Map<string, string | null>();
        for (const { event } of desk.journal) {
          if (event.type === 'orders-intended') {
            for (const { id, spec } of event.orders) resting.set(id, stopOf(spec.terms));
          }
          if (event.type === 'modification-confirmed' || event.type === 'terms-observed') {
            resting.set(event.id, stopOf(event.terms));
          }
          if (event.type === 'modification-confirmed' || event.type === 'modification-refused')
            inFlight.delete(event.id);
          if (event.type !== 'stop-ratcheted') continue;
          expect(inFlight.has(event.id)).toBe(false);
          expect(event.before).toBe(resting.get(event.id));
          inFlight.add(event.id);
        }
      });
    },
    TIMEOUT_MS,
  );

  test(
    'moves within a second of another of its symbol in one life of the process',
    () => {
      lived((desk) => {
        let last = Number.NEGATIVE_INFINITY;
        for (const { at, event } of desk.journal) {
          if (event.type === 'run-started') last = Number.NEGATIVE_INFINITY;
          if (event.type !== 'stop-ratcheted') continue;
          expect(at - last).toBeGreaterThanOrEqual(1_000);
          last = at;
        }
      });
    },
    TIMEOUT_MS,
  );

  test(
    'starves: once the market holds still and IBKR answers, each is where its best price wants it within seconds',
    () => {
      fc.assert(
        fc.property(wideDay, (plan) => {
          const life = new TrailingDay(plan);
          const { desk } = life;
          for (const it of plan.happenings) life.goes(it);
          const confirmAll = (): void => {
            for (const number of NUMBERS) if (desk.order(number).modification !== null) desk.confirms(number);
          };
          confirmAll();
          const peak = plan.isLong ? '400' : '20';
          for (let second = 0; second < 70; second += 1) {
            desk.trades(peak);
            desk.passes(1_000);
            confirmAll();
          }
          for (const number of NUMBERS) {
            const distance = Math.abs(Number(peak) - Number(desk.stopOf(number)));
            const way = plan.trails[number - 1];
            const trailed = way?.by === 'amount' ? Number(way.amount) : (Number(peak) * Number(way?.percent)) / 100;
            // Behind by its trail, by less than the smallest step, and by what rounding takes.
            expect(distance).toBeLessThanOrEqual(trailed * 1.06 + 0.04);
          }
        }),
        { numRuns: 60 },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'is another one for whoever folds the journal',
    () => {
      lived((desk) => {
        expect(JSON.stringify(snapshotOf(desk.foldedJournal()))).toBe(JSON.stringify(snapshotOf(desk.durable)));
      }, 30);
    },
    TIMEOUT_MS,
  );
});
