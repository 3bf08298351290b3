import { describe, expect, test } from 'vitest';
import { quantity } from '#domain/money';
import { PLACE_VALID_MS } from '#engine/orders/placement';
import { aBracketRequest, aLimitOrder, EngineHarness, OUR_CLIENT } from '#test/builders/engine-harness';

const order = { kind: 'place-order', request: aLimitOrder() } as const;

describe('a new order', () => {
  test('is decided, written down as an intent, and only then asked for', () => {
    const trader = EngineHarness.ready();
    expect(trader.typesOf(() => trader.places())).toEqual(['decision-made', 'orders-intended', 'command-answered']);
    const { id, broker, spec, decisionId } = trader.order(1);
    expect(trader.last('place')).toMatchObject({
      priority: 'new',
      validUntil: trader.now + PLACE_VALID_MS,
      legs: { decisionId, value: [{ id, orderId: broker.orderId, role: 'parent', spec, parentOrderId: null }] },
    });
    expect(spec).toMatchObject({ account: 'DU1234567', symbol: 'AAPL', quantity: '10', timeInForce: 'DAY' });
    expect(trader.order(1)).toMatchObject({
      state: { phase: 'submitting', effectId: trader.last('place').id },
      broker: { clientId: OUR_CLIENT, permId: null },
      filled: '0',
      averagePrice: null,
    });
  });

  test('is accepted, never done: done is an event', () => {
    const trader = EngineHarness.ready();
    expect(trader.commands(order)).toMatchObject({ outcome: 'accepted', orders: [{ number: 1 }], message: '' });
    expect(trader.phaseOf(1)).toBe('submitting');
  });

  test('that is denied stays in the ledger with its reason, and takes no id of IBKR', () => {
    const trader = EngineHarness.ready();
    const reply = trader.commands({ kind: 'place-order', request: aLimitOrder({ quantity: quantity('0') }) });
    expect(reply).toMatchObject({ outcome: 'denied', message: 'Quantity is 0. It must be more than 0.' });
    expect(trader.order(1)).toMatchObject({
      state: { phase: 'denied' },
      broker: { clientId: null, orderId: null },
      decisionId: reply.decision?.id,
    });
    expect(trader.effectsOf('place')).toEqual([]);
    expect(trader.order(trader.places()).broker.orderId).toBe(1);
  });
});

describe('nothing is decided', () => {
  test('before an account is known', () => {
    const trader = new EngineHarness();
    expect(trader.commands(order)).toMatchObject({
      outcome: 'refused',
      message: 'No account is known yet: connect to TWS or IB Gateway first.',
    });
  });

  test('of a symbol that IBKR has not named', () => {
    const trader = EngineHarness.ready();
    expect(trader.commands({ kind: 'place-order', request: aLimitOrder({ symbol: 'APPL' }) })).toMatchObject({
      outcome: 'refused',
      message: 'APPL is not a stock or ETF that IBKR has named to this workstation.',
    });
    expect(trader.allOf('decision-made')).toEqual([]);
  });
});

test('a disconnected workstation denies, and nothing is queued for the next session', () => {
  const trader = EngineHarness.ready();
  trader.linkDown();
  expect(trader.commands({ kind: 'place-bracket', request: aBracketRequest() })).toMatchObject({ outcome: 'denied' });
  trader.connects();
  expect(trader.effectsOf('place')).toEqual([]);
});

test('only so many recent orders are kept for the duplicate check', () => {
  const trader = EngineHarness.ready();
  trader.places();
  const { recent } = trader.state.observed;
  const [first] = recent;
  for (let n = 1; n < 2_000; n += 1) if (first !== undefined) recent.push(first);
  trader.places({ quantity: quantity('3') });
  expect(recent).toHaveLength(1_001);
  expect(recent.at(-1)?.number).toBe(2);
});
