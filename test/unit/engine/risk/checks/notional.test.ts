import { describe, expect, test } from 'vitest';
import { money, price, quantity, ratio, signedQuantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { notional } from '#engine/risk/checks/notional';
import { AAPL } from '#test/builders/engine-harness';
import {
  aLegOf,
  aQuoteOf,
  limit,
  limitsOf,
  market,
  modifying,
  passOf,
  placing,
  saying,
  stop,
  verdictOf,
} from '#test/builders/engine-risk';

const settings = { ...DEFAULT_SETTINGS.risk, maxOrderNotional: money('10000') };
const value = (projected: string, used: string, headroom: string, largest: string): Record<string, unknown> => ({
  code: 'ORDER_NOTIONAL',
  projected,
  limit: '10000',
  headroom,
  used,
  currency: 'USD',
  source: 'global',
  largest,
});

describe('the limit is $10,000', () => {
  test('79 shares at 100 pass, 80 warn, 100 still warn, 101 are denied and 100 would pass', () => {
    const buy = (shares: string) => verdictOf(notional, placing('BUY', shares, limit('100')), { settings });
    expect(buy('79')).toEqual(passOf(notional));
    expect(buy('80')).toEqual(saying('warn', notional, value('8000', '0.8', '2000', '100')));
    expect(buy('100')).toEqual(saying('warn', notional, value('10000', '1', '0', '100')));
    expect(buy('101')).toEqual(saying('deny', notional, value('10100', '1.01', '-100', '100')));
  });

  test('the multiplier counts', () => {
    const instrument = { ...AAPL, multiplier: quantity('100') };
    expect(verdictOf(notional, placing('BUY', '1', limit('101')), { settings, instrument })).toEqual(
      saying('deny', notional, value('10100', '1.01', '-100', '0')),
    );
  });

  test('a position can be closed however large it is; a share more is an order like any other', () => {
    const context = { settings, position: signedQuantity('500') };
    expect(verdictOf(notional, placing('SELL', '500', limit('100')), context)).toEqual(passOf(notional));
    expect(verdictOf(notional, placing('SELL', '501', limit('100')), context).verdict).toBe('deny');
  });
});

describe('what one unit may cost, with the ask at 100', () => {
  const quote = aQuoteOf({ bid: price('99'), ask: price('100') });
  const tiny = { ...DEFAULT_SETTINGS.risk, maxOrderNotional: money('1') };

  test.each([
    ['a buy limit its limit', 'BUY', limit('90'), '90'],
    ['a market buy 5 % above the ask', 'BUY', market, '105'],
    ['a buy stop 5 % above its stop', 'BUY', stop('110'), '115.5'],
    ['a buy stop below the ask 5 % above the ask', 'BUY', stop('90'), '105'],
    ['a market sell the ask', 'SELL', market, '100'],
    ['a sell limit above the ask its limit', 'SELL', limit('120'), '120'],
    ['a sell limit below the ask the ask', 'SELL', limit('90'), '100'],
    ['a sell stop the ask', 'SELL', stop('90'), '100'],
  ] as const)('%s', (_, side, terms, projected) => {
    expect(verdictOf(notional, placing(side, '1', terms), { quote, settings: tiny })).toMatchObject({
      verdict: 'deny',
      reason: { projected },
    });
  });

  test('without an ask it can not be known, unless the limit says it', () => {
    const unknown = saying('cannot-know', notional, { code: 'NO_QUOTE', symbol: 'AAPL' });
    expect(verdictOf(notional, placing('BUY', '1', market), { quote: null })).toEqual(unknown);
    expect(verdictOf(notional, placing('SELL', '1', limit('90')), { quote: aQuoteOf({ ask: null }) })).toEqual(unknown);
    expect(verdictOf(notional, placing('BUY', '1', limit('90')), { quote: null })).toEqual(passOf(notional));
  });
});

test('a limit of zero lets nothing pass', () => {
  const none = { ...DEFAULT_SETTINGS.risk, maxOrderNotional: money('0') };
  expect(verdictOf(notional, placing('BUY', '1', limit('100')), { settings: none })).toMatchObject({
    verdict: 'deny',
    reason: { used: '1.05', largest: '0' },
  });
});

test('a price of zero names no largest quantity', () => {
  const none = { ...DEFAULT_SETTINGS.risk, maxOrderNotional: money('0') };
  expect(verdictOf(notional, placing('BUY', '1', limit('0')), { settings: none })).toMatchObject({
    reason: { largest: '0' },
  });
});

test('an unknown instrument counts one for one', () => {
  expect(verdictOf(notional, placing('BUY', '1000', limit('100')), { settings, instrument: null })).toMatchObject({
    verdict: 'deny',
    reason: { projected: '100000', currency: 'USD' },
  });
});

test("the limit is in the account's currency: a price in another one is converted by IBKR's rate", () => {
  const context = { settings, baseCurrency: 'CHF', exchangeRate: ratio('0.9') };
  expect(verdictOf(notional, placing('BUY', '100', limit('100')), context)).toEqual(
    saying('warn', notional, { ...value('9000', '0.9', '1000', '111'), currency: 'CHF' }),
  );
});

test('without a rate the value can not be known, and an order that adds is denied', () => {
  const context = { settings, baseCurrency: 'CHF', exchangeRate: null };
  const reason = { code: 'NO_EXCHANGE_RATE', from: 'USD', to: 'CHF' } as const;
  expect(verdictOf(notional, placing('BUY', '1', limit('100')), context)).toEqual(
    saying('cannot-know', notional, reason),
  );
  const unknown = { ...context, instrument: null };
  expect(verdictOf(notional, placing('BUY', '1', limit('100')), unknown)).toMatchObject({ reason: { from: '' } });
});

test('a change is valued as a whole', () => {
  expect(verdictOf(notional, modifying(aLegOf('BUY', '101', limit('100'))), { settings }).verdict).toBe('deny');
});

describe('the limit of a symbol', () => {
  const limits = limitsOf({ orderExposure: { value: money('5000'), source: 'symbol' } });

  test('overrides the global one, and the denial says so', () => {
    expect(verdictOf(notional, placing('BUY', '51', limit('100')), { settings, limits })).toMatchObject({
      verdict: 'deny',
      reason: { projected: '5100', limit: '5000', source: 'symbol', largest: '50' },
    });
  });

  test('is told before and after, also where it passes', () => {
    expect(verdictOf(notional, placing('BUY', '10', limit('100')), { limits })).toEqual({
      check: 'notional',
      verdict: 'pass',
      figures: [
        {
          ...{ unit: 'money', limitName: 'order-exposure', of: 'AAPL', source: 'symbol', largest: '50' },
          ...{ currency: 'USD', before: '0', after: '1000', limit: '5000' },
        },
      ],
    });
  });

  test('lets an order that is beyond it become smaller, not larger', () => {
    const change = (shares: string) =>
      modifying(aLegOf('BUY', shares, limit('100')), { before: aLegOf('BUY', '60', limit('100')) });
    expect(verdictOf(notional, change('59'), { limits })).toMatchObject({
      verdict: 'warn',
      figures: [{ before: '6000' }],
    });
    expect(verdictOf(notional, change('61'), { limits })).toMatchObject({ verdict: 'deny', reason: { largest: '60' } });
  });

  test('takes an order whose value was not known before as a new one', () => {
    const change = modifying(aLegOf('BUY', '60', limit('100')), { before: aLegOf('BUY', '60', market) });
    expect(verdictOf(notional, change, { limits, quote: null })).toMatchObject({
      verdict: 'deny',
      figures: [{ before: '0' }],
    });
  });

  test('is not about exits and what closes', () => {
    const exit = modifying(aLegOf('SELL', '100', limit('160'), 'take-profit'));
    expect(verdictOf(notional, exit, { limits }).verdict).toBe('pass');
    const close = verdictOf(notional, placing('SELL', '500', market), { limits, position: signedQuantity('500') });
    expect(close).toMatchObject({ verdict: 'pass', figures: [{ largest: '500' }] });
    const blind = { limits, position: signedQuantity('500'), quote: null };
    expect(verdictOf(notional, placing('SELL', '500', market), blind)).toEqual(passOf(notional));
  });
});
