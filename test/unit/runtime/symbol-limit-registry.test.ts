import { describe, expect, test } from 'vitest';
import type { LimitChange } from '#domain/command';
import { conId } from '#domain/ids';
import { NO_LIMITS } from '#domain/limit-change';
import { money, quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { LIMITED_SYMBOLS_MAX, limitsFileSchema, NO_LIMITS_FILE, type LimitsFile } from '#domain/symbol-limits-file';
import { EDIT_PAUSE_MS } from '#runtime/edited-document';
import type { Unstamped } from '#runtime/inbox';
import { SECTORS_FILE } from '#runtime/sectors-document';
import { IDS_FILE, LIMITS_FILE } from '#runtime/symbol-limit-registry';
import { manualClock } from '#test/builders/manual-clock';
import { MemoryRiskFiles } from '#test/builders/risk-files';
import { settled } from '#test/builders/workstation-world';

const { risk } = DEFAULT_SETTINGS;
const DEFAULTS = { max_position_size: 100, max_order_exposure: 10_000, max_daily_loss: 1_000 };
const fileOf = (symbol_limits: LimitsFile['symbol_limits']): LimitsFile =>
  limitsFileSchema.parse({ symbol_limits, default_limits: DEFAULTS });
const change = (limits: Partial<LimitChange>): LimitChange => ({ ...NO_LIMITS, ...limits });
const FIFTY = change({ maxPositionSize: quantity('50') });
const FB = conId(107_113_386);
const FULL = new Error('ENOSPC: no space left on device');

class Desk {
  readonly clock = manualClock();
  readonly files: MemoryRiskFiles;
  readonly registry;
  readonly sectors;
  readonly puts: Unstamped[] = [];

  constructor(files = new MemoryRiskFiles()) {
    this.files = files;
    const { limits, sectors } = files.open(this.clock);
    this.registry = limits;
    this.sectors = sectors;
  }

  static async over(files: MemoryRiskFiles): Promise<Desk> {
    const desk = new Desk(files);
    await desk.registry.load();
    desk.registry.begin((input) => desk.puts.push(input));
    return desk;
  }

  static with(symbol_limits: LimitsFile['symbol_limits']): Promise<Desk> {
    const files = new MemoryRiskFiles();
    files.limitsFile.value = fileOf(symbol_limits);
    return Desk.over(files);
  }

  /** The file was changed on disk, and the pause of an editor has passed. */
  async edited(name = LIMITS_FILE): Promise<void> {
    this.files.watch.changed(name);
    this.clock.advance(EDIT_PAUSE_MS);
    await settled();
  }

  /** What the engine was told of limits since the start. */
  get told(): Unstamped[] {
    return this.puts.slice(2);
  }
}

describe('limits of symbols', () => {
  test('override the global ones, and fall back to the defaults, field by field', async () => {
    const { registry } = await Desk.with({ AAPL: { max_position_size: 50 } });
    expect(registry.get('AAPL', risk)).toMatchObject({
      positionSize: { value: '50', source: 'symbol' },
      dailyLoss: { value: '1000', source: 'default' },
      correlationExposure: { value: '250000', source: 'global' },
    });
    expect(registry.get('MSFT', risk).positionSize).toEqual({ value: '100', source: 'default', clamped: null });
  });

  test('without a file are the global ones, and the engine is told so at the start', async () => {
    const desk = await Desk.over(new MemoryRiskFiles());
    expect(desk.registry.get('AAPL', risk).positionSize).toMatchObject({ value: '10000', source: 'global' });
    expect(desk.puts).toEqual([
      { kind: 'limits', limits: { symbols: new Map(), defaults: null }, why: '' },
      { kind: 'file', file: IDS_FILE, why: '' },
    ]);
  });

  test('that are set stand in the file, with the global ones as defaults of a first file', async () => {
    const desk = await Desk.over(new MemoryRiskFiles());
    expect(await desk.registry.set('AAPL', FIFTY, risk)).toEqual({ ok: true, value: null });
    expect(desk.files.limitsFile.value).toEqual({
      symbol_limits: { AAPL: { max_position_size: 50 } },
      default_limits: { max_position_size: 10_000, max_order_exposure: 100_000, max_daily_loss: 10_000 },
    });
    expect(desk.told, 'a command tells the engine').toEqual([]);
    await desk.edited();
    expect(desk.told, 'our own writing is no news').toEqual([]);
  });

  test('survive a restart', async () => {
    const files = new MemoryRiskFiles();
    const before = await Desk.over(files);
    await before.registry.set('AAPL', FIFTY, risk);
    await before.registry.stop();
    const after = await Desk.over(files);
    expect(after.registry.limits.symbols.get('AAPL')?.maxPositionSize).toBe('50');
  });

  test('set at the same time are all there', async () => {
    const desk = await Desk.over(new MemoryRiskFiles());
    await Promise.all(['AAPL', 'MSFT', 'TSLA'].map((symbol) => desk.registry.set(symbol, FIFTY, risk)));
    expect(Object.keys(desk.files.limitsFile.value.symbol_limits)).toEqual(['AAPL', 'MSFT', 'TSLA']);
  });

  test('are taken away; taking away what is not there writes nothing', async () => {
    const desk = await Desk.with({ AAPL: { max_position_size: 50 } });
    await desk.registry.set('AAPL', null, risk);
    expect(desk.files.limitsFile.value.symbol_limits).toEqual({});
    await desk.registry.set('AAPL', null, risk);
    expect(desk.files.limitsFile.written).toHaveLength(1);
  });

  test('are refused when they are looser than the global ones, or one symbol too many', async () => {
    const many = Array.from({ length: LIMITED_SYMBOLS_MAX }, (_, index) => [`S${index}`, {}] as const);
    const desk = await Desk.with(Object.fromEntries(many));
    const looser = await desk.registry.set('AAPL', change({ maxDailyLoss: money('20000') }), risk);
    expect(looser).toMatchObject({
      ok: false,
      error: expect.stringContaining('daily loss 20,000 (global 10,000)') as unknown,
    });
    const tooMany = await desk.registry.set('AAPL', FIFTY, risk);
    expect(tooMany).toMatchObject({ ok: false, error: expect.stringContaining('2000 symbols') as unknown });
    expect(desk.files.limitsFile.written).toEqual([]);
  });
});

describe('the disk', () => {
  test('that is full: nothing is set, and the words say so', async () => {
    const desk = await Desk.with({});
    desk.files.limitsFile.unwritable = FULL;
    expect(await desk.registry.set('AAPL', FIFTY, risk)).toEqual({
      ok: false,
      error: 'Nothing was set. ENOSPC: no space left on device',
    });
    expect(desk.registry.limits.symbols.size).toBe(0);
  });

  test('with an edited file is seen while running, in the order of the edits', async () => {
    const desk = await Desk.with({});
    desk.files.limitsFile.value = fileOf({ TSLA: { max_position_size: 10 } });
    desk.files.watch.changed(LIMITS_FILE);
    desk.clock.advance(EDIT_PAUSE_MS - 1);
    await desk.edited();
    expect(desk.told).toMatchObject([{ kind: 'limits', why: '' }]);
    expect(desk.registry.limits.symbols.get('TSLA')?.maxPositionSize).toBe('10');
    desk.files.limitsFile.value = fileOf({ TSLA: { max_position_size: 11 } });
    await desk.registry.set('AAPL', FIFTY, risk);
    expect(desk.told, 'an edit just before a command is not lost').toHaveLength(2);
    expect(Object.keys(desk.files.limitsFile.value.symbol_limits)).toEqual(['TSLA', 'AAPL']);
  });

  test('with a bad file: the last good limits stay, the file is never overwritten, and good again is good again', async () => {
    const desk = await Desk.with({ AAPL: { max_position_size: 50 } });
    desk.files.limitsFile.unreadable = new Error(
      'symbol_limits.json can not be used:\n  at default_limits: found nothing',
    );
    await desk.edited();
    await desk.edited();
    const why = 'symbol_limits.json can not be used: at default_limits: found nothing';
    expect(desk.told).toEqual([{ kind: 'limits', limits: null, why }]);
    expect(await desk.registry.set('AAPL', null, risk)).toEqual({ ok: false, error: `Nothing was set. ${why}` });
    expect(desk.registry.limits.symbols.has('AAPL')).toBe(true);
    expect(desk.files.limitsFile.written).toEqual([]);
    desk.files.limitsFile.unreadable = null;
    await desk.edited();
    expect(desk.told.at(-1)).toMatchObject({ kind: 'limits', why: '' });
  });

  test('with a bad file at the start: the engine is told why', async () => {
    const files = new MemoryRiskFiles();
    files.limitsFile.unreadable = new Error('bad');
    files.idsFile.unreadable = new Error('worse');
    const desk = await Desk.over(files);
    expect(desk.puts).toEqual([
      { kind: 'limits', limits: null, why: 'bad' },
      { kind: 'file', file: IDS_FILE, why: 'worse' },
    ]);
    await desk.registry.stop();
    await desk.edited();
    expect(desk.told, 'nothing is followed any more').toEqual([]);
  });
});

test('a file with limits of another symbol is news, though they are as many', async () => {
  const desk = await Desk.with({ AAPL: { max_position_size: 50 } });
  desk.files.limitsFile.value = fileOf({ TSLA: { max_position_size: 50 } });
  await desk.edited();
  expect(desk.told).toHaveLength(1);
});

describe('a symbol', () => {
  test('has its contract not noted in a file that can not be read, which is told and left as it is', async () => {
    const desk = await Desk.with({ AAPL: { max_position_size: 50 } });
    desk.files.idsFile.unreadable = new Error('bad');
    desk.registry.learn({ symbol: 'AAPL', conId: conId(265_598) });
    await settled();
    expect(desk.told).toEqual([{ kind: 'file', file: IDS_FILE, why: 'bad' }]);
    expect(desk.files.idsFile.written).toEqual([]);
  });

  test('with limits has its contract noted when it is defined, or when its limits are set', async () => {
    const desk = await Desk.with({ AAPL: { max_position_size: 50 } });
    desk.registry.learn({ symbol: 'AAPL', conId: conId(265_598) });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    expect(desk.files.idsFile.value).toEqual({ AAPL: 265_598 });
    await desk.registry.set('FB', FIFTY, risk);
    await settled();
    expect(desk.files.idsFile.value).toEqual({ AAPL: 265_598, FB });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    expect(desk.files.idsFile.written).toHaveLength(2);
  });

  test('that is renamed keeps its limits, in both files, and the engine hears of it before anything else', async () => {
    const desk = await Desk.with({ FB: { max_position_size: 50 } });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    desk.registry.learn({ symbol: 'META', conId: FB });
    expect(desk.told.at(-1)).toMatchObject({ kind: 'limits', renamed: { from: 'FB', to: 'META' } });
    expect([...desk.registry.limits.symbols.keys()]).toEqual(['META']);
    await settled();
    expect(desk.files.limitsFile.value.symbol_limits).toEqual({ META: { max_position_size: 50 } });
    expect(desk.files.idsFile.value).toEqual({ META: FB });
    const told = desk.told.length;
    await desk.edited();
    expect(desk.told, 'the file says what the engine knows').toHaveLength(told);
  });

  test('that is renamed to one with limits has the stricter of both', async () => {
    const desk = await Desk.with({ FB: { max_position_size: 50, max_daily_loss: 5 }, META: { max_position_size: 20 } });
    desk.files.idsFile.value = { FB };
    const again = await Desk.over(desk.files);
    again.registry.learn({ symbol: 'META', conId: FB });
    await settled();
    expect(again.files.limitsFile.value.symbol_limits).toEqual({ META: { max_position_size: 20, max_daily_loss: 5 } });
  });

  test('whose new name can not be written down keeps its limits under it all the same', async () => {
    const desk = await Desk.with({ FB: { max_position_size: 50 } });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    desk.files.limitsFile.unwritable = FULL;
    desk.files.idsFile.unwritable = FULL;
    desk.registry.learn({ symbol: 'META', conId: FB });
    await settled();
    expect(desk.told).toContainEqual({ kind: 'file', file: IDS_FILE, why: FULL.message });
    expect(desk.told).toContainEqual({ kind: 'limits', limits: null, why: FULL.message });
    await desk.edited();
    expect([...desk.registry.limits.symbols.keys()]).toEqual(['META']);
  });

  test('that is renamed while a person takes the file away has none any more', async () => {
    const desk = await Desk.with({ FB: { max_position_size: 50 } });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    desk.files.limitsFile.value = NO_LIMITS_FILE;
    desk.registry.learn({ symbol: 'META', conId: FB });
    await settled();
    expect(desk.registry.limits).toEqual({ symbols: new Map(), defaults: null });
    expect(desk.files.limitsFile.written).toEqual([]);
  });

  test('that is renamed while its file can not be read keeps its limits until it can', async () => {
    const desk = await Desk.with({ FB: { max_position_size: 50 } });
    desk.registry.learn({ symbol: 'FB', conId: FB });
    await settled();
    desk.files.limitsFile.unreadable = new Error('bad');
    await desk.edited();
    desk.registry.learn({ symbol: 'META', conId: FB });
    await settled();
    expect(desk.files.limitsFile.written).toEqual([]);
    const told = desk.told.filter(({ kind }) => kind === 'limits').at(-1);
    expect(told, 'the alarm stands').toEqual({ kind: 'limits', limits: null, why: 'bad' });
    desk.files.limitsFile.unreadable = null;
    await desk.edited();
    expect([...desk.registry.limits.symbols.keys()]).toEqual(['META']);
  });
});

describe('sectors.json', () => {
  test('is handed on at the start and after each edit; a bad one leaves what was read before', async () => {
    const desk = new Desk();
    desk.files.sectorsFile.value = { AAPL: 'Technology' };
    await desk.sectors.load();
    const puts: Unstamped[] = [];
    desk.sectors.begin((input) => puts.push(input));
    expect(puts).toEqual([
      { kind: 'sectors', sectors: new Map([['AAPL', 'Technology']]) },
      { kind: 'file', file: SECTORS_FILE, why: '' },
    ]);
    desk.files.sectorsFile.unreadable = new Error('bad');
    await desk.edited(SECTORS_FILE);
    expect(puts.slice(2)).toEqual([
      { kind: 'sectors', sectors: new Map([['AAPL', 'Technology']]) },
      { kind: 'file', file: SECTORS_FILE, why: 'bad' },
    ]);
    await desk.sectors.stop();
    await desk.edited(SECTORS_FILE);
    expect(puts).toHaveLength(4);
  });
});
