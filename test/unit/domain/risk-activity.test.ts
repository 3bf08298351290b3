import { describe, expect, test } from 'vitest';
import { describeEvent, type ActivityLine } from '#domain/activity-words';
import type { EngineEvent } from '#domain/engine-event';
import { epochMs, laterBy, orderNumber } from '#domain/ids';
import type { LossLatch } from '#domain/loss-latch';
import { money, price } from '#domain/money';
import { emptyWorkstationState } from '#domain/workstation-state';
import { AMD, FRIDAY } from '#test/builders/domain-records';

const told = (event: EngineEvent): ActivityLine => describeEvent(event, emptyWorkstationState('demo'));
const latch: LossLatch = {
  scope: { over: 'symbol', conId: AMD.conId, symbol: 'AMD' },
  at: FRIDAY,
  loss: money('201.5'),
  limit: money('200'),
  source: 'symbol',
  currency: 'USD',
  until: laterBy(FRIDAY, 3_600_000),
};

describe('in Activity', () => {
  test('limits that a person changed are marked as done by hand', () => {
    expect(told({ type: 'limits-changed', origin: 'cli', symbols: [] })).toMatchObject({
      kind: 'manual',
      manual: true,
    });
  });

  test('a latched loss is bad news, with its numbers', () => {
    expect(told({ type: 'loss-latched', latch })).toMatchObject({
      kind: 'risk',
      tone: 'bad',
      text: 'The loss of the day of AMD reached $201.50; its limit is $200 (symbol). Only reducing is allowed until the next session day, or until a person resets it.',
    });
  });

  test('a latch that opens says by whose word', () => {
    const opened = { type: 'loss-latch-opened', scope: { over: 'account' } } as const;
    expect(told({ ...opened, by: 'session', reason: '' })).toMatchObject({
      manual: false,
      text: 'Adding is allowed again of the account after its loss: a new session day',
    });
    expect(told({ ...opened, by: 'cli', reason: 'hedged elsewhere' })).toMatchObject({
      manual: true,
      text: 'Adding is allowed again of the account after its loss: a person (CLI): hedged elsewhere',
    });
  });

  test('the marks of a new day are counted', () => {
    const marks = [{ conId: AMD.conId, resetAt: epochMs(0), mark: price('160') }];
    expect(told({ type: 'day-marked', marks }).text).toBe('A new day of profit and loss began: 1 marked');
  });

  test('new correlations are told with how far they reach', () => {
    const summary = { version: 'v', symbols: 4, lookback: 60, asOf: null, computedAt: FRIDAY, unknownPairs: 6 };
    expect(told({ type: 'correlations-updated', summary }).text).toBe('Correlations of 4 symbols over 60 days');
    expect(told({ type: 'correlations-updated', summary: { ...summary, asOf: '2026-01-02' } }).text).toBe(
      'Correlations of 4 symbols over 60 days, to 2026-01-02',
    );
  });

  test('what was done in a closed market says why, and is marked', () => {
    const what = 'Cancel 12';
    expect(told({ type: 'override-used', what, origin: 'window', reason: 'news overnight' })).toMatchObject({
      text: 'Cancel 12 although the market is closed: news overnight (window)',
      tone: 'warn',
      manual: true,
    });
  });

  test("a global cancel that went out is told as every client's", () => {
    const kill = { before: orderNumber(7), includingStops: true, globalCancel: 'sent' } as const;
    const trading = { state: 'HALTED', since: FRIDAY, reason: 'news', cause: 'person', kill } as const;
    expect(told({ type: 'trading-state-changed', trading, origin: 'manager' }).text).toBe(
      'IBKR was asked to cancel the orders of every client',
    );
  });
});
