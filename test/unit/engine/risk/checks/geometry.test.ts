import { describe, expect, test } from 'vitest';
import { price, signedQuantity } from '#domain/money';
import { geometry } from '#engine/risk/checks/geometry';
import {
  aLegOf,
  aQuoteOf,
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

const denying = (reason: Record<string, unknown>): unknown => saying('deny', geometry, reason);
const noQuote = { code: 'NO_QUOTE', symbol: 'AAPL' };

test('a single limit or market order has no geometry', () => {
  expect(verdictOf(geometry, placing('BUY', '10', limit('150')))).toEqual(passOf(geometry));
  expect(verdictOf(geometry, placing('SELL', '10', market))).toEqual(passOf(geometry));
});

describe('a stop must not be triggered already', () => {
  test('a buy stop passes one cent above the ask, and is denied at the ask', () => {
    expect(verdictOf(geometry, placing('BUY', '10', stop('150.01')))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, placing('BUY', '10', stop('150')))).toEqual(
      denying({ code: 'STOP_ALREADY_TRIGGERED', leg: 'parent', side: 'BUY', stop: '150', touch: '150' }),
    );
  });

  test('a sell stop passes one cent below the bid, and is denied at the bid', () => {
    expect(verdictOf(geometry, placing('SELL', '10', stop('149.98')))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, placing('SELL', '10', stop('149.99')))).toEqual(
      denying({ code: 'STOP_ALREADY_TRIGGERED', leg: 'parent', side: 'SELL', stop: '149.99', touch: '149.99' }),
    );
  });

  test('without a quote it can not be known; a stop that only reduces gets a warning', () => {
    const sell = placing('SELL', '10', stop('145'));
    expect(verdictOf(geometry, sell, { quote: null })).toEqual(saying('cannot-know', geometry, noQuote));
    expect(verdictOf(geometry, sell, { quote: null, position: signedQuantity('10') })).toEqual(
      saying('warn', geometry, noQuote),
    );
  });
});

describe('a BUY bracket wants stop < entry < target', () => {
  test('one cent on each side is enough', () => {
    expect(verdictOf(geometry, placingBracket('BUY', limit('150'), '150.01', '149.99'))).toEqual(passOf(geometry));
  });

  test('a stop at the entry is denied', () => {
    expect(verdictOf(geometry, placingBracket('BUY', limit('150'), '160', '150'))).toEqual(
      denying({ code: 'BRACKET_GEOMETRY', leg: 'stop-loss', side: 'BUY', price: '150', entry: '150' }),
    );
  });

  test('a target at the entry is denied', () => {
    expect(verdictOf(geometry, placingBracket('BUY', limit('150'), '150', '145'))).toEqual(
      denying({ code: 'BRACKET_GEOMETRY', leg: 'take-profit', side: 'BUY', price: '150', entry: '150' }),
    );
  });

  test('without a target only the stop counts', () => {
    expect(verdictOf(geometry, placingBracket('BUY', limit('150'), null, '145'))).toEqual(passOf(geometry));
  });
});

describe('a SELL bracket is the mirror', () => {
  test('stop above, target below', () => {
    expect(verdictOf(geometry, placingBracket('SELL', limit('150'), '149.99', '150.01'))).toEqual(passOf(geometry));
  });

  test('a stop below the entry is denied', () => {
    expect(verdictOf(geometry, placingBracket('SELL', limit('150'), '140', '149.99'))).toEqual(
      denying({ code: 'BRACKET_GEOMETRY', leg: 'stop-loss', side: 'SELL', price: '149.99', entry: '150' }),
    );
  });
});

describe('the entry of a bracket', () => {
  test('at the market it is expected at the far touch', () => {
    expect(verdictOf(geometry, placingBracket('BUY', market, '150.01', '149.99'))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, placingBracket('BUY', market, '160', '150'))).toMatchObject({
      reason: { code: 'BRACKET_GEOMETRY', entry: '150' },
    });
    expect(verdictOf(geometry, placingBracket('SELL', market, '140', '149.99'))).toMatchObject({
      reason: { code: 'BRACKET_GEOMETRY', entry: '149.99' },
    });
  });

  test('at the market without a quote it can not be known', () => {
    const bracket = placingBracket('BUY', market, '160', '145');
    expect(verdictOf(geometry, bracket, { quote: null })).toEqual(saying('cannot-know', geometry, noQuote));
    expect(verdictOf(geometry, bracket, { quote: aQuoteOf({ ask: null }) })).toEqual(
      saying('cannot-know', geometry, noQuote),
    );
  });

  test('as a stop it must not be triggered already, and its exits stand around it', () => {
    expect(verdictOf(geometry, placingBracket('BUY', stop('155'), '160', '150'))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, placingBracket('BUY', stop('155'), '160', '155'))).toMatchObject({
      reason: { code: 'BRACKET_GEOMETRY', leg: 'stop-loss', entry: '155' },
    });
    expect(verdictOf(geometry, placingBracket('BUY', stop('149'), '160', '145'))).toMatchObject({
      reason: { code: 'STOP_ALREADY_TRIGGERED' },
    });
  });
});

describe('a change of a bracket whose entry waits at 150', () => {
  const stopLoss = (at: string) => modifying(aLegOf('SELL', '10', stop(at), 'stop-loss'), { entry: price('150') });
  const target = (at: string) => modifying(aLegOf('SELL', '10', limit(at), 'take-profit'), { entry: price('150') });
  const exits = [aLegOf('SELL', '10', limit('160'), 'take-profit'), aLegOf('SELL', '10', stop('145'), 'stop-loss')];
  const entry = (at: string) => modifying(aLegOf('BUY', '10', limit(at)), { exits });

  test('its stop stays below the entry', () => {
    expect(verdictOf(geometry, stopLoss('149.99'))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, stopLoss('150'))).toMatchObject({ reason: { code: 'BRACKET_GEOMETRY' } });
  });

  test('its target stays above the entry', () => {
    expect(verdictOf(geometry, target('150.01'))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, target('150'))).toMatchObject({ reason: { code: 'BRACKET_GEOMETRY' } });
  });

  test('its entry stays between the exits', () => {
    expect(verdictOf(geometry, entry('145.01'))).toEqual(passOf(geometry));
    expect(verdictOf(geometry, entry('145'))).toEqual(
      denying({ code: 'BRACKET_GEOMETRY', leg: 'stop-loss', side: 'BUY', price: '145', entry: '145' }),
    );
    expect(verdictOf(geometry, entry('160'))).toMatchObject({ reason: { leg: 'take-profit' } });
  });

  test('an exit that was turned into another type in TWS has no side', () => {
    const odd = modifying(aLegOf('SELL', '10', market, 'stop-loss'), { entry: price('150') });
    expect(verdictOf(geometry, odd)).toEqual(passOf(geometry));
  });
});

test('once the entry has filled, a stop is judged by the market', () => {
  const moved = (at: string) => modifying(aLegOf('SELL', '10', stop(at), 'stop-loss'));
  expect(verdictOf(geometry, moved('149.98'))).toEqual(passOf(geometry));
  expect(verdictOf(geometry, moved('149.99'))).toMatchObject({ reason: { code: 'STOP_ALREADY_TRIGGERED' } });
});

test('an entry that was made a trailing one in TWS has no price that its exits could be on a side of', () => {
  const trailing = { type: 'TRAIL', trail: { by: 'amount', amount: price('2') }, stop: null } as const;
  const exits = [aLegOf('SELL', '10', stop('145'), 'stop-loss')];
  expect(verdictOf(geometry, modifying(aLegOf('BUY', '10', trailing), { exits }))).toEqual(passOf(geometry));
});
