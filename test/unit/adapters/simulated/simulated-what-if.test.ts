import { describe, expect, test } from 'vitest';
import { isPositive } from '#domain/money';
import type { WhatIfQuestion } from '#ports/broker-port';
import { limit, SimulatedDesk } from './simulated-desk';

function asking(desk: SimulatedDesk): WhatIfQuestion {
  const { orderId, spec } = desk.leg('BUY', '10', limit('100'));
  return { orderId, spec };
}

describe('what an order would do to the margin', () => {
  test('is known, and nothing is sent', async () => {
    const desk = SimulatedDesk.connected();
    const answer = await desk.broker.whatIf(asking(desk));
    expect(answer.ok && isPositive(answer.value.initialAfter) && isPositive(answer.value.equityAfter)).toBe(true);
    desk.passes(100);
    expect(desk.said('order-reported')).toEqual([]);
  });

  test('is not known of what IBKR refuses, and without a connection', async () => {
    const desk = SimulatedDesk.connected();
    const question = asking(desk);
    await desk.broker.whatIf(question);
    expect(await desk.broker.whatIf(question)).toEqual({ ok: false, error: 'Duplicate order id (103)' });
    const down = new SimulatedDesk();
    expect(await down.broker.whatIf(asking(down))).toEqual({
      ok: false,
      error: 'there is no connection to the simulation',
    });
  });
});
