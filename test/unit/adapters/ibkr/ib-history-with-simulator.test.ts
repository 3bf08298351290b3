import { onTestFinished, expect, test } from 'vitest';
import { createIbBroker, type IbBroker } from '#adapters/ibkr/ib-broker';

import { BAR_SIZES, barSchema, type Bar, type BarQuery } from '#domain/bar';
import { clientId, conId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { startTwsServer } from '#simulator/tws/tws-server';
import { manualClock } from '#test/builders/manual-clock';
import { resolve } from './builders';
import { FactLog } from './connected-broker';

/** Monday 5 January 2026, 10:00 in New York. */
const START = Date.UTC(2026, 0, 5, 15, 0);

/** A broker at the simulated TWS, and AAPL as it is defined there. */
async function simulated(): Promise<{
  fetch: (query: Partial<BarQuery>) => Promise<readonly Bar[]>;
  broker: IbBroker;
  instrument: Instrument;
  faults: readonly Error[];
}> {
  const simulator = await startTwsServer({
    port: 0,
    seed: 1,
    autoTick: false,
    session: 'regular',
    clock: { now: () => START, every: () => () => undefined },
  });
  const facts = new FactLog();
  const faults: Error[] = [];
  const clock = manualClock(START);
  const broker = createIbBroker({
    host: '127.0.0.1',
    port: simulator.port,
    clientId: clientId(0),
    clock,
    random: () => 0,
    onFault: (error) => faults.push(error),
  });
  onTestFinished(async () => {
    await broker.stop();
    await simulator.stop();
  });
  broker.start(facts.put);
  await facts.next('link-up');
  broker.perform(resolve('AAPL'));
  const { instrument } = await facts.next('instrument');
  const fetch = async (change: Partial<BarQuery>): Promise<readonly Bar[]> => {
    const asked = { barSize: '1 day', what: 'TRADES', sessions: 5, regularHoursOnly: true } as const;
    const bars = await broker.fetchBars(
      { instrument, ...asked, ...change },
      () => undefined,
      new AbortController().signal,
    );
    if (!bars.ok) throw new Error(bars.error.text);
    return bars.value;
  };
  return { fetch, broker, instrument, faults };
}

const timeOf = (bar: Bar): number => (bar.kind === 'daily' ? Date.parse(bar.session) : bar.begins);

test('the simulated TWS has bars of every size: oldest first, none twice, only the newest still running', async () => {
  const { fetch, faults } = await simulated();
  for (const barSize of BAR_SIZES) {
    const bars = await fetch({ barSize, sessions: 3 });
    expect(barSchema.array().parse(bars)).toEqual(bars);
    const times = bars.map(timeOf);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(bars.slice(0, -1).every(({ complete }) => complete)).toBe(true);
  }
  expect(faults).toEqual([]);
});

test('more than one request can bring is put together without a gap', async () => {
  const { fetch } = await simulated();
  const days = await fetch({ sessions: 400 });
  expect(days).toHaveLength(400);
  expect(days.at(-1)).toMatchObject({ session: '2026-01-05', complete: false });
  const minutes = await fetch({ barSize: '1 min', sessions: 12 });
  // Eleven sessions of 390 minutes, one of them the half day before Christmas, and of today the minute since the market began.
  expect(minutes).toHaveLength(10 * 390 + 210 + 1);
  const half = await fetch({ barSize: '1 min', sessions: 4 });
  expect(minutes.slice(-half.length)).toEqual(half);
});

test('a symbol that is not there has no bars, and IBKR’s words say so', async () => {
  const { broker, instrument } = await simulated();
  const unknown = { ...instrument, conId: conId(4) };
  const query = { instrument: unknown, barSize: '1 day', what: 'TRADES', sessions: 5, regularHoursOnly: true } as const;
  const answer = await broker.fetchBars(query, () => undefined, new AbortController().signal);
  expect(answer).toMatchObject({ ok: false, error: { kind: 'refused' } });
});
