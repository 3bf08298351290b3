import { describe, expect, test } from 'vitest';
import { laterBy } from '#domain/ids';
import { money, signedQuantity, type Money } from '#domain/money';
import type { LossLatch } from '#domain/loss-latch';
import type { RiskContext } from '#domain/risk-decision';
import { dailyLoss } from '#engine/risk/checks/daily-loss';
import { FRIDAY } from '#test/builders/domain-records';
import { AAPL } from '#test/builders/engine-harness';
import { limitsOf, market, passOf, placing, saying, verdictOf } from '#test/builders/engine-risk';

type Day = NonNullable<RiskContext['day']>;
const NO_LOSS = { loss: money('0'), why: '', latch: null } as const satisfies Day['symbol'];
const lossOf = (loss: string): Day['symbol'] => ({ ...NO_LOSS, loss: money(loss) });
const limits = limitsOf({ dailyLoss: { value: money('2000'), source: 'symbol' } });

/** A day on which the symbol lost `symbol` of 2,000 and the account `account` of 10,000. */
function dayOf(symbol: Partial<Day['symbol']>, account: Partial<Day['symbol']> = {}): Partial<RiskContext> {
  return { limits, day: { symbol: { ...NO_LOSS, ...symbol }, account: { ...NO_LOSS, ...account } } };
}

function aLatch(scope: LossLatch['scope'], limit: Money): LossLatch {
  const until = laterBy(FRIDAY, 3_600_000);
  return { scope, at: FRIDAY, loss: limit, limit, source: 'symbol', currency: 'USD', until };
}

const buy = placing('BUY', '1', market);

describe('the loss of the day', () => {
  test('is told of the symbol and of the account', () => {
    expect(verdictOf(dailyLoss, buy, dayOf(lossOf('1399.99'), lossOf('6999')))).toMatchObject({
      verdict: 'pass',
      figures: [
        { limitName: 'daily-loss', of: 'AAPL', source: 'symbol', before: '1399.99', limit: '2000', largest: null },
        { limitName: 'daily-loss', of: '', source: 'global', before: '6999', limit: '10000', largest: null },
      ],
    });
  });

  test('warns from 70 % of either limit', () => {
    expect(verdictOf(dailyLoss, buy, dayOf(lossOf('1400')))).toMatchObject(
      saying('warn', dailyLoss, { code: 'DAILY_LOSS', scope: { over: 'symbol', conId: AAPL.conId, symbol: 'AAPL' } }),
    );
    expect(verdictOf(dailyLoss, buy, dayOf({}, lossOf('7000')))).toMatchObject(
      saying('warn', dailyLoss, { code: 'DAILY_LOSS', scope: { over: 'account' } }),
    );
  });

  test('that has latched lets only what reduces pass', () => {
    const latch = aLatch({ over: 'symbol', conId: AAPL.conId, symbol: 'AAPL' }, money('2000'));
    const latched = { ...dayOf({ ...lossOf('2000'), latch }), position: signedQuantity('10') };
    expect(verdictOf(dailyLoss, buy, latched)).toMatchObject(
      saying('deny', dailyLoss, { code: 'LOSS_LATCHED', latch }),
    );
    expect(verdictOf(dailyLoss, placing('SELL', '10', market), latched).verdict).toBe('pass');
    expect(verdictOf(dailyLoss, placing('SELL', '11', market), latched).verdict).toBe('deny');
  });

  test('of the account latches every symbol', () => {
    const latch = aLatch({ over: 'account' }, money('10000'));
    expect(verdictOf(dailyLoss, buy, dayOf({}, { ...lossOf('10000'), latch }))).toMatchObject(
      saying('deny', dailyLoss, { code: 'LOSS_LATCHED', latch }),
    );
  });

  test('beyond its limit, with the latch opened by a person, warns', () => {
    expect(verdictOf(dailyLoss, buy, dayOf(lossOf('2500'))).verdict).toBe('warn');
  });

  test('that is not known denies what adds, and nothing that reduces', () => {
    const unknown = { loss: null, why: 'no close of the day before yet' };
    expect(verdictOf(dailyLoss, buy, dayOf(unknown))).toEqual(
      saying('cannot-know', dailyLoss, { code: 'DAY_PNL_UNKNOWN', symbol: 'AAPL', why: unknown.why }),
    );
    expect(verdictOf(dailyLoss, buy, dayOf({}, unknown))).toMatchObject({ reason: { symbol: 'the account' } });
    const held = { ...dayOf(unknown), position: signedQuantity('10') };
    expect(verdictOf(dailyLoss, placing('SELL', '10', market), held).verdict).toBe('pass');
  });

  test('is unknown to a decision of before it was counted, and to an instrument that is', () => {
    expect(verdictOf(dailyLoss, buy, { limits })).toEqual(passOf(dailyLoss));
    expect(verdictOf(dailyLoss, buy, { ...dayOf({}), limits: null })).toEqual(passOf(dailyLoss));
    expect(verdictOf(dailyLoss, buy, { ...dayOf({}), instrument: null })).toEqual(passOf(dailyLoss));
  });
});
