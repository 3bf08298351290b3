import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  add,
  averagePriceOf,
  compare,
  decimalTextOf,
  enteredPriceSchema,
  enteredQuantitySchema,
  isMultipleOf,
  leavesOf,
  magnitudeOf,
  moneySchema,
  notionalOf,
  price,
  priceSchema,
  quantity,
  quantitySchema,
  ratio,
  ratioOf,
  roundToMultiple,
  scaledBy,
  signedQuantity,
  subtract,
  toFixedPlaces,
  unitsWithin,
} from '#domain/money';

// The reference is whole-number arithmetic: an amount is a BigInt count of 10⁻⁸.
const PLACES = 8;
const ONE = 10n ** BigInt(PLACES);

/** The canonical text of `units` × 10⁻⁸. */
function textOf(units: bigint): string {
  const size = units < 0n ? -units : units;
  const fraction = String(size % ONE)
    .padStart(PLACES, '0')
    .replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${size / ONE}${fraction === '' ? '' : `.${fraction}`}`;
}

const signedUnits = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const units = fc.bigInt({ min: 0n, max: 10n ** 18n });
const step = fc.constantFrom(1n, 10n ** 4n, 10n ** 6n, 5n * 10n ** 6n, 25n * 10n ** 6n, ONE, 100n * ONE);

describe('amounts against whole-number arithmetic', () => {
  test('the sum and the difference are exact', () => {
    fc.assert(
      fc.property(signedUnits, signedUnits, (a, b) => {
        expect(add(price(textOf(a)), price(textOf(b)))).toBe(textOf(a + b));
        expect(subtract(price(textOf(a)), price(textOf(b)))).toBe(textOf(a - b));
      }),
    );
  });

  test('the order of amounts is the order of numbers', () => {
    fc.assert(
      fc.property(signedUnits, signedUnits, (a, b) => {
        expect(compare(price(textOf(a)), price(textOf(b)))).toBe(a === b ? 0 : a < b ? -1 : 1);
      }),
    );
  });

  test('a notional is the exact product', () => {
    fc.assert(
      fc.property(signedUnits, units, (p, q) => {
        // Both have 8 places, so the product has the 16 that an amount keeps.
        const product = p * q;
        const size = product < 0n ? -product : product;
        const fraction = String(size % (ONE * ONE))
          .padStart(2 * PLACES, '0')
          .replace(/0+$/, '');
        const text = `${product < 0n ? '-' : ''}${size / (ONE * ONE)}${fraction === '' ? '' : `.${fraction}`}`;
        expect(notionalOf(price(textOf(p)), quantity(textOf(q)), quantity('1'))).toBe(text);
      }),
    );
  });

  test('what is left of a quantity is never below zero', () => {
    fc.assert(
      fc.property(units, units, (a, b) => {
        expect(leavesOf(quantity(textOf(a)), quantity(textOf(b)))).toBe(textOf(a > b ? a - b : 0n));
      }),
    );
  });

  test('rounding to a step finds the neighbours, and a multiple is its own neighbour', () => {
    fc.assert(
      fc.property(units, step, (a, by) => {
        const amount = price(textOf(a));
        const increment = price(textOf(by));
        const below = (a / by) * by;
        expect(roundToMultiple(amount, increment, 'down')).toBe(textOf(below));
        expect(roundToMultiple(amount, increment, 'up')).toBe(textOf(below === a ? a : below + by));
        expect(isMultipleOf(amount, increment)).toBe(below === a);
      }),
    );
  });

  test('the units that fit into an amount cost no more than it, and one more would', () => {
    fc.assert(
      fc.property(units, units, (amount, unit) => {
        const found = unitsWithin(moneySchema.parse(textOf(amount)), moneySchema.parse(textOf(unit)));
        expect(found).toBe(unit === 0n ? undefined : String(amount / unit));
      }),
    );
  });

  test('the size of a position has no sign', () => {
    fc.assert(
      fc.property(signedUnits, (a) => {
        expect(magnitudeOf(signedQuantity(textOf(a)))).toBe(textOf(a < 0n ? -a : a));
      }),
    );
  });

  test('the mean price of fills lies between the cheapest and the dearest', () => {
    const fill = fc.record({
      price: signedUnits.map((n) => price(textOf(n))),
      quantity: fc.bigInt({ min: 1n, max: 10n ** 12n }).map((n) => quantity(textOf(n))),
    });
    fc.assert(
      fc.property(fc.array(fill, { minLength: 1, maxLength: 20 }), (fills) => {
        const mean = averagePriceOf(fills);
        expect(mean).toBeDefined();
        const prices = fills.map((it) => it.price).sort(compare);
        const [lowest] = prices;
        const highest = prices.at(-1);
        if (mean === undefined || lowest === undefined || highest === undefined) throw new Error('no prices');
        expect(compare(lowest, mean)).not.toBe(1);
        expect(compare(mean, highest)).not.toBe(1);
      }),
    );
  });
});

describe('canonical text', () => {
  test('an amount is the same text however it was written', () => {
    const zeros = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(units, zeros, zeros, (a, leading, trailing) => {
        const text = textOf(a);
        const padded = text.includes('.') ? text + '0'.repeat(trailing) : `${text}.${'0'.repeat(trailing)}`;
        expect(price(`+${'0'.repeat(leading)}${padded}`)).toBe(text);
      }),
    );
  });

  test('a double that was printed from decimal text gives that text back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), (a) => {
        const text = textOf(a);
        expect(decimalTextOf(Number(text))).toBe(text);
      }),
    );
  });

  test('a fixed number of places rounds half to even', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), (a) => {
        const cents = 10n ** 6n;
        const rest = a % cents;
        const below = a / cents;
        const up = rest * 2n > cents || (rest * 2n === cents && below % 2n === 1n);
        const rounded = up ? below + 1n : below;
        const text = `${rounded / 100n}.${String(rounded % 100n).padStart(2, '0')}`;
        expect(toFixedPlaces(price(textOf(a)), 2)).toBe(text);
      }),
    );
  });
});

describe('figures computed from what people may enter', () => {
  const decimals = fc.stringMatching(/^\d{0,16}$/);
  const entered = fc.tuple(fc.stringMatching(/^\d{1,12}$/), decimals).map(([whole, rest]) => `${whole}.${rest}`);
  const settings = fc.constantFrom('0.0000000000000001', '1', '100000', '999999999999');

  test('can all be written to the journal and read back', () => {
    fc.assert(
      fc.property(entered, entered, settings, (p, q, limit) => {
        const value = notionalOf(enteredPriceSchema.parse(p), enteredQuantitySchema.parse(q), quantity('100'));
        const loaded = scaledBy(value, ratio('1.05'));
        expect(moneySchema.parse(value)).toBe(value);
        expect(moneySchema.parse(loaded)).toBe(loaded);
        const unit = scaledBy(enteredPriceSchema.parse(p), ratio('1.05'));
        expect(priceSchema.parse(unit)).toBe(unit);
        const used = ratioOf(loaded, moneySchema.parse(limit));
        expect(used === undefined ? undefined : ratio(used)).toBe(used);
        const largest = unitsWithin(moneySchema.parse(limit), value);
        expect(largest === undefined ? undefined : quantitySchema.parse(largest)).toBe(largest);
      }),
    );
  });

  test('no more than 12 digits before the point are taken', () => {
    expect(enteredPriceSchema.safeParse('-999999999999.5').success).toBe(true);
    expect(enteredPriceSchema.safeParse('1000000000000').success).toBe(false);
    expect(enteredQuantitySchema.safeParse('999999999999').success).toBe(true);
    expect(enteredQuantitySchema.safeParse('1000000000000').success).toBe(false);
    expect(enteredQuantitySchema.safeParse('-1').success).toBe(false);
  });
});
