import { describe, expect, test } from 'vitest';
import type { BracketOrderRequest } from '#domain/bracket';
import { price, quantity } from '#domain/money';
import { aBracketRequest, EngineHarness } from '#test/builders/engine-harness';
import { limit, market, stop } from '#test/builders/engine-risk';

/** What a trader is told of a bracket on AAPL, quoted at 149.99 to 150.00. */
function answerTo(change: Partial<BracketOrderRequest>, trader = EngineHarness.ready()): string {
  const { outcome, message } = trader.commands({ kind: 'place-bracket', request: aBracketRequest(change) });
  return message === '' ? outcome : `${outcome}: ${message}`;
}

describe('a bracket order is accepted', () => {
  test.each<[string, Partial<BracketOrderRequest>]>([
    ['with a limit entry', {}],
    ['with a market entry', { parent: market }],
    ['with a stop entry above the market', { parent: stop('155') }],
    ['without a target', { takeProfit: null }],
  ])('%s', (_, change) => {
    expect(answerTo(change)).toBe('accepted');
  });

  test('to sell short, with permission, and exits mirrored', () => {
    const trader = EngineHarness.ready({ risk: { allowShort: true } });
    const short = {
      side: 'SELL',
      takeProfit: { limit: price('140') },
      stopLoss: { type: 'STP', stop: price('155') },
    } as const;
    expect(answerTo(short, trader)).toBe('accepted');
  });
});

describe('a bracket order is denied, and says why', () => {
  test.each<[string, Partial<BracketOrderRequest>, string]>([
    [
      'a stop above the entry',
      { stopLoss: { type: 'STP', stop: price('151') } },
      'Stop-loss 151.00 must be below the entry 150.00 of a BUY bracket.',
    ],
    [
      'a stop at the entry',
      { stopLoss: { type: 'STP', stop: price('150') } },
      'Stop-loss 150.00 must be below the entry 150.00 of a BUY bracket.',
    ],
    [
      'a target below the entry',
      { takeProfit: { limit: price('149') } },
      'Target 149.00 must be above the entry 150.00 of a BUY bracket.',
    ],
    [
      'a stop above a market entry, which pays the ask',
      { parent: market, stopLoss: { type: 'STP', stop: price('150') } },
      'Stop-loss 150.00 must be below the entry 150.00 of a BUY bracket.',
    ],
    ['no shares', { quantity: quantity('0') }, 'Quantity is 0. It must be more than 0.'],
    [
      'a price between two ticks',
      { takeProfit: { limit: price('160.005') } },
      'Target price 160.005 is not a multiple of the tick 0.01. Nearest: 160.00 and 160.01.',
    ],
    [
      'an entry that would trigger at once',
      { parent: stop('149') },
      'would trigger at once: a BUY stop must be above the ask 150.00.',
    ],
    [
      'a short entry without permission',
      { side: 'SELL', takeProfit: { limit: price('140') }, stopLoss: { type: 'STP', stop: price('155') } },
      'Position 0 could become −10. Selling short is off',
    ],
  ])('%s', (_, change, reason) => {
    const trader = EngineHarness.ready();
    const answer = answerTo(change, trader);
    expect(answer).toMatch(/^denied: /);
    expect(answer).toContain(reason);
    expect(trader.effectsOf('place')).toEqual([]);
    expect(trader.durable.groups.size).toBe(0);
    expect([...trader.durable.orders.values()].map(({ state, group }) => [state.phase, group])).toEqual([
      ['denied', null],
    ]);
  });

  test('the same bracket twice in a second', () => {
    const trader = EngineHarness.ready();
    expect(answerTo({}, trader)).toBe('accepted');
    trader.passes(1_000);
    expect(answerTo({}, trader)).toMatch(/^denied: .*\b1\b/);
    expect(trader.effectsOf('place')).toHaveLength(1);
  });

  test('on a stale price', () => {
    const trader = EngineHarness.ready();
    trader.passes(5_001);
    expect(answerTo({}, trader)).toMatch(/^denied: /);
  });

  test('everything that is wrong at once', () => {
    const wrong = answerTo({
      quantity: quantity('0'),
      parent: limit('150.005'),
      stopLoss: { type: 'STP', stop: price('151') },
    });
    expect(wrong).toContain('Quantity is 0.');
    expect(wrong).toContain('Price 150.005 is not a multiple of the tick');
    expect(wrong).toContain('Stop-loss 151.00 must be below');
  });
});
