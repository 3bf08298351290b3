import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bracketOrderRequestSchema, checkBracketGeometry, entryReference } from '#domain/bracket';
import { price } from '#domain/money';

const [low, mid, high] = [price('145'), price('150'), price('155')];

describe('the geometry of a bracket', () => {
  test('BUY wants stop < entry < target', () => {
    expect(checkBracketGeometry('BUY', mid, low, high)).toEqual({ ok: true, value: null });
    expect(checkBracketGeometry('BUY', mid, low, null).ok).toBe(true);
    expect(checkBracketGeometry('BUY', mid, high, null)).toEqual({
      ok: false,
      error: { leg: 'stop-loss', side: 'BUY', price: '155', entry: '150' },
    });
    expect(checkBracketGeometry('BUY', mid, low, low)).toEqual({
      ok: false,
      error: { leg: 'take-profit', side: 'BUY', price: '145', entry: '150' },
    });
  });

  test('SELL wants the mirror', () => {
    expect(checkBracketGeometry('SELL', mid, high, low).ok).toBe(true);
    expect(checkBracketGeometry('SELL', mid, low, high).ok).toBe(false);
    expect(checkBracketGeometry('SELL', mid, high, high).ok).toBe(false);
  });

  test('an exit at the entry is on neither side', () => {
    expect(checkBracketGeometry('BUY', mid, mid, high).ok).toBe(false);
    expect(checkBracketGeometry('BUY', mid, low, mid).ok).toBe(false);
  });

  test('what is right for BUY is wrong for SELL and the other way round, and its mirror image is right', () => {
    const cents = fc.integer({ min: 1, max: 100_000 });
    fc.assert(
      fc.property(cents, cents, cents, (entry, stop, target) => {
        const at = (n: number) => price(String(n));
        const buy = checkBracketGeometry('BUY', at(entry), at(stop), at(target)).ok;
        expect(buy).toBe(stop < entry && entry < target);
        const mirrored = checkBracketGeometry('SELL', at(-entry), at(-stop), at(-target)).ok;
        expect(mirrored).toBe(buy);
        if (buy) expect(checkBracketGeometry('SELL', at(entry), at(stop), at(target)).ok).toBe(false);
      }),
    );
  });
});

describe('the price an entry is expected near', () => {
  test('its own price, or the far touch of a market entry', () => {
    expect(entryReference({ type: 'LMT', limit: mid }, 'BUY', low, high)).toBe('150');
    expect(entryReference({ type: 'STP', stop: mid }, 'BUY', low, high)).toBe('150');
    expect(entryReference({ type: 'MKT' }, 'BUY', low, high)).toBe('155');
    expect(entryReference({ type: 'MKT' }, 'SELL', low, high)).toBe('145');
    expect(entryReference({ type: 'MKT' }, 'BUY', low, null)).toBeNull();
  });
});

test('a request is read with its symbol in upper case, and unknown keys are refused', () => {
  const request = {
    symbol: ' aapl ',
    side: 'BUY',
    quantity: '10',
    parent: { type: 'MKT' },
    takeProfit: { limit: '155' },
    stopLoss: { type: 'STP', stop: '145' },
    timeInForce: 'DAY',
    exitTimeInForce: 'GTC',
    outsideRth: false,
  };
  expect(bracketOrderRequestSchema.parse(request)).toMatchObject({ symbol: 'AAPL', levels: [] });
  expect(bracketOrderRequestSchema.safeParse({ ...request, trail: '1' }).success).toBe(false);
});
