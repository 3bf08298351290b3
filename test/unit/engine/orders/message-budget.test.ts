import { describe, expect, test } from 'vitest';
import { laterBy } from '#domain/ids';
import { quantity } from '#domain/money';
import { riskPictureOf } from '#engine/portfolio/risk-picture';
import { messagesOf } from '#engine/orders/message-budget';
import { aLimitOrder, EngineHarness } from '#test/builders/engine-harness';

/** Sends `count` orders of different sizes. */
function sends(trader: EngineHarness, count: number, from = 1): string[] {
  return Array.from({ length: count }, (_, i) => {
    const request = aLimitOrder({ quantity: quantity(String(from + i)) });
    return trader.commands({ kind: 'place-order', request }, 'cli').outcome;
  });
}

const inLastSecond = (trader: EngineHarness): number => messagesOf(trader.state, trader.now).inLastSecond;

describe('what people and scripts send', () => {
  test('is counted over the last second: orders and changes, a bracket once, no cancels', () => {
    const trader = EngineHarness.ready();
    trader.works(trader.places({ quantity: quantity('3') }));
    trader.placesBracket();
    trader.modifies(1, { quantity: quantity('5') });
    trader.cancels(1);
    expect(inLastSecond(trader)).toBe(3);
    trader.now = laterBy(trader.now, 999);
    expect(inLastSecond(trader)).toBe(3);
    trader.now = laterBy(trader.now, 1);
    expect(inLastSecond(trader)).toBe(0);
    trader.places({ quantity: quantity('7') });
    expect(trader.state.observed.requestTimes).toHaveLength(1);
  });

  test('is denied beyond the rate of the settings, until a second has passed', () => {
    const trader = EngineHarness.ready({ risk: { ordersPerSecondMax: 3 } });
    expect(sends(trader, 4)).toEqual(['accepted', 'accepted', 'accepted', 'denied']);
    trader.now = laterBy(trader.now, 1_000);
    expect(sends(trader, 1, 9)).toEqual(['accepted']);
  });

  test('is told with the executions of the day', () => {
    const trader = EngineHarness.ready();
    trader.fills(trader.places(), '10');
    expect(riskPictureOf(trader.state, trader.now).efficiency).toEqual({ messages: 1, executions: 1, warnAt: 15 });
  });
});
