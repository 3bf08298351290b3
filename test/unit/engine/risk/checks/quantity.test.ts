import { describe, expect, test } from 'vitest';
import { quantity as shares } from '#domain/money';
import type { RiskSubject } from '#domain/risk-decision';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { quantity } from '#engine/risk/checks/quantity';
import { AAPL } from '#test/builders/engine-harness';
import {
  aLegOf,
  limit,
  modifying,
  passOf,
  placing,
  placingBracket,
  saying,
  stop,
  verdictOf,
} from '#test/builders/engine-risk';

const buying = (size: string): RiskSubject => placing('BUY', size, limit('150'));
const denying = (reason: Record<string, unknown>): unknown => saying('deny', quantity, reason);

test('nothing is no order', () => {
  expect(verdictOf(quantity, buying('0'))).toEqual(denying({ code: 'QUANTITY_ZERO', leg: 'parent' }));
});

describe('the largest quantity is 100', () => {
  const settings = { ...DEFAULT_SETTINGS.risk, maxOrderQuantity: shares('100') };

  test('exactly 100 passes', () => {
    expect(verdictOf(quantity, buying('100'), { settings })).toEqual(passOf(quantity));
  });

  test('101 is denied with both numbers', () => {
    expect(verdictOf(quantity, buying('101'), { settings })).toEqual(
      denying({ code: 'QUANTITY_LIMIT', quantity: '101', limit: '100' }),
    );
  });
});

describe('an instrument that trades from 20 in steps of 10', () => {
  const instrument = { ...AAPL, minimumSize: shares('20'), sizeIncrement: shares('10') };

  test('20 passes', () => {
    expect(verdictOf(quantity, buying('20'), { instrument })).toEqual(passOf(quantity));
  });

  test('10 is below the smallest order', () => {
    expect(verdictOf(quantity, buying('10'), { instrument })).toEqual(
      denying({ code: 'QUANTITY_MINIMUM', leg: 'parent', quantity: '10', minimum: '20' }),
    );
  });

  test('25 is between two steps', () => {
    expect(verdictOf(quantity, buying('25'), { instrument })).toEqual(
      denying({ code: 'QUANTITY_INCREMENT', leg: 'parent', quantity: '25', increment: '10' }),
    );
  });
});

test('each leg of a bracket is looked at', () => {
  const bracket = placingBracket('BUY', limit('150'), '160', '145');
  expect(verdictOf(quantity, bracket)).toEqual(passOf(quantity));
  const legs = [aLegOf('BUY', '10', limit('150')), aLegOf('SELL', '0', stop('145'), 'stop-loss')];
  expect(verdictOf(quantity, { action: 'place', symbol: 'AAPL', legs })).toEqual(
    denying({ code: 'QUANTITY_ZERO', leg: 'stop-loss' }),
  );
});

test('without a definition the steps are not judged: that is the business of the instrument check', () => {
  expect(verdictOf(quantity, buying('0.5'), { instrument: null })).toEqual(passOf(quantity));
});

describe('an order of which 5 have filled', () => {
  const changedTo = (size: string): RiskSubject =>
    modifying(aLegOf('BUY', size, limit('150')), { filled: shares('5') });

  test('can be reduced to 6', () => {
    expect(verdictOf(quantity, changedTo('6'))).toEqual(passOf(quantity));
  });

  test('can not be reduced to the 5 that have filled', () => {
    expect(verdictOf(quantity, changedTo('5'))).toEqual(
      denying({ code: 'QUANTITY_BELOW_FILLED', quantity: '5', filled: '5' }),
    );
  });
});
