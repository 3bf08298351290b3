import { describe, expect, test } from 'vitest';
import {
  absoluteMoney,
  averagePriceOf,
  decimalPlacesOf,
  decimalTextOf,
  enteredQuantitySchema,
  isNegative,
  isPositive,
  isZero,
  magnitudeOf,
  maxOf,
  minOf,
  money,
  moneyFromNumber,
  notionalOf,
  price,
  priceFromNumber,
  priceSchema,
  quantity,
  quantityFromNumber,
  quantitySchema,
  ratio,
  ratioOf,
  scaledBy,
  signedBy,
  signedQuantity,
  signedQuantityFromNumber,
  toFixedPlaces,
  toNumber,
  unitsWithin,
} from '#domain/money';

describe('amounts from text', () => {
  test.each([
    ['150', '150'],
    ['150.250', '150.25'],
    ['+0.5', '0.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['007', '7'],
    ['-0', '0'],
    ['-0.00', '0'],
    ['-1.50', '-1.5'],
    ['0', '0'],
    ['0.0000000000000001', '0.0000000000000001'],
  ])('%s is %s', (text, canonical) => {
    expect(price(text)).toBe(canonical);
  });

  test.each(['', ' ', 'ten', '1e5', '0x10', '1,000', '--1', '1.2.3', 'NaN', 'Infinity', '0.00000000000000001', '.'])(
    '"%s" is no price',
    (text) => {
      expect(priceSchema.safeParse(text).error?.issues[0]?.message).toBe(
        `expected a price such as 150.25, got "${text}"`,
      );
    },
  );

  test('a text without end is refused and only begun to be shown', () => {
    const message = quantitySchema.safeParse('9'.repeat(1_000)).error?.issues[0]?.message;
    expect(message).toMatch(/^expected a quantity such as 10, zero or more, got "9{78}"$/);
  });

  test('a quantity is never negative, a position may be', () => {
    expect(quantitySchema.safeParse('-1').success).toBe(false);
    expect(enteredQuantitySchema.safeParse('ten').success).toBe(false);
    expect(signedQuantity('-1')).toBe('-1');
    expect(quantity('0')).toBe('0');
  });

  test('a number is no amount: it could have lost digits already', () => {
    expect(priceSchema.safeParse(150).success).toBe(false);
  });
});

describe("amounts from the wire's doubles", () => {
  test('the shortest text that reads back is what was sent', () => {
    expect(decimalTextOf(164.1)).toBe('164.1');
    expect(decimalTextOf(0.1 + 0.2)).toBe('0.3');
    expect(decimalTextOf(1e-7)).toBe('0.0000001');
    expect(decimalTextOf(1e-20)).toBe('0');
    expect(decimalTextOf(-5)).toBe('-5');
    expect(decimalTextOf(-0)).toBe('0');
  });

  test.each([
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    2_147_483_647,
    9.3e18,
  ])('%s is unset', (value) => {
    expect(priceFromNumber(value)).toBeUndefined();
    expect(quantityFromNumber(value)).toBeUndefined();
    expect(signedQuantityFromNumber(value)).toBeUndefined();
    expect(moneyFromNumber(value)).toBeUndefined();
  });

  test('each kind takes what it can hold', () => {
    expect(priceFromNumber(-0.5)).toBe('-0.5');
    expect(quantityFromNumber(10)).toBe('10');
    expect(quantityFromNumber(-10)).toBeUndefined();
    expect(signedQuantityFromNumber(-10)).toBe('-10');
    expect(moneyFromNumber(0.35)).toBe('0.35');
  });
});

describe('arithmetic', () => {
  test('signs', () => {
    expect([isZero(price('0')), isZero(price('1'))]).toEqual([true, false]);
    expect([isNegative(price('-1')), isNegative(price('0'))]).toEqual([true, false]);
    expect([isPositive(price('1')), isPositive(price('0')), isPositive(price('-1'))]).toEqual([true, false, false]);
    expect(magnitudeOf(signedQuantity('-5'))).toBe('5');
    expect(magnitudeOf(signedQuantity('5'))).toBe('5');
    expect(absoluteMoney(money('-5'))).toBe('5');
    expect(absoluteMoney(money('5'))).toBe('5');
    expect([signedBy('BUY', quantity('5')), signedBy('SELL', quantity('5')), signedBy('SELL', quantity('0'))]).toEqual([
      '5',
      '-5',
      '0',
    ]);
  });

  test('the larger and the smaller', () => {
    expect([maxOf(price('2'), price('10')), maxOf(price('10'), price('2'))]).toEqual(['10', '10']);
    expect([minOf(price('2'), price('10')), minOf(price('10'), price('2'))]).toEqual(['2', '2']);
  });

  test('value of an order, with its multiplier', () => {
    expect(notionalOf(price('164.1'), quantity('50'), quantity('1'))).toBe('8205');
    expect(notionalOf(price('2.5'), signedQuantity('-3'), quantity('100'))).toBe('-750');
    expect(scaledBy(price('100'), ratio('1.05'))).toBe('105');
  });

  test('a ratio to nothing is not known', () => {
    expect(ratioOf(money('1'), money('3'))).toBe('0.333333333333');
    expect(ratioOf(money('1'), money('0'))).toBeUndefined();
  });

  test('what an amount pays for', () => {
    expect(unitsWithin(money('100'), money('33'))).toBe('3');
    expect(unitsWithin(money('-100'), money('33'))).toBe('0');
    expect(unitsWithin(money('100'), money('0'))).toBeUndefined();
    expect(unitsWithin(money('100'), money('-1'))).toBeUndefined();
  });

  test('no fills have no mean price', () => {
    expect(averagePriceOf([])).toBeUndefined();
    expect(averagePriceOf([{ price: price('5'), quantity: quantity('0') }])).toBeUndefined();
    expect(
      averagePriceOf([
        { price: price('164.09'), quantity: quantity('20') },
        { price: price('164.1'), quantity: quantity('30') },
      ]),
    ).toBe('164.096');
  });
});

describe('display', () => {
  test('decimals of a tick', () => {
    expect(['0.01', '0.25', '1', '0.0001'].map((tick) => decimalPlacesOf(price(tick)))).toEqual([2, 2, 0, 4]);
  });

  test('as many places as are asked for, and the nearest double', () => {
    expect(toFixedPlaces(price('164.1'), 2)).toBe('164.10');
    expect(toFixedPlaces(price('0.005'), 2)).toBe('0.00');
    expect(toNumber(price('164.1'))).toBe(164.1);
  });
});
