import { describe, expect, test } from 'vitest';
import type { LimitChange } from '#domain/command';
import { NO_LIMITS } from '#domain/limit-change';
import { money, quantity } from '#domain/money';
import type { LimitTable, SymbolLimits } from '#domain/symbol-limits';
import { EngineHarness } from '#test/builders/engine-harness';

const NOTHING: LimitChange = { ...NO_LIMITS };
const limits = (change: Partial<SymbolLimits>): SymbolLimits => ({ ...NO_LIMITS, ...change });
const FIFTY = limits({ maxPositionSize: quantity('50') });
const DEFAULTS = limits({
  maxPositionSize: quantity('100'),
  maxOrderExposure: money('10000'),
  maxDailyLoss: money('1000'),
});

function table(symbols: Record<string, SymbolLimits>, defaults: SymbolLimits | null = DEFAULTS): LimitTable {
  return { symbols: new Map(Object.entries(symbols)), defaults };
}

const sets = (desk: EngineHarness, change: Partial<LimitChange> | null, symbol = 'AAPL') =>
  desk.commands(
    { kind: 'set-symbol-limit', symbol, change: change === null ? null : { ...NOTHING, ...change } },
    'cli',
  );
const reads = (desk: EngineHarness, read: LimitTable, renamed?: { from: string; to: string }) =>
  desk.input({ kind: 'limits', limits: read, why: '', ...(renamed === undefined ? {} : { renamed }) });
const cannotRead = (desk: EngineHarness, why: string) => desk.input({ kind: 'limits', limits: null, why });
const alarm = (desk: EngineHarness, id: string): string | undefined =>
  [...desk.durable.alarms.values()].find((it) => it.id === id)?.text;

describe('a person sets a limit', () => {
  test('that counts from then on, and the journal has who, before and after', () => {
    const desk = new EngineHarness();
    reads(desk, table({ AAPL: FIFTY }));
    expect(sets(desk, { maxDailyLoss: money('200') })).toMatchObject({ outcome: 'accepted' });
    const after = { ...FIFTY, maxDailyLoss: '200' };
    expect(desk.durable.symbolLimits.get('AAPL')).toEqual(after);
    expect(desk.allOf('limits-changed').at(-1)).toEqual({
      type: 'limits-changed',
      origin: 'cli',
      symbols: [{ symbol: 'AAPL', before: FIFTY, after }],
    });
  });

  test('for the first time: the defaults are the global limits, as the first file says', () => {
    const desk = new EngineHarness();
    sets(desk, { maxPositionSize: quantity('50') });
    expect(desk.durable.defaultLimits).toEqual(
      limits({ maxPositionSize: quantity('10000'), maxOrderExposure: money('100000'), maxDailyLoss: money('10000') }),
    );
  });

  test('a second time, as after a crash, and nothing happens', () => {
    const desk = new EngineHarness();
    sets(desk, { maxPositionSize: quantity('50') });
    expect(desk.typesOf(() => sets(desk, { maxPositionSize: quantity('50') }))).toEqual(['command-answered']);
  });

  test('that is looser than the global one, and is refused with both numbers', () => {
    const desk = new EngineHarness();
    const reply = sets(desk, { maxPositionSize: quantity('20000'), maxDailyLoss: money('1') });
    expect(reply.outcome).toBe('refused');
    expect(reply.message).toContain('position 20,000 (global 10,000)');
    expect(desk.durable.symbolLimits.size).toBe(0);
  });

  test('and takes all of its own away again', () => {
    const desk = new EngineHarness();
    sets(desk, { maxPositionSize: quantity('50') });
    expect(sets(desk, null)).toMatchObject({ outcome: 'accepted' });
    expect(desk.durable.symbolLimits.size).toBe(0);
    expect(sets(desk, null), 'there is nothing to take away').toMatchObject({ outcome: 'accepted' });
  });
});

describe('a limit makes no sense', () => {
  test('when none is named, or when the file would lose its last digits', () => {
    const desk = new EngineHarness();
    expect(sets(desk, {})).toMatchObject({ outcome: 'refused', message: 'Nothing to set for AAPL: name a limit.' });
    expect(sets(desk, { maxDailyLoss: money('200.1234567890123') }).message).toContain('at most 15');
  });
});

