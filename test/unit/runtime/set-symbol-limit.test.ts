import { describe, expect, test } from 'vitest';
import type { Command, LimitChange } from '#domain/command';
import { commandKey, conId } from '#domain/ids';
import { NO_LIMITS } from '#domain/limit-change';
import { quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { PENDING_STEPS_MAX } from '#runtime/engine-runner';
import { AAPL } from '#test/builders/engine-harness';
import { A_LIMITS_FILE } from '#test/builders/limits-file';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

const FIFTY: LimitChange = { ...NO_LIMITS, maxPositionSize: quantity('50') };
const setting = (change: LimitChange | null = FIFTY, symbol = 'AAPL'): Command => ({
  kind: 'set-symbol-limit',
  symbol,
  change,
});
/** A text with `words` in it. */
const containing = (words: string): unknown => expect.stringContaining(words);
const changesOf = ({ published }: WorkstationWorld): unknown[] =>
  published.flatMap(({ event }) => (event.type === 'limits-changed' ? [event] : []));

describe('a limit that is set', () => {
  test("stands in the file before the engine hears of it, and is in the journal as a person's", async () => {
    const world = WorkstationWorld.ready();
    expect(await world.commands(setting())).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
    expect(world.riskFiles.limitsFile.value.symbol_limits).toEqual({ AAPL: { max_position_size: 50 } });
    const before = null;
    const after = FIFTY;
    expect(changesOf(world)).toMatchObject([{ origin: 'window', symbols: [{ symbol: 'AAPL', before, after }] }]);
    expect(world.riskFiles.idsFile.value, 'it was defined before').toEqual({ AAPL: AAPL.conId });
  });

  test('with a key that was answered before touches nothing again', async () => {
    const world = WorkstationWorld.ready();
    const key = commandKey('once');
    await world.commands(setting(), key);
    await world.commands(setting(null));
    expect(await world.commands(setting(), key)).toMatchObject({ ok: true, value: { repeated: true } });
    expect(world.state.symbolLimits.size).toBe(0);
    expect(world.riskFiles.limitsFile.value.symbol_limits).toEqual({});
  });

  test('of a symbol that IBKR does not know is refused, for it would protect nobody', async () => {
    const world = WorkstationWorld.ready();
    const answer = world.commands(setting(FIFTY, 'APPL'));
    await settled();
    world.broker.tell({ kind: 'instrument-unknown', query: { by: 'symbol', symbol: 'APPL' }, text: '200' });
    const refused = { outcome: 'refused', message: containing('IBKR knows none') };
    expect(await answer).toMatchObject({ ok: true, value: refused });
    expect(world.riskFiles.limitsFile.written).toEqual([]);
    expect(await world.commands(setting(null, 'APPL')), 'taking away is never refused').toMatchObject({ ok: true });
  });

  test('while nothing is connected is set all the same', async () => {
    const world = new WorkstationWorld();
    world.journal.isPrompt = true;
    world.workstation.start(DEFAULT_SETTINGS);
    expect(await world.commands(setting())).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
    expect(world.state.symbolLimits.get('AAPL')).toEqual(FIFTY);
  });

  test('on a full disk is refused with the reason; with room again the same key sets it', async () => {
    const world = WorkstationWorld.ready();
    const key = commandKey('again');
    world.riskFiles.limitsFile.unwritable = new Error('ENOSPC: no space left on device');
    expect(await world.commands(setting(), key)).toMatchObject({
      ok: true,
      value: { outcome: 'refused', message: 'Nothing was set. ENOSPC: no space left on device' },
    });
    expect([world.state.symbolLimits.size, changesOf(world)]).toEqual([0, []]);
    world.riskFiles.limitsFile.unwritable = null;
    expect(await world.commands(setting(), key)).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
  });

  test('whose command is turned away after it was written is in force, as the file says', async () => {
    const world = WorkstationWorld.ready();
    world.journal.isPrompt = false;
    for (let n = 0; n < PENDING_STEPS_MAX; n += 1) world.broker.tell({ kind: 'notice', code: n, text: '' });
    expect(await world.commands(setting())).toMatchObject({ ok: false, error: { code: 'BUSY' } });
    expect(world.state.symbolLimits.get('AAPL')).toEqual(FIFTY);
  });
});

test('after a crash between file and journal the start takes the limit up, and the same command finds it done', async () => {
  const world = new WorkstationWorld();
  world.journal.isPrompt = true;
  world.riskFiles.limitsFile.value = A_LIMITS_FILE;
  await world.files.limits.load();
  world.workstation.start(DEFAULT_SETTINGS);
  expect(world.state.symbolLimits.get('TSLA')?.maxDailyLoss).toBe('100');
  expect(await world.commands(setting())).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
  expect(changesOf(world)).toMatchObject([{ origin: 'file' }]);
});

test('a symbol that is renamed while its limits are in force is not traded past them', async () => {
  const world = WorkstationWorld.ready();
  await world.commands(setting({ ...NO_LIMITS, maxPositionSize: quantity('5') }));
  await settled();
  const renamed = { ...AAPL, symbol: 'APL' };
  world.broker.tell({ kind: 'instrument', query: { by: 'contract', conId: conId(AAPL.conId) }, instrument: renamed });
  expect(await world.places({ symbol: 'APL' })).toMatchObject({ ok: true, value: { outcome: 'denied' } });
  expect(changesOf(world).at(-1)).toMatchObject({ origin: 'file' });
  await settled();
  expect(world.riskFiles.limitsFile.value.symbol_limits).toEqual({ APL: { max_position_size: 5 } });
});

test('a foreign share of the same symbol is not what the limits of the symbol are about', async () => {
  const world = WorkstationWorld.ready();
  await world.commands(setting({ ...NO_LIMITS, maxPositionSize: quantity('5') }));
  await settled();
  const foreign = { ...AAPL, conId: conId(999), currency: 'EUR' };
  world.broker.tell({ kind: 'instrument', query: { by: 'contract', conId: foreign.conId }, instrument: foreign });
  await settled();
  expect(Object.values(world.riskFiles.idsFile.value)).not.toContain(foreign.conId);
});
