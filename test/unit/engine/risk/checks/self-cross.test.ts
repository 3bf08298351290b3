import { describe, expect, test } from 'vitest';
import { orderNumber } from '#domain/ids';
import { price } from '#domain/money';
import { selfCross } from '#engine/risk/checks/self-cross';
import { aQuoteOf, limit, market, passOf, placing, saying, stop, verdictOf } from '#test/builders/engine-risk';

const own = (at: string) => ({ number: orderNumber(7), price: price(at) });
const met = (at: string): Record<string, unknown> => ({ code: 'SELF_CROSS', ...own(at) });

describe('our own sale rests at 150.10, the market is 149.99 to 150.00', () => {
  const resting = { resting: { sell: own('150.1'), buy: null } };

  test('a buy below it passes, at its price or above it would trade with ourselves', () => {
    expect(verdictOf(selfCross, placing('BUY', '1', limit('150.09')), resting)).toEqual(passOf(selfCross));
    const denied = saying('deny', selfCross, met('150.1'));
    expect(verdictOf(selfCross, placing('BUY', '1', limit('150.1')), resting)).toEqual(denied);
    expect(verdictOf(selfCross, placing('BUY', '1', limit('151')), resting)).toEqual(denied);
  });

  test('a market order takes what others offer first', () => {
    expect(verdictOf(selfCross, placing('BUY', '1', market), resting)).toEqual(passOf(selfCross));
  });

  test('a market order meets it where it is the best offer itself', () => {
    const best = { ...resting, quote: aQuoteOf({ ask: price('150.1') }) };
    expect(verdictOf(selfCross, placing('BUY', '1', market), best)).toEqual(saying('deny', selfCross, met('150.1')));
    expect(verdictOf(selfCross, placing('BUY', '1', market), { ...best, quote: null })).toEqual(passOf(selfCross));
  });

  test('a stop waits for its trigger and meets nothing now', () => {
    expect(verdictOf(selfCross, placing('BUY', '1', stop('151')), resting)).toEqual(passOf(selfCross));
  });

  test('selling beside it is no crossing', () => {
    expect(verdictOf(selfCross, placing('SELL', '1', limit('150')), resting)).toEqual(passOf(selfCross));
  });
});

describe('our own bid is the best one, 149.99', () => {
  const resting = { resting: { sell: null, buy: own('149.99') } };

  test('a sale must not reach it', () => {
    expect(verdictOf(selfCross, placing('SELL', '1', limit('150')), resting)).toEqual(passOf(selfCross));
    const denied = saying('deny', selfCross, met('149.99'));
    expect(verdictOf(selfCross, placing('SELL', '1', limit('149.99')), resting)).toEqual(denied);
    expect(verdictOf(selfCross, placing('SELL', '1', market), resting)).toEqual(denied);
  });

  test('a manager closes all the same', () => {
    expect(verdictOf(selfCross, placing('SELL', '1', market), { ...resting, origin: 'manager' })).toEqual(
      saying('warn', selfCross, met('149.99')),
    );
  });
});

test('without orders of our own there is nothing to meet', () => {
  expect(verdictOf(selfCross, placing('BUY', '1', limit('150')), { resting: { sell: null, buy: null } })).toEqual(
    passOf(selfCross),
  );
  expect(verdictOf(selfCross, placing('BUY', '1', limit('150')))).toEqual(passOf(selfCross));
});