describe('the file', () => {
  test('brings what differs, and only that', () => {
    const desk = new EngineHarness();
    reads(desk, table({ AAPL: FIFTY, TSLA: FIFTY }));
    const ten = limits({ maxPositionSize: quantity('10') });
    expect(desk.eventsOf(() => reads(desk, table({ AAPL: ten, TSLA: FIFTY })))).toEqual([
      { type: 'limits-changed', origin: 'file', symbols: [{ symbol: 'AAPL', before: FIFTY, after: ten }] },
    ]);
    expect(desk.eventsOf(() => reads(desk, table({ AAPL: ten, TSLA: FIFTY })))).toEqual([]);
    reads(desk, table({ AAPL: ten }, null));
    expect([desk.durable.symbolLimits.has('TSLA'), desk.durable.defaultLimits]).toEqual([false, null]);
  });

  test('with very many symbols is told in events that fit into the journal', () => {
    const desk = new EngineHarness();
    const many = Array.from({ length: 1_100 }, (_, index) => [`S${index}`, FIFTY] as const);
    reads(desk, table(Object.fromEntries(many)));
    expect(desk.allOf('limits-changed').map(({ symbols }) => symbols.length)).toEqual([500, 500, 100]);
    expect(desk.durable.symbolLimits.size).toBe(1_100);
  });

  test('that can not be read leaves the limits in force, and an alarm says what to do, until it is good again', () => {
    const desk = new EngineHarness();
    cannotRead(desk, 'at default_limits: found nothing');
    expect(alarm(desk, 'limits-file')).toContain('Only the global limits are in force');
    reads(desk, table({ AAPL: FIFTY }));
    expect(alarm(desk, 'limits-file')).toBeUndefined();
    cannotRead(desk, 'at symbol_limits.AAPL.max_daily_loss: found -200');
    expect(alarm(desk, 'limits-file')).toMatch(/limits in force stay\. Correct it: .* found -200$/);
    expect(desk.durable.symbolLimits.get('AAPL')).toEqual(FIFTY);
    expect(desk.eventsOf(() => cannotRead(desk, 'at symbol_limits.AAPL.max_daily_loss: found -200'))).toEqual([]);
  });

  test('with limits looser than the global ones: those count instead, and an alarm names them until they do not stand there', () => {
    const desk = new EngineHarness();
    const loose = limits({ maxPositionSize: quantity('20000'), maxOrderExposure: money('200000') });
    reads(desk, table({ AAPL: loose, TSLA: loose }, limits({ ...DEFAULTS, maxDailyLoss: money('99999') })));
    expect(alarm(desk, 'limits-clamped')).toContain(
      'default daily loss 99,999 (global 10,000); AAPL position 20,000 (global 10,000); AAPL order exposure 200,000 (global 100,000) and 2 more.',
    );
    reads(desk, table({ AAPL: loose }));
    expect(alarm(desk, 'limits-clamped')).not.toContain('more');
    sets(desk, { maxPositionSize: quantity('5'), maxOrderExposure: money('5') });
    expect(alarm(desk, 'limits-clamped')).toBeUndefined();
  });

  test('whose symbol has another name now: a person is told', () => {
    const desk = new EngineHarness();
    reads(desk, table({ 'BRK B': FIFTY }), { from: 'BRKB', to: 'BRK B' });
    expect(alarm(desk, 'limits-renamed-BRK.B')).toContain('BRKB is called BRK B at IBKR now.');
  });

  test('of sectors that can not be used is an alarm of its own, until it can', () => {
    const desk = new EngineHarness();
    desk.input({ kind: 'file', file: 'sectors.json', why: 'at AAPL: found 5' });
    expect(alarm(desk, 'file-sectors.json')).toContain('sectors.json is not used');
    desk.input({ kind: 'file', file: 'sectors.json', why: '' });
    expect(alarm(desk, 'file-sectors.json')).toBeUndefined();
    expect(desk.eventsOf(() => desk.input({ kind: 'file', file: 'sectors.json', why: '' }))).toEqual([]);
  });
});
