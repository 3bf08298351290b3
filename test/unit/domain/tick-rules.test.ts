import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, price } from '#domain/money';
import { isOnTick, neighboursOf, priceDecimals, roundToTick, tickAt } from '#domain/tick-rules';

/** Cents from a dollar up, hundredths of a cent below it: how US stocks move. */
const US = {
  priceBands: [
    { from: price('0'), increment: price('0.0001') },
    { from: price('1'), increment: price('0.01') },
  ],
};

describe('tick rules', () => {
  test('the band decides the tick, its lower end included', () => {
    expect(tickAt(US, price('0.9999'))).toBe('0.0001');
    expect(tickAt(US, price('1'))).toBe('0.01');
    expect(tickAt(US, price('164.603'))).toBe('0.01');
  });

  test('an off-tick price names both neighbours, an on-tick price is its own', () => {
    expect(isOnTick(US, price('164.603'))).toBe(false);
    expect(neighboursOf(US, price('164.603'))).toEqual({ below: '164.6', above: '164.61' });
    expect(isOnTick(US, price('164.6'))).toBe(true);
    expect(neighboursOf(US, price('164.6'))).toEqual({ below: '164.6', above: '164.6' });
  });

  test('rounding down never leaves the band for a price that is off its grid', () => {
    const odd = { priceBands: [US.priceBands[0], { from: price('1'), increment: price('0.3') }] } as typeof US;
    expect(neighboursOf(odd, price('1.1'))).toEqual({ below: '1', above: '1.2' });
  });

  test('a price below zero has its neighbours below zero', () => {
    expect(neighboursOf(US, price('-0.00015'))).toEqual({ below: '-0.0002', above: '-0.0001' });
  });

  test('computed prices go to the side that is safer for us', () => {
    const at = price('164.603');
    expect(roundToTick(US, at, 'BUY', 'limit')).toBe('164.6');
    expect(roundToTick(US, at, 'SELL', 'stop')).toBe('164.6');
    expect(roundToTick(US, at, 'SELL', 'limit')).toBe('164.61');
    expect(roundToTick(US, at, 'BUY', 'stop')).toBe('164.61');
  });

  test('a rounded price is on tick, and less than a tick away', () => {
    const cents = fc.integer({ min: 1, max: 10 ** 10 }).map((n) => price((n / 10 ** 5).toFixed(5)));
    fc.assert(
      fc.property(cents, (at) => {
        const { below, above } = neighboursOf(US, at);
        expect(isOnTick(US, below)).toBe(true);
        expect(isOnTick(US, above)).toBe(true);
        expect(compare(below, at)).not.toBe(1);
        expect(compare(at, above)).not.toBe(1);
        expect(Number(above) - Number(below)).toBeLessThan(Number(tickAt(US, at)) * 1.001);
      }),
    );
  });

  test('a price is shown with its tick’s decimals, two at least', () => {
    expect(priceDecimals(US, price('0.5'))).toBe(4);
    expect(priceDecimals(US, price('5'))).toBe(2);
    expect(priceDecimals({ priceBands: [{ from: price('0'), increment: price('1') }] }, price('5'))).toBe(2);
  });
});
