import { describe, expect, test } from 'vitest';
import { quantity, signedQuantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { short } from '#engine/risk/checks/short';
import { aLegOf, limit, modifying, passOf, placing, saying, stop, verdictOf } from '#test/builders/engine-risk';

const sell = (shares: string) => placing('SELL', shares, limit('150'));

describe('10 shares are held', () => {
  const position = signedQuantity('10');

  test('all 10 can be sold, an eleventh would be short', () => {
    expect(verdictOf(short, sell('10'), { position })).toEqual(passOf(short));
    expect(verdictOf(short, sell('11'), { position })).toEqual(
      saying('deny', short, { code: 'SHORT_NOT_ALLOWED', position: '10', projected: '-1' }),
    );
  });

  test('what other orders may still sell counts', () => {
    expect(verdictOf(short, sell('4'), { position, sellLeaves: quantity('6') })).toEqual(passOf(short));
    expect(verdictOf(short, sell('5'), { position, sellLeaves: quantity('6') })).toMatchObject({
      reason: { projected: '-1' },
    });
  });

  test('a change counts with what has not filled yet', () => {
    const change = (shares: string) => modifying(aLegOf('SELL', shares, limit('150')), { filled: quantity('3') });
    expect(verdictOf(short, change('13'), { position })).toEqual(passOf(short));
    expect(verdictOf(short, change('14'), { position })).toMatchObject({ reason: { projected: '-1' } });
  });
});

test('with permission selling below zero passes', () => {
  expect(verdictOf(short, sell('10'), { settings: { ...DEFAULT_SETTINGS.risk, allowShort: true } })).toEqual(
    passOf(short),
  );
});

test('buying needs no permission', () => {
  expect(verdictOf(short, placing('BUY', '10', limit('150')), { position: null })).toEqual(passOf(short));
});

test('an exit of a bracket closes what its entry opened', () => {
  const exit = modifying(aLegOf('SELL', '10', stop('145'), 'stop-loss'));
  expect(verdictOf(short, exit, { position: null })).toEqual(passOf(short));
});

test('without a position snapshot it can not be known', () => {
  expect(verdictOf(short, sell('1'), { position: null })).toEqual(
    saying('cannot-know', short, { code: 'POSITION_UNKNOWN', symbol: 'AAPL' }),
  );
});
