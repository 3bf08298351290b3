import { expect, test } from 'vitest';
import type { Instrument } from '#domain/instrument';
import { ok } from '#domain/result';
import { AAPL } from '#test/builders/engine-harness';
import { aStock, dailyBars } from '#test/builders/price-desk';
import { settled, WorkstationWorld } from '#test/builders/workstation-world';

const MSFT: Instrument = { ...aStock('MSFT'), timeZone: AAPL.timeZone };

async function quiet(): Promise<void> {
  for (let round = 0; round < 10; round += 1) await settled();
}

test('correlations are computed from the bars of symbols that are only defined, and used and shown from then on', async () => {
  const world = WorkstationWorld.ready();
  const { broker, workstation } = world;
  let open: () => void = () => undefined;
  broker.bars = async ({ instrument, sessions }) => {
    if (instrument.symbol === 'MSFT') await new Promise<void>((resolve) => (open = resolve));
    return ok(dailyBars(instrument.symbol, sessions));
  };
  expect(workstation.correlations()).toBeNull();
  const early = workstation.updateCorrelations(['AAPL', 'MSFT'], 30, 1_000);
  await quiet();
  broker.tell({ kind: 'instrument', query: { by: 'symbol', symbol: 'MSFT' }, instrument: MSFT });
  await quiet();
  world.clock.advance(1_000);
  const progress = { done: 1, of: 2, symbol: 'AAPL' };
  expect(await early).toEqual(ok({ kind: 'under-way', ...progress }));
  expect((await workstation.feedStart()).conflated.correlating).toEqual(progress);

  const late = workstation.updateCorrelations(['AAPL', 'MSFT'], 30, 1_000);
  open();
  expect(await late).toMatchObject({ value: { kind: 'done', summary: { symbols: 2, lookback: 30 } } });
  expect(workstation.correlations()).toMatchObject({ symbols: ['AAPL', 'MSFT'], state: 'fresh' });
  expect(world.state.correlations?.symbols).toBe(2);
  expect((await workstation.feedStart()).conflated).not.toHaveProperty('correlating');
  const subscribed = broker.performedOf('subscribe-quote').map(({ instrument }) => instrument.symbol);
  expect(subscribed, 'quotes of what nobody looks at are not asked for').toEqual(['AAPL']);
});
