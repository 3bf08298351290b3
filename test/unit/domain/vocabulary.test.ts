import { describe, expect, test } from 'vitest';
import { commandSchema, symbolsOf } from '#domain/command';
import { executionFamilyOf } from '#domain/fill';
import {
  accountId,
  alarmId,
  clientId,
  clientOrderId,
  commandKey,
  conId,
  decisionId,
  effectId,
  epochMs,
  execId,
  groupId,
  ibOrderId,
  laterBy,
  orderNumber,
  permId,
  runId,
  sequence,
} from '#domain/ids';
import { isTradable, symbolSchema } from '#domain/instrument';
import { percent, percentFromNumber, percentOf, percentSchema, price, quantity } from '#domain/money';
import { isLive, isProtectiveExit, leavesQuantityOf, stateTimeOf } from '#domain/order-record';
import { answersTo, isStopType, limitOf, oppositeOf, sameTerms, stopOf, typeNameOf } from '#domain/order-spec';
import { quoteAgeMs } from '#domain/quote';
import { err, ok } from '#domain/result';
import { denialsOf, warningsOf } from '#domain/risk-decision';
import { DEFAULT_SETTINGS, settingsSchema } from '#domain/settings';
import { AMD, anOrder, aQuote, FRIDAY } from '#test/builders/domain-records';

describe('ids', () => {
  test('text ids are printable ASCII without spaces, of bounded length', () => {
    for (const mint of [clientOrderId, groupId, decisionId, effectId]) {
      expect(mint('x'.repeat(40))).toBe('x'.repeat(40));
      expect(() => mint('x'.repeat(41))).toThrow('expected printable ASCII without spaces');
      expect(() => mint('')).toThrow();
      expect(() => mint('a b')).toThrow();
      expect(() => mint('ä')).toThrow();
    }
    for (const mint of [commandKey, execId, alarmId]) expect(() => mint('x'.repeat(81))).toThrow();
    expect(() => runId('x'.repeat(25))).toThrow();
  });

  test('numbers are whole; order numbers, permIds and conIds are above zero', () => {
    for (const mint of [orderNumber, permId, conId]) {
      expect(mint(1)).toBe(1);
      expect(() => mint(0)).toThrow();
      expect(() => mint(1.5)).toThrow();
    }
    expect([clientId(0), ibOrderId(-1)]).toEqual([0, -1]);
  });

  test('an account id is what IBKR writes', () => {
    expect(accountId('DU1234567')).toBe('DU1234567');
    expect(() => accountId('du1')).toThrow('expected an account id such as DU1234567');
  });

  test('time and place in the journal', () => {
    expect(laterBy(epochMs(1_000), 500)).toBe(1_500);
    expect(sequence(7)).toBe(7);
  });

  test('a corrected execution is of the family of the first', () => {
    expect(executionFamilyOf(execId('0000e0d5.6600001.01.01'))).toBe(
      executionFamilyOf(execId('0000e0d5.6600001.01.02')),
    );
    expect(executionFamilyOf(execId('nodot'))).toBe('nodot');
  });
});

describe('instruments and quotes', () => {
  test('a symbol is taken as people type it', () => {
    expect(symbolSchema.parse(' brk b ')).toBe('BRK B');
    expect(symbolSchema.safeParse('$AAPL').error?.issues[0]?.message).toBe('expected a symbol such as AAPL or BRK B');
  });

  test('this release trades stocks and ETFs', () => {
    expect(isTradable(AMD)).toBe(true);
    expect(isTradable({ ...AMD, securityType: 'FUT' })).toBe(false);
  });

  test('a quiet name is as fresh as the last heartbeat', () => {
    const quote = aQuote({ tickAt: FRIDAY });
    expect(quoteAgeMs(quote, null, laterBy(FRIDAY, 9_000))).toBe(9_000);
    expect(quoteAgeMs(quote, laterBy(FRIDAY, 8_000), laterBy(FRIDAY, 9_000))).toBe(1_000);
    expect(quoteAgeMs(quote, laterBy(FRIDAY, 10_000), laterBy(FRIDAY, 9_000))).toBe(0);
    expect(quoteAgeMs(aQuote({ tickAt: null }), FRIDAY, FRIDAY)).toBeNull();
  });
});

