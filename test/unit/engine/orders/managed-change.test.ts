import { describe, expect, test } from 'vitest';
import { price, quantity } from '#domain/money';
import { changeByManager, termsNow, whyNotChangeable } from '#engine/orders/managed-change';
import { Turn } from '#engine/turn';
import { AAPL, EngineHarness } from '#test/builders/engine-harness';
import { stop } from '#test/builders/engine-risk';

const [ENTRY, TARGET, STOP] = [1, 2, 3] as const;

/** A bracket of 10 that has filled, its exits working. */
function filled(): EngineHarness {
  const trader = EngineHarness.ready();
  trader.placesBracket();
  trader.fills(ENTRY, '10');
  trader.works(TARGET);
  trader.acknowledges(STOP, 'trigger');
  return trader;
}

const turnOf = (trader: EngineHarness): Turn => new Turn(trader.state, trader.now);

describe('a manager changes an order', () => {
  test('to fewer: by the decision that approved it, before what opens', () => {
    const trader = filled();
    const turn = turnOf(trader);
    const order = trader.order(STOP);
    expect(changeByManager(turn, order, { ...termsNow(order), quantity: quantity('6') })).toEqual({
      ok: true,
      value: null,
    });
    expect(turn.finish().entries.map(({ event }) => event.type)).toEqual(['modification-requested']);
    expect(turn.finish().effects).toMatchObject([
      { kind: 'modify', priority: 'reduce', order: { decisionId: order.decisionId } },
    ]);
  });

  test('to more: by a new decision, which may say no', () => {
    const trader = filled();
    const order = trader.order(STOP);
    const turn = turnOf(trader);
    const changed = changeByManager(turn, order, { ...termsNow(order), quantity: quantity('11') });
    expect(changed).toMatchObject({ ok: false });
    expect(changed.ok ? '' : changed.error).toContain('11');
    expect(turn.finish().entries.map(({ event }) => event.type)).toEqual(['decision-made']);
    expect(turn.finish().effects).toEqual([]);
  });

  test('of an instrument that IBKR has not defined in this life: by a new decision too', () => {
    const trader = filled();
    trader.durable.instruments.delete(AAPL.conId);
    trader.state.observed.conIdBySymbol.delete('AAPL');
    const order = trader.order(STOP);
    const turn = turnOf(trader);
    expect(changeByManager(turn, order, { ...termsNow(order), quantity: quantity('6') }).ok).toBe(false);
  });

  test('to a looser stop: by a new decision', () => {
    const trader = filled();
    const order = trader.order(STOP);
    const turn = turnOf(trader);
    const looser = { ...termsNow(order), terms: stop('140') };
    expect(changeByManager(turn, order, looser).ok).toBe(true);
    expect(turn.finish().entries.map(({ event }) => event.type)).toEqual(['decision-made', 'modification-requested']);
    expect(turn.finish().effects).toMatchObject([{ kind: 'modify', priority: 'new' }]);
  });

  test('of a type that we do not place: not at all', () => {
    const trader = filled();
    const terms = { type: 'OTHER', name: 'MIT', limit: null, stop: price('145') } as const;
    const order = trader.order(STOP);
    trader.reports(STOP, { kind: 'working' }, { spec: { ...order.spec, terms } });
    expect(
      changeByManager(turnOf(trader), trader.order(STOP), { ...termsNow(order), quantity: quantity('6') }),
    ).toEqual({ ok: false, error: 'a MIT order is not ours to change' });
  });
});

test('the stop of a trailing order is not named: it is where IBKR has moved it', () => {
  const trader = EngineHarness.ready();
  const trail = { by: 'amount', amount: price('3') } as const;
  const { stop: number } = trader.placesBracket({ stopLoss: { type: 'TRAIL', trail, stop: price('146') } });
  expect(termsNow(trader.order(number)).terms).toEqual({ type: 'TRAIL', trail, stop: null });
});

test('a change waits for a session, and for the answer to the one before', () => {
  const trader = filled();
  expect(whyNotChangeable(turnOf(trader), trader.order(STOP))).toBeNull();
  trader.modifies(STOP, { stop: price('146') });
  expect(whyNotChangeable(turnOf(trader), trader.order(STOP))).toContain('not answered');
  trader.losesUpstream();
  expect(whyNotChangeable(turnOf(trader), trader.order(TARGET))).toBe('the session is degraded');
});
