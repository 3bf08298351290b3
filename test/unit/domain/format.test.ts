import { describe, expect, test } from 'vitest';
import {
  formatAge,
  formatAveragePrice,
  formatCash,
  formatDateTime,
  formatMoney,
  formatPercent,
  formatPrice,
  formatQuantity,
  formatSeconds,
  formatSignedQuantity,
  formatTimeOfDay,
} from '#domain/format';
import { epochMs } from '#domain/ids';
import { money, price, quantity, ratio, signedQuantity } from '#domain/money';

describe('figures as traders read them', () => {
  test('a price has two places, and never fewer than it needs', () => {
    expect(formatPrice(price('164.1'))).toBe('164.10');
    expect(formatPrice(price('164.603'))).toBe('164.603');
    expect(formatPrice(price('12345678'))).toBe('12,345,678.00');
    expect(formatPrice(price('-0.5'))).toBe('−0.50');
    expect(formatPrice(price('0.1234'), 4)).toBe('0.1234');
  });

  test('a mean price is cut to four places', () => {
    expect(formatAveragePrice(price('164.092512345678'))).toBe('164.0925');
    expect(formatAveragePrice(price('164'))).toBe('164.00');
    expect(formatAveragePrice(price('164.095'))).toBe('164.095');
  });

  test('an order has a size, a position has a sign', () => {
    expect(formatQuantity(quantity('1234.5'))).toBe('1,234.5');
    expect(formatSignedQuantity(signedQuantity('60'))).toBe('+60');
    expect(formatSignedQuantity(signedQuantity('-1000'))).toBe('−1,000');
    expect(formatSignedQuantity(signedQuantity('0'))).toBe('0');
  });

  test('money names its currency, with cents where there are any', () => {
    expect(formatMoney(money('12768'), 'USD')).toBe('$12,768');
    expect(formatMoney(money('12768.5'), 'EUR')).toBe('€12,768.50');
    expect(formatMoney(money('-0.35'), 'GBP')).toBe('−£0.35');
    expect(formatMoney(money('1000'), 'CHF')).toBe('CHF 1,000');
    expect(formatCash(money('1'), 'USD')).toBe('$1.00');
    expect(formatCash(money('-124'), 'USD')).toBe('−$124.00');
  });

  test('a ratio is shown in percent', () => {
    expect(formatPercent(ratio('0.05'))).toBe('5%');
    expect(formatPercent(ratio('0.0213'))).toBe('2.13%');
    expect(formatPercent(ratio('-0.0124'))).toBe('−1.24%');
    expect(formatPercent(ratio('12.5'))).toBe('1,250%');
  });
});

describe('time', () => {
  test.each([
    [-5, '0.0s'],
    [449, '0.4s'],
    [9_999, '9.9s'],
    [42_900, '42s'],
    [140_000, '2m 20s'],
    [3_600_000 + 4 * 60_000, '1h 04m'],
    [86_400_000, '1d 00h'],
    [3 * 86_400_000 + 5 * 3_600_000, '3d 05h'],
  ])('an age of %d ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });

  test('an age just beyond a limit never reads like the limit', () => {
    expect(formatSeconds(5_000)).toBe('5 s');
    expect(formatSeconds(5_001)).toBe('5.1 s');
    expect(formatSeconds(18_000)).toBe('18 s');
    expect(formatSeconds(1_200_000)).toBe('1,200 s');
  });

  test('a moment is shown in the zone that is asked for', () => {
    const at = epochMs(Date.UTC(2026, 10, 20, 5, 30, 8));
    expect(formatTimeOfDay(at, 'America/New_York')).toBe('00:30:08');
    expect(formatTimeOfDay(at, 'America/New_York')).toBe('00:30:08');
    expect(formatDateTime(at, 'America/New_York')).toBe('2026-11-20 00:30:08');
    expect(formatDateTime(at, 'Asia/Tokyo')).toBe('2026-11-20 14:30:08');
  });

  test('a zone that does not exist is refused', () => {
    expect(() => formatTimeOfDay(epochMs(0), 'Mars/Olympus')).toThrow(RangeError);
  });
});
