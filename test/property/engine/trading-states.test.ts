import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { present } from '#domain/assert';
import { compare, isNegative, isZero, magnitudeOf, ZERO_POSITION } from '#domain/money';
import { isLive } from '#domain/order-record';
import type { Effect } from '#ports/broker-port';
import { aDay, Desk, type Happening } from '#test/builders/engine-days';
import { AAPL, aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

const RUNS = { numRuns: 100 };
const TIMEOUT_MS = 60_000;

const kills = (trader: EngineHarness, includingStops: boolean): void => {
  const command = { kind: 'set-trading-state', state: 'HALTED', everywhere: false, reason: 'enough' } as const;
  expect(trader.commands({ ...command, includingStops }).outcome).toBe('accepted');
};

/** A day, and at one moment of it the kill switch. */
function killedDay(before: readonly Happening[], after: readonly Happening[], includingStops: boolean): EngineHarness {
  const trader = EngineHarness.ready({ risk: { allowShort: true, duplicateWindowMs: 0 } });
  const desk = new Desk(trader);
  for (const happening of before) desk.lives(happening);
  kills(trader, includingStops);
  const sent = trader.effects.length;
  // A crash that loses the last of the journal may lose that it was pressed, which nobody had been told then.
  const loses = (it: Happening): boolean => it.what === 'crash' && it.lost > 0;
  for (const happening of after.filter((it) => !loses(it))) {
    desk.lives(happening);
    for (const effect of trader.effects.slice(sent)) expect(addsIn(trader, effect)).toEqual([]);
  }
  return trader;
}

/** The orders that an effect opens or makes larger without closing what was held when it was approved. */
function addsIn(trader: EngineHarness, effect: Effect): readonly string[] {
  if (effect.kind !== 'place') return [];
  const decided = trader.allOf('decision-made').find(({ decision }) => decision.id === effect.legs.decisionId);
  const { position } = present(decided, 'the decision behind an order').decision.context;
  return effect.legs.value.flatMap(({ id, spec }) => {
    const held = position ?? ZERO_POSITION;
    const closes = !isZero(held) && spec.side === (isNegative(held) ? 'BUY' : 'SELL');
    return closes && compare(spec.quantity, magnitudeOf(held)) <= 0 ? [] : [id];
  });
}

test(
  'while trading is HALTED no order leaves that adds, whatever happens',
  () => {
    fc.assert(
      fc.property(aDay, aDay, fc.boolean(), (before, after, includingStops) => {
        const trader = killedDay(before, after, includingStops);
        expect(trader.durable.trading.state).toBe('HALTED');
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

test(
  'while trading is HALTED a person can cancel whatever is ours, and close what is held',
  () => {
    fc.assert(
      fc.property(aDay, fc.boolean(), (before, includingStops) => {
        // A defect of ours halts by itself, and refuses more than the kill switch does.
        const sound = before.filter(({ what }) => what !== 'halt');
        const trader = killedDay(sound, [], includingStops);
        trader.outcome = { result: 'sent' };
        trader.definesAapl();
        const held = trader.durable.positions.get(AAPL.conId)?.quantity ?? ZERO_POSITION;
        trader.connects(() => trader.reportsPosition(held));
        trader.ticks();
        const live = [...trader.durable.orders.values()].filter((it) => isLive(it) && it.origin !== 'external');
        for (const { number } of live) expect(trader.cancels(number).outcome).toBe('accepted');
        for (const { number } of live) trader.cancelled(number);
        const others = trader.state.observed.liveByInstrument.get(AAPL.conId)?.size ?? 0;
        if (isZero(held) || others > 0 || !isWhole(held)) return;
        const side = isNegative(held) ? 'BUY' : 'SELL';
        const request = aLimitOrder({ side, quantity: magnitudeOf(held) });
        const reply = trader.commands({ kind: 'place-order', request });
        expect(reply.outcome, reply.message).toBe('accepted');
      }),
      RUNS,
    );
  },
  TIMEOUT_MS,
);

/** AAPL is traded in whole shares; a split may leave others. */
const isWhole = (held: string): boolean => !held.includes('.');
