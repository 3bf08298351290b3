import { describe, expect, test } from 'vitest';
import { price, signedQuantity } from '#domain/money';
import { collar } from '#engine/risk/checks/collar';
import { aQuoteOf, limit, market, passOf, placing, saying, stop, verdictOf } from '#test/builders/engine-risk';

const quote = aQuoteOf({ bid: price('100'), ask: price('100') });
const noQuote = { code: 'NO_QUOTE', symbol: 'AAPL' };
const through = (at: string, deviation: string): Record<string, unknown> => ({
  code: 'PRICE_COLLAR',
  price: at,
  reference: '100',
  deviation,
  warnAt: '0.02',
  denyAt: '0.05',
});

describe('a limit through the market at 100', () => {
  test.each([
    ['BUY', '101.99', '102', '104.99', '105'],
    ['SELL', '98.01', '98', '95.01', '95'],
  ] as const)('%s passes at %s, warns at %s and %s, is denied at %s', (side, passes, warns, stillWarns, denied) => {
    expect(verdictOf(collar, placing(side, '10', limit(passes)), { quote })).toEqual(passOf(collar));
    expect(verdictOf(collar, placing(side, '10', limit(warns)), { quote })).toEqual(
      saying('warn', collar, through(warns, '0.02')),
    );
    expect(verdictOf(collar, placing(side, '10', limit(stillWarns)), { quote })).toEqual(
      saying('warn', collar, through(stillWarns, '0.0499')),
    );
    expect(verdictOf(collar, placing(side, '10', limit(denied)), { quote })).toEqual(
      saying('deny', collar, through(denied, '0.05')),
    );
  });

  test('a passive limit passes however far away', () => {
    expect(verdictOf(collar, placing('BUY', '10', limit('1')), { quote })).toEqual(passOf(collar));
    expect(verdictOf(collar, placing('SELL', '10', limit('900')), { quote })).toEqual(passOf(collar));
  });

  test('without the touch, or with a touch of zero, it can not be known', () => {
    const buy = placing('BUY', '10', limit('100'));
    expect(verdictOf(collar, buy, { quote: null })).toEqual(saying('cannot-know', collar, noQuote));
    expect(verdictOf(collar, buy, { quote: aQuoteOf({ ask: price('0') }) })).toEqual(
      saying('cannot-know', collar, noQuote),
    );
  });
});

describe('a market order is judged by the spread against the middle', () => {
  const spread = (bid: string, ask: string) => ({ quote: aQuoteOf({ bid: price(bid), ask: price(ask) }) });
  const order = placing('BUY', '10', market);

  test('1.98 % passes, 2 % warns, 5 % is denied', () => {
    expect(verdictOf(collar, order, spread('99.01', '100.99'))).toEqual(passOf(collar));
    expect(verdictOf(collar, order, spread('99', '101'))).toEqual(
      saying('warn', collar, { ...through('101', '0.02'), reference: '100' }),
    );
    expect(verdictOf(collar, order, spread('97.5', '102.5'))).toEqual(
      saying('deny', collar, { ...through('102.5', '0.05'), reference: '100' }),
    );
  });

  test('without both sides, or with a middle of zero, it can not be known', () => {
    expect(verdictOf(collar, order, { quote: null })).toEqual(saying('cannot-know', collar, noQuote));
    expect(verdictOf(collar, order, { quote: aQuoteOf({ bid: null }) })).toEqual(
      saying('cannot-know', collar, noQuote),
    );
    expect(verdictOf(collar, order, { quote: aQuoteOf({ ask: null }) })).toEqual(
      saying('cannot-know', collar, noQuote),
    );
    expect(verdictOf(collar, order, spread('0', '0'))).toEqual(saying('cannot-know', collar, noQuote));
  });

  test('a panic exit without a quote gets a warning', () => {
    const exit = placing('SELL', '10', market);
    expect(verdictOf(collar, exit, { quote: null, position: signedQuantity('10') })).toEqual(
      saying('warn', collar, noQuote),
    );
  });
});

test('a stop is the business of geometry', () => {
  expect(verdictOf(collar, placing('BUY', '10', stop('500')), { quote: null })).toEqual(passOf(collar));
});
