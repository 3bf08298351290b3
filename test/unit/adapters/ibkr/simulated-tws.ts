import { onTestFinished } from 'vitest';
import { createIbBroker, type IbBroker } from '#adapters/ibkr/ib-broker';
import { clientId } from '#domain/ids';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import { manualClock, type ManualClock } from '#test/builders/manual-clock';
import { FactLog } from './connected-broker';

export const START = Date.UTC(2026, 0, 5, 14, 30);
const STEP_MS = 2_000;

export interface SimulatedWorld {
  readonly simulator: TwsServer;
  readonly broker: IbBroker;
  readonly clock: ManualClock;
  readonly facts: FactLog;
  readonly faults: Error[];
}

/** The adapter against the simulator over a real socket; both clocks stand still. */
export async function simulatedTws(
  options: { readonly maxServerVersion?: number; readonly clientId?: number; readonly masterClientId?: number } = {},
): Promise<SimulatedWorld> {
  const simulator = await startTwsServer({
    port: 0,
    seed: 1,
    autoTick: false,
    maxServerVersion: options.maxServerVersion ?? 193,
    masterClientId: options.masterClientId,
    clock: { now: () => START, every: () => () => undefined },
  });
  const facts = new FactLog();
  const faults: Error[] = [];
  const clock = manualClock(START);
  const broker = createIbBroker({
    host: '127.0.0.1',
    port: simulator.port,
    clientId: clientId(options.clientId ?? 0),
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
  return { simulator, broker, clock, facts, faults };
}

/** Lets time pass on both sides, heartbeat by heartbeat; facts up to the last one count as taken. */
export async function bothLive({ simulator, clock, facts }: SimulatedWorld, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += STEP_MS) {
    const before = facts.of('heartbeat').length;
    clock.advance(STEP_MS);
    simulator.advanceTo(clock.now());
    while (facts.of('heartbeat').length <= before) await facts.next('heartbeat');
  }
}
