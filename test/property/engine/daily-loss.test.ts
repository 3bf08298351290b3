import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { add, compare, isPositive, money, ZERO_MONEY } from '#domain/money';
import { snapshotOf, restoreState } from '#domain/state-snapshot';
import { createEngineState } from '#engine/create-engine-state';
import { lossOf, symbolLoss } from '#engine/portfolio/day-losses';
import { DayBook } from '#engine/portfolio/day-book';
import { DayDesk } from '#test/builders/day-desk';
import { AAPL } from '#test/builders/engine-harness';

const LIMIT = money('20');

type Happening =
  | { readonly what: 'tick'; readonly cents: number }
  | { readonly what: 'trade'; readonly side: 'buys' | 'sells'; readonly shares: number; readonly cents: number }
  | { readonly what: 'commission'; readonly cents: number }
  | { readonly what: 'reset' }
  | { readonly what: 'crash' }
  | { readonly what: 'night' };

const cents = fc.integer({ min: 14_600, max: 15_200 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('tick' as const), cents }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('trade' as const),
      side: fc.constantFrom('buys' as const, 'sells' as const),
      shares: fc.integer({ min: 1, max: 10 }),
      cents,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('commission' as const), cents: fc.integer({ min: 0, max: 500 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ what: 'reset' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'crash' as const }) },
  { weight: 1, arbitrary: fc.constant({ what: 'night' as const }) },
);
const dollars = (of: number): string => (of / 100).toFixed(2);

/** Lets one happening happen; what the market is asked to do that nobody may do is simply denied. */
function lives(desk: DayDesk, it: Happening): void {
  switch (it.what) {
    case 'tick':
      desk.trades(dollars(it.cents));
      return;
    case 'trade':
      desk.tries(it.side === 'buys' ? 'BUY' : 'SELL', String(it.shares), dollars(it.cents));
      return;
    case 'commission': {
      const last = [...desk.durable.fills.keys()].at(-1);
      if (last !== undefined) desk.reportsCommission(last, dollars(it.cents));
      return;
    }
    case 'reset':
      desk.commands({ kind: 'reset-loss-latch', symbol: 'AAPL', reason: 'a person said so' });
      return;
    case 'crash': {
      const held = desk.position();
      desk.crashes();
      desk.connects(() =>
        desk.reportsPosition(held, { averageCost: desk.durable.positions.get(AAPL.conId)?.averageCost ?? null }),
      );
      return;
    }
    case 'night':
      desk.passes(24 * 60 * 60_000);
      return;
  }
}

test('the day counts by instrument what counting anew from the journal gives, and the account is the sum of it', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 30 }), (day) => {
      const desk = DayDesk.holding('10', { maxDailyLoss: LIMIT });
      for (const it of day) {
        lives(desk, it);
        const { days } = desk.state.observed;
        const again = new DayBook();
        again.open(desk.state, desk.now);
        expect(again.of(AAPL.conId)?.pnl).toEqual(days.of(AAPL.conId)?.pnl);
        const known = [...days.days].map(({ pnl }) => pnl.daily);
        const sum = known.includes(null)
          ? null
          : known.reduce((all, each) => add(all ?? ZERO_MONEY, each ?? ZERO_MONEY), ZERO_MONEY);
        expect(days.total('daily')).toBe(sum);
      }
    }),
    { numRuns: 60 },
  );
});

test('a loss latches at the moment it reaches its limit and no other, and no crash forgets that', () => {
  fc.assert(
    fc.property(fc.array(happening, { minLength: 1, maxLength: 40 }), (day) => {
      const desk = DayDesk.holding('10', { maxDailyLoss: LIMIT });
      for (const it of day) {
        const before = new Set(desk.durable.lossLatches.keys());
        const entries = desk.journal.length;
        lives(desk, it);
        const loss = symbolLoss(desk.state.observed.days, AAPL.conId);
        const { lossLatches, lossResets } = desk.durable;
        for (const [key, worst] of [
          [AAPL.conId, loss],
          [0, lossOf(desk.state.observed.days.total('daily'))],
        ] as const) {
          const reset = lossResets.get(key);
          const isReset =
            reset !== undefined && reset.until > desk.now && worst !== null && compare(worst, reset.loss) <= 0;
          const isReached = worst !== null && isPositive(worst) && compare(worst, LIMIT) >= 0;
          if (isReached && !isReset) expect(lossLatches.has(key)).toBe(true);
          if (it.what !== 'night' && it.what !== 'reset' && before.has(key)) expect(lossLatches.has(key)).toBe(true);
        }
        for (const { event } of desk.journal.slice(entries)) {
          if (event.type === 'loss-latched') expect(compare(event.latch.loss, LIMIT)).toBeGreaterThanOrEqual(0);
        }
        const replayed = desk.foldedJournal();
        expect([...replayed.lossLatches]).toEqual([...lossLatches]);
        expect([...createEngineState(restoreState(snapshotOf(replayed))).durable.lossResets]).toEqual([...lossResets]);
      }
    }),
    { numRuns: 60 },
  );
});
