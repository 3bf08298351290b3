import { expect, test } from 'vitest';
import { instrument } from '#engine/risk/checks/instrument';
import { AAPL } from '#test/builders/engine-harness';
import { market, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

const order = placing('BUY', '10', market);

test('a stock that IBKR has defined passes', () => {
  expect(verdictOf(instrument, order)).toEqual(passOf(instrument));
});

test('a future is denied, for this release trades stocks and ETFs', () => {
  expect(verdictOf(instrument, order, { instrument: { ...AAPL, securityType: 'FUT' } })).toEqual(
    saying('deny', instrument, { code: 'INSTRUMENT_NOT_TRADABLE', symbol: 'AAPL', securityType: 'FUT' }),
  );
});

test('without a definition nothing can be known', () => {
  expect(verdictOf(instrument, order, { instrument: null })).toEqual(
    saying('cannot-know', instrument, { code: 'INSTRUMENT_UNKNOWN', symbol: 'AAPL' }),
  );
});