describe('orders', () => {
  const other = { type: 'OTHER', name: 'TRAIL', limit: null, stop: price('161') } as const;

  test('sides', () => {
    expect([oppositeOf('BUY'), oppositeOf('SELL')]).toEqual(['SELL', 'BUY']);
  });

  test('prices and names of terms', () => {
    const limit = { type: 'LMT', limit: price('1') } as const;
    const stop = { type: 'STP', stop: price('2') } as const;
    expect([limitOf(limit), limitOf(stop), limitOf(other), limitOf({ type: 'MKT' })]).toEqual(['1', null, null, null]);
    expect([stopOf(limit), stopOf(stop), stopOf(other)]).toEqual([null, '2', '161']);
    expect([typeNameOf(limit), typeNameOf(other)]).toEqual(['LMT', 'TRAIL']);
  });

  test('terms are the same when type and prices are', () => {
    const limit = { type: 'LMT', limit: price('1') } as const;
    expect(sameTerms(limit, { type: 'LMT', limit: price('1.0') })).toBe(true);
    expect(sameTerms(limit, { type: 'LMT', limit: price('2') })).toBe(false);
    expect(sameTerms(other, { ...other, stop: price('160') })).toBe(false);
    expect(sameTerms(other, { ...other, name: 'STP' })).toBe(false);
  });

  const trail = { type: 'TRAIL', trail: { by: 'amount', amount: price('3') }, stop: price('147') } as const;
  const byPercent = { ...trail, trail: { by: 'percent', percent: percent('2') } } as const;
  const toTrail = {
    type: 'STP TO TRAIL',
    stop: price('145'),
    activation: price('155'),
    trailingStop: price('152'),
    trailAmount: price('3'),
  } as const;

  test('a trailing stop answers to what was asked wherever IBKR has moved it', () => {
    const moved = { ...trail, stop: price('149') };
    expect([sameTerms(moved, trail), answersTo(moved, trail)]).toEqual([false, true]);
    expect(answersTo(moved, { ...trail, trail: { by: 'amount', amount: price('4') } })).toBe(false);
    expect(answersTo(byPercent, trail)).toBe(false);
    const offset = { ...trail, type: 'TRAIL LIMIT', limitOffset: price('0.1') } as const;
    expect([answersTo(offset, offset), answersTo(offset, { ...offset, limitOffset: price('0.2') })]).toEqual([
      true,
      false,
    ]);
    expect([sameTerms(toTrail, toTrail), sameTerms(toTrail, { ...toTrail, activation: price('156') })]).toEqual([
      true,
      false,
    ]);
  });

  test('stops of every kind rest until they are touched', () => {
    const stopLimit = { type: 'STP LMT', stop: price('2'), limit: price('1') } as const;
    expect([trail, toTrail, stopLimit, { type: 'STP', stop: price('2') } as const].map(isStopType)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([isStopType({ type: 'MKT' }), isStopType(other)]).toEqual([false, false]);
  });

  test('what protects is known by its role', () => {
    const roles = ['parent', 'oco', 'take-profit', 'stop-loss', 'cover', 'protective-stop'] as const;
    const protective = roles.filter((role) => isProtectiveExit({ group: { id: groupId('g-1'), role } }));
    expect(protective).toEqual(['take-profit', 'stop-loss', 'cover', 'protective-stop']);
    expect(isProtectiveExit({ group: null })).toBe(false);
  });

  test('a percentage is above 0 and below 100, and 2 is two percent', () => {
    expect(percentOf(price('150'), percent('2'))).toBe('3');
    expect(['0', '100', '-1', 'two'].map((text) => percentSchema.safeParse(text).success)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([percentFromNumber(2.5), percentFromNumber(0), percentFromNumber(undefined)]).toEqual([
      '2.5',
      undefined,
      undefined,
    ]);
  });

  test('what may still fill is nothing once the order is finished', () => {
    const part = anOrder({ filled: quantity('20') });
    expect([leavesQuantityOf(part), isLive(part)]).toEqual(['30', true]);
    const gone = anOrder({ filled: quantity('20'), state: { phase: 'cancelled', at: FRIDAY, reason: '' } });
    expect([leavesQuantityOf(gone), isLive(gone)]).toEqual(['0', false]);
    expect([stateTimeOf(part), stateTimeOf(gone)]).toEqual([FRIDAY, FRIDAY]);
  });
});

describe('decisions, results, settings, commands', () => {
  const reason = { code: 'HALTED', symbol: 'AMD' } as const;

  test('denials and warnings are told apart; what can not be known denies', () => {
    const verdicts = (['pass', 'warn', 'deny', 'cannot-know'] as const).map((verdict) =>
      verdict === 'pass' ? ({ check: 'tick', verdict } as const) : ({ check: 'tick', verdict, reason } as const),
    );
    expect(denialsOf({ verdicts })).toHaveLength(2);
    expect(warningsOf({ verdicts })).toHaveLength(1);
  });

  test('success and failure are values', () => {
    expect([ok(1), err('no')]).toEqual([
      { ok: true, value: 1 },
      { ok: false, error: 'no' },
    ]);
  });

  test('a first start has the documented limits, and no live trading', () => {
    expect(DEFAULT_SETTINGS).toMatchObject({
      allowLive: false,
      liveAccount: null,
      risk: { maxOrderNotional: '100000', maxOrderQuantity: '10000', allowShort: false, quoteAgeMaxMs: 5_000 },
      connection: { host: '127.0.0.1', paperPort: 7497, livePort: 7496, clientId: 1 },
    });
    expect(settingsSchema.safeParse({ risk: { maxOrderNotionel: '1' } }).success).toBe(false);
  });

  test('a command with a misspelt key is refused', () => {
    expect(commandSchema.safeParse({ kind: 'cancel-all', symbol: null, keepStops: true }).success).toBe(true);
    expect(commandSchema.safeParse({ kind: 'cancel-all', symbol: null, keepStop: true }).success).toBe(false);
    expect(commandSchema.safeParse({ kind: 'cancel-orders', numbers: [] }).success).toBe(false);
  });

  test('a command names the symbols it needs quotes of; closing waits for none', () => {
    const leg = {
      symbol: 'AMD',
      side: 'BUY',
      quantity: '1',
      terms: { type: 'MKT' },
      timeInForce: 'DAY',
      outsideRth: false,
    };
    const oco = {
      kind: 'place-oco',
      request: {
        legs: [leg, { ...leg, symbol: 'TSLA' }, leg],
        onPartialFill: 'reduce',
        sharing: 'proportional',
        onOverfill: 'alert',
      },
    };
    expect(symbolsOf(commandSchema.parse(oco))).toEqual(['AMD', 'TSLA']);
    const protect = { kind: 'protect-position', request: { symbol: 'AMD', protection: { by: 'stop', stop: '150' } } };
    expect(symbolsOf(commandSchema.parse(protect))).toEqual(['AMD']);
    expect(symbolsOf({ kind: 'close-position', symbol: 'AMD' })).toEqual([]);
  });
});
