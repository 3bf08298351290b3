import { EventName } from '@stoqey/ib';
import { BARS_PER_REQUEST_MAX } from '#adapters/ibkr/ib-history-plan';
import type { BarQuery } from '#domain/bar';
import { conId, epochMs, laterBy } from '#domain/ids';
import type { Clock } from '#ports/clock';
import { APPLE } from '#test/builders/fake-workstation';
import { lineOf, type BenchLine } from './bench-line';
import { bareDecoding, ourDecoding, type Message } from './decoding-session';

const SAMPLES = 60;
const WARM_UP = 10;
const START = Date.UTC(2026, 0, 5, 14, 30);
const REQUEST_BARS = 20;

function answerTo(requestId: string): Message {
  const bars = Array.from({ length: BARS_PER_REQUEST_MAX }, (_, n) => {
    const open = 150 + (n % 700) / 100;
    const [high, low, close] = [open + 0.37, open - 0.41, open + 0.05].map((price) => price.toFixed(2));
    return [START / 1_000 + n * 60, open.toFixed(2), high, low, close, 10_000 + n, open.toFixed(3), 321];
  });
  return [17, requestId, 'from', 'to', bars.length, ...bars.flat()].map((field) => field ?? '');
}

/** Runs `work`. @returns how long it took, and the longest that the event loop could do nothing else meanwhile. */
async function observed(work: () => Promise<void>): Promise<{ took: number; blocked: number }> {
  let isOver = false;
  let blocked = 0;
  let turnAt = performance.now();
  const turn = (): void => {
    const now = performance.now();
    blocked = Math.max(blocked, now - turnAt);
    turnAt = now;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const start = performance.now();
  await work();
  const took = performance.now() - start;
  await new Promise(setImmediate);
  isOver = true;
  return { took, blocked };
}

/** A time that makes no request wait for its turn. */
function quickClock(): Clock {
  let now = epochMs(START);
  return { now: () => (now = laterBy(now, 1_000)), wakeAt: () => () => undefined };
}

async function ourSamples(): Promise<{ took: number[]; blocked: number[] }> {
  const { broker, session, stop } = await ourDecoding(quickClock(), () => undefined);
  const samples = { took: [] as number[], blocked: [] as number[] };
  for (let n = 0; n < WARM_UP + SAMPLES; n += 1) {
    // Not of a minute: their limit would be reached.
    const instrument = { ...APPLE, conId: conId(n + 1) };
    const query: BarQuery = { instrument, barSize: '5 mins', what: 'TRADES', sessions: 1, regularHoursOnly: true };
    const fetched = broker.fetchBars(query, () => undefined, new AbortController().signal);
    const answer = answerTo((await session.next(REQUEST_BARS))[1] ?? '');
    const { took, blocked } = await observed(async () => {
      session.send(answer);
      const bars = await fetched;
      if (!bars.ok || bars.value.length !== BARS_PER_REQUEST_MAX) throw new Error('the bars did not come');
    });
    if (n < WARM_UP) continue;
    samples.took.push(took);
    samples.blocked.push(blocked);
  }
  await stop();
  return samples;
}

async function bareSamples(): Promise<number[]> {
  let bars = 0;
  let told: () => void = () => undefined;
  const { session, stop } = await bareDecoding((api) => {
    api.on(EventName.historicalData, () => {
      bars += 1;
      if (bars % (BARS_PER_REQUEST_MAX + 1) === 0) told();
    });
  });
  const samples: number[] = [];
  for (let n = 0; n < WARM_UP + SAMPLES; n += 1) {
    const answer = answerTo(String(n));
    const { blocked } = await observed(
      () =>
        new Promise((resolve) => {
          told = resolve;
          session.send(answer);
        }),
    );
    if (n >= WARM_UP) samples.push(blocked);
  }
  await stop();
  return samples;
}

/** An answer of 2,000 bars, from the socket of a TWS in this process to bars of the domain. */
export async function historyBench(): Promise<BenchLine[]> {
  const { took, blocked } = await ourSamples();
  return [
    lineOf('history: 2,000 bars, longest block of the event loop', 'ms', blocked, 'p99 ≤ 20 ms'),
    lineOf('history: 2,000 bars, sent to read', 'ms', took),
    lineOf('peer: 2,000 bars, longest block by the bare library', 'ms', await bareSamples()),
  ];
}
