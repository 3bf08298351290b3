import { setTimeout as pause } from 'node:timers/promises';
import { createIbBroker, type IbBroker } from '#adapters/ibkr/ib-broker';
import { startSystemClock, type SystemClock } from '#adapters/system/system-clock';
import { clientId } from '#domain/ids';
import type { BrokerFact } from '#ports/broker-port';
import { aResolution, aSubscription } from '#test/builders/effects';
import { percentile, type BenchLine } from './bench-line';
import { startMarket, SYMBOLS, type Market } from './market';

const ROUNDS = 5;
const STEPS_PER_ROUND = 4_000;
/** No tick for this long: the round is over. */
const QUIET_MS = 100;

/** Connects, defines the symbols and subscribes to their quotes. */
async function subscribed(market: Market, clock: SystemClock, onTick: () => void): Promise<IbBroker> {
  const broker = createIbBroker({
    host: '127.0.0.1',
    port: market.port,
    clientId: clientId(1),
    clock,
    random: Math.random,
    onFault: (error) => {
      throw error;
    },
  });
  let quoted = 0;
  await new Promise<void>((resolve) => {
    const hear = (fact: BrokerFact): void => {
      if (fact.kind === 'quote') onTick();
      if (fact.kind === 'link-up') {
        const resolution = aResolution();
        if (resolution.kind !== 'resolve-instrument') return;
        for (const symbol of SYMBOLS) broker.perform({ ...resolution, query: { by: 'symbol', symbol } });
      }
      if (fact.kind === 'instrument') {
        const subscription = aSubscription();
        if (subscription.kind === 'subscribe-quote') broker.perform({ ...subscription, instrument: fact.instrument });
        quoted += 1;
        if (quoted === SYMBOLS.length) resolve();
      }
    };
    broker.start(hear);
  });
  return broker;
}

/** Ticks a second from the simulated exchange through its encoder, a socket and our adapter to a fact. */
export async function ticksBench(): Promise<BenchLine[]> {
  const market = await startMarket();
  const clock = startSystemClock({ onWallClockStep: () => undefined });
  let ticks = 0;
  let lastAt = 0;
  const broker = await subscribed(market, clock, () => {
    ticks += 1;
    lastAt = performance.now();
  });
  try {
    const rates: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      await pause(QUIET_MS);
      ticks = 0;
      const start = performance.now();
      await market.live(STEPS_PER_ROUND);
      while (performance.now() - lastAt < QUIET_MS) await pause(QUIET_MS);
      // The first round warms up.
      if (round > 0) rates.push((ticks * 1_000) / (lastAt - start));
    }
    const rate = percentile(rates, 0.5);
    return [{ name: 'ticks: exchange → socket → adapter', unit: 'ticks/s', median: rate, target: '≥ 10,000 ticks/s' }];
  } finally {
    await broker.stop();
    clock.close();
    await market.stop();
  }
}
