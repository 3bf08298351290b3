import { monitorEventLoopDelay } from 'node:perf_hooks';
import { correlationWorker } from '#adapters/system/correlation-worker';
import { correlationsOf, type PriceHistory } from '#domain/correlation-math';
import { CorrelationMatrix } from '#domain/correlation-matrix';
import { epochMs } from '#domain/ids';
import { PROGRAM_FILES } from '#hosts/program-files';
import { lineOf, percentile, type BenchLine } from './bench-line';

const WARM_UP = 4;
const SAMPLES = 15;
const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;
/** One in so many symbols lacks a day, as new listings and halts do. */
const GAP_EVERY = 10;

/** Closes that partly move together. The same every time. */
function histories(symbols: number, days: number): PriceHistory[] {
  let state = 42;
  const roll = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296 - 0.5;
  };
  const market = Array.from({ length: days }, roll);
  return Array.from({ length: symbols }, (_, row) => {
    let close = 100;
    const closes = market.map((move) => (close *= 1 + 0.02 * (move + roll())));
    const kept = market.map((_move, day) => day).filter((day) => row % GAP_EVERY !== 0 || day !== row % days);
    return {
      symbol: `S${row}`,
      days: Int32Array.from(kept),
      closes: Float64Array.from(kept, (day) => closes[day] ?? 0),
    };
  });
}

async function measured(symbols: number, lookback: number, target: string): Promise<BenchLine[]> {
  const prices = histories(symbols, lookback + 1);
  const computing: number[] = [];
  for (let n = 0; n < WARM_UP + SAMPLES; n += 1) {
    const before = process.cpuUsage();
    correlationsOf(prices, lookback);
    const { user, system } = process.cpuUsage(before);
    if (n >= WARM_UP) computing.push((user + system) / US_PER_MS);
  }
  // As the workstation does it: in a new thread, whose code is cold, to the matrix that the checks look at.
  const worker = correlationWorker(PROGRAM_FILES.correlationThread);
  const whole: number[] = [];
  const delays: number[] = [];
  for (let n = 0; n < SAMPLES; n += 1) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const before = performance.now();
    const { asOf, unknownPairs, values, version } = await worker.compute(prices, lookback);
    const summary = { version, symbols, lookback, asOf: null, computedAt: epochMs(asOf ?? 0), unknownPairs };
    const names = prices.map(({ symbol }) => symbol);
    new CorrelationMatrix(summary, names, values).correlated('S0', 0.7);
    whole.push(performance.now() - before);
    // The next turn of the loop ends the last delay.
    await new Promise((resolve) => setTimeout(resolve, 2));
    delay.disable();
    delays.push(delay.max / NS_PER_MS);
  }
  const name = `correlation: ${symbols.toLocaleString('en-US')} × ${lookback}`;
  return [
    lineOf(`${name}, processor time`, 'ms', computing, target),
    lineOf(`${name}, in a new thread, to the matrix`, 'ms', whole),
    {
      name: `${name}, longest delay of the event loop meanwhile`,
      unit: 'ms',
      median: percentile(delays, 0.5),
      p99: percentile(delays, 0.99),
      target: '< 5 ms',
    },
  ];
}

/** Correlations of many symbols, and what they cost those who trade meanwhile. */
export async function correlationBench(): Promise<BenchLine[]> {
  return [
    ...(await measured(100, 60, '≤ 1 ms')),
    ...(await measured(500, 252, '')),
    ...(await measured(1_000, 252, '≤ 250 ms')),
  ];
}
