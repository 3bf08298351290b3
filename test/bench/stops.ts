import { setTimeout as pause } from 'node:timers/promises';
import { startBareStops } from './bare-stops';
import { lineOf, percentile, type BenchLine } from './bench-line';
import { startStopDesk } from './stop-desk';
import { startStopMarket, TRAIL, type Played, type StopMarket, type Tape } from './stop-market';

const WARM_UP_SECONDS = 4;
/** A rise that waits for its symbol's budget is followed within this time. */
const SETTLE_MS = 1_500;
/** A little more than the one modification a second that a symbol may make: every rise is due at once. */
const DUE_AT_ONCE_MS = 1_100;
/** 100 stops together stay below the 30 moves a second that all stops share. */
const HUNDRED_RISE_EVERY_MS = 4_000;

const ONE: Tape = { symbols: 1, ticksPerSecond: 1_000, riseEveryMs: DUE_AT_ONCE_MS, seconds: 40, settleMs: SETTLE_MS };
const HUNDRED: Tape = { ...ONE, symbols: 100, riseEveryMs: HUNDRED_RISE_EVERY_MS, seconds: 24 };
/** The plan's case: 20 symbols tick once a second, and every tick is a new high. */
const PLAN: Tape = { ...ONE, symbols: 20, ticksPerSecond: 0, riseEveryMs: 1_000, seconds: 30 };
const CROWD: Tape = { symbols: 100, ticksPerSecond: 10_000, riseEveryMs: 1_000, seconds: 20, settleMs: 0 };
const CROWD_STOPS_EACH = 10;
/** 1,000 stops that are behind need 25 seconds at 40 messages a second. */
const CROWD_SETTLE_MS = 40_000;
/** What the least step lets a stop stay behind. */
const BEHIND_MAX = 0.05;

async function playedWarm(market: StopMarket, tape: Tape): Promise<Played> {
  await market.play({ ...tape, seconds: WARM_UP_SECONDS });
  return market.play(tape);
}

interface Shared {
  /** Of one core, in percent. */
  readonly cpu: number;
  readonly played: Played;
}

/** Plays `tape`, and what this process computed meanwhile. */
async function playedWithCpu(market: StopMarket, tape: Tape): Promise<Shared> {
  const start = performance.now();
  const before = process.cpuUsage();
  const played = await market.play(tape);
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 10 / (performance.now() - start), played };
}

/** The bare handler on the same tape, in the same run. */
async function bare<T>(tape: Tape, play: (market: StopMarket, tape: Tape) => Promise<T>): Promise<T> {
  const market = await startStopMarket();
  const end = await startBareStops(market.port, market.stocks.slice(0, tape.symbols));
  try {
    return await play(market, tape);
  } finally {
    end();
    await market.stop();
  }
}

/** A rise leaves the market, the stop that follows it comes back: ours against the bare handler, before and after. */
async function followed(name: string, tape: Tape, isDueAtOnce: boolean): Promise<BenchLine[]> {
  const before = await bare(tape, playedWarm);
  const desk = await startStopDesk(tape.symbols, 1);
  const ours = await playedWarm(desk.market, tape);
  await desk.stop();
  const after = await bare(tape, playedWarm);
  const peers = [...before.latenciesUs, ...after.latenciesUs];
  const ratio = percentile(ours.latenciesUs, 0.5) / percentile(peers, 0.5);
  return [
    lineOf(`stops: ${name}`, 'µs', ours.latenciesUs, isDueAtOnce ? 'p99 ≤ 2,000 µs' : undefined),
    lineOf(`peer: ${name}, bare library`, 'µs', peers),
    ...(isDueAtOnce ? [against(name, ratio)] : []),
    { name: `stops: ${name}, rises not followed`, unit: `of ${ours.rises}`, median: ours.missed, target: '0' },
  ];
}

const against = (name: string, ratio: number): BenchLine => {
  return { name: `stops: ${name}, against the peer`, unit: 'times', median: ratio, target: '≤ 1.5 times' };
};

/** A tick on the socket to the modified stop's bytes on the socket. */
export async function stopsBench(): Promise<BenchLine[]> {
  return [
    ...(await followed('1 stop, 1,000 ticks/s', ONE, true)),
    ...(await followed('100 stops, 1,000 ticks/s', HUNDRED, true)),
    // A rise that comes a moment before the second of its symbol is over waits for that.
    ...(await followed('20 symbols at 1 Hz', PLAN, false)),
  ];
}

/** What 1,000 trailing stops at 10,000 ticks a second cost, and whether ticks pile up. */
export async function stopCrowdBench(): Promise<BenchLine[]> {
  const peer = await bare(CROWD, playedWithCpu);
  const desk = await startStopDesk(CROWD.symbols, CROWD_STOPS_EACH);
  const { market, heard } = desk;
  await market.play({ ...CROWD, seconds: WARM_UP_SECONDS });
  Object.assign(heard, { ticks: 0, lagsMs: [] });
  const { cpu, played } = await playedWithCpu(market, CROWD);
  const { ticks, lagsMs } = heard;
  await pause(CROWD_SETTLE_MS);
  const behind = desk.stopsBelow(played.risenTo - TRAIL - BEHIND_MAX);
  await desk.stop();
  const quarter = Math.floor(lagsMs.length / 4);
  return [
    { name: 'crowd: 1,000 stops, 10,000 ticks/s', unit: '% of a core', median: cpu, target: '< 25 %' },
    { name: 'peer: 100 stops, 10,000 ticks/s, bare library', unit: '% of a core', median: peer.cpu },
    { name: 'crowd: ticks that reached the engine', unit: 'ticks/s', median: ticks / CROWD.seconds },
    lineOf('crowd: a tick on its way, first quarter', 'ms', lagsMs.slice(0, quarter)),
    lineOf('crowd: a tick on its way, last quarter', 'ms', lagsMs.slice(-quarter), 'no growth'),
    { name: 'crowd: modifications', unit: '/s', median: played.modifications / CROWD.seconds, target: '≤ 40 /s' },
    { name: 'crowd: stops behind once the market rests', unit: 'stops', median: behind, target: '0' },
  ];
}
