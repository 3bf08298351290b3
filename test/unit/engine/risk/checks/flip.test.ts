import { describe, expect, test } from 'vitest';
import { quantity, signedQuantity } from '#domain/money';
import { flip } from '#engine/risk/checks/flip';
import {
  aLegOf,
  limit,
  market,
  modifying,
  passOf,
  placing,
  placingBracket,
  saying,
  stop,
  verdictOf,
} from '#test/builders/engine-risk';

describe('100 shares are held', () => {
  const long = { position: signedQuantity('100') };

  test('a sale of 100 closes, of 101 crosses zero', () => {
    expect(verdictOf(flip, placing('SELL', '100', market), long)).toEqual(passOf(flip));
    expect(verdictOf(flip, placing('SELL', '101', market), long)).toEqual(
      saying('deny', flip, { code: 'FLIP_NOT_ALLOWED', position: '100', projected: '-1' }),
    );
  });

  test('a person may say that it may', () => {
    expect(verdictOf(flip, placing('SELL', '150', market), { ...long, allowFlip: true })).toEqual(passOf(flip));
  });

  test('a second close beside the first would cross zero', () => {
    const closing = { ...long, sellLeaves: quantity('60') };
    expect(verdictOf(flip, placing('SELL', '40', market), closing)).toEqual(passOf(flip));
    expect(verdictOf(flip, placing('SELL', '41', market), closing)).toMatchObject({ reason: { projected: '-1' } });
  });

  test('buying more crosses nothing', () => {
    expect(verdictOf(flip, placing('BUY', '500', market), long)).toEqual(passOf(flip));
  });

  test('a bracket the other way must not turn it around', () => {
    const turn = placingBracket('SELL', limit('150'), '140', '160');
    expect(verdictOf(flip, turn, { position: signedQuantity('5') })).toMatchObject({ verdict: 'deny' });
    expect(verdictOf(flip, turn, long)).toEqual(passOf(flip));
  });

  test('what protects closes no more than is held', () => {
    const stopped = {
      ...placing('SELL', '150', stop('140')),
      legs: [aLegOf('SELL', '150', stop('140'), 'protective-stop')],
    };
    expect(verdictOf(flip, { ...stopped, action: 'place' }, long)).toEqual(passOf(flip));
  });

  test('an order that crosses zero already can become smaller or move, not larger', () => {
    const change = (shares: string) =>
      modifying(aLegOf('SELL', shares, limit('151')), { before: aLegOf('SELL', '150', limit('150')) });
    expect(verdictOf(flip, change('150'), long)).toEqual(passOf(flip));
    expect(verdictOf(flip, change('120'), long)).toEqual(passOf(flip));
    expect(verdictOf(flip, change('151'), long)).toMatchObject({ verdict: 'deny' });
  });
});

test('a short position crosses zero by buying', () => {
  expect(verdictOf(flip, placing('BUY', '11', market), { position: signedQuantity('-10') })).toEqual(
    saying('deny', flip, { code: 'FLIP_NOT_ALLOWED', position: '-10', projected: '1' }),
  );
});

test('flat there is nothing to cross, and an unknown position is the business of its limit', () => {
  expect(verdictOf(flip, placing('SELL', '1', market))).toEqual(passOf(flip));
  expect(verdictOf(flip, placing('SELL', '1', market), { position: null })).toEqual(passOf(flip));
});
