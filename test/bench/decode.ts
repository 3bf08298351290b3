import { EventName, type IBApi } from '@stoqey/ib';
import { startSystemClock } from '#adapters/system/system-clock';
import type { BrokerFact } from '#ports/broker-port';
import { aSubscription } from '#test/builders/effects';
import * as wire from '#test/unit/adapters/ibkr/wire-messages';
import { percentile, type BenchLine } from './bench-line';
import { bareDecoding, framed, ourDecoding, type Decoding, type Message } from './decoding-session';

const ROUNDS = 9;
const BYTES_PER_READ = 65_536;
const REQUEST_MARKET_DATA = 1;

interface Case {
  readonly name: string;
  readonly fact: BrokerFact['kind'];
  /** Calls `count` for each message. */
  readonly listen: (api: IBApi, count: () => void) => void;
  readonly messages: number;
  readonly messageOf: (n: number, quoteId: string) => Message;
}

const CASES: readonly Case[] = [
  {
    name: 'tickPrice',
    fact: 'quote',
    listen: (api, count) => void api.on(EventName.tickPrice, count),
    messages: 40_000,
    messageOf: (n, quoteId) => wire.tickPrice(quoteId, 1 + (n % 2), (150 + (n % 100) / 100).toFixed(2)),
  },
  {
    name: 'openOrder',
    fact: 'order-reported',
    listen: (api, count) => void api.on(EventName.openOrder, count),
    messages: 4_000,
    messageOf: (n) => wire.openOrder({ orderId: n + 1, permId: 1_900_000_000 + n, orderRef: `run1-${n}` }),
  },
  {
    name: 'execDetails',
    fact: 'execution',
    listen: (api, count) => void api.on(EventName.execDetails, count),
    messages: 10_000,
    messageOf: (n) => wire.execDetails({ orderId: n + 1, execId: `0000e0d5.${n}.01.01` }),
  },
];

/** Messages a second, in one round. */
function rateOf(decoding: Decoding, bytes: Buffer, heard: () => number, messages: number): number {
  const before = heard();
  const start = performance.now();
  for (let at = 0; at < bytes.length; at += BYTES_PER_READ) decoding.receive(bytes.subarray(at, at + BYTES_PER_READ));
  const rate = (messages * 1_000) / (performance.now() - start);
  // The size in an ask's tick is told besides.
  if (heard() - before < messages) throw new Error(`${heard() - before} of ${messages} messages were told`);
  return rate;
}

async function linesOf({ name, fact, listen, messages, messageOf }: Case): Promise<BenchLine[]> {
  const clock = startSystemClock({ onWallClockStep: () => undefined });
  let facts = 0;
  let events = 0;
  const ours = await ourDecoding(clock, (told) => {
    if (told.kind === fact) facts += 1;
  });
  const bare = await bareDecoding((api) => listen(api, () => (events += 1)));
  ours.broker.perform(aSubscription());
  const quoteId = (await ours.session.next(REQUEST_MARKET_DATA))[2] ?? '';
  const bytes = framed(Array.from({ length: messages }, (_, n) => messageOf(n, quoteId)));
  const rates = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const [our, their] = [rateOf(ours, bytes, () => facts, messages), rateOf(bare, bytes, () => events, messages)];
    // The first round warms up.
    if (round === 0) continue;
    rates.ours.push(our);
    rates.bare.push(their);
  }
  await ours.stop();
  await bare.stop();
  clock.close();
  return [
    { name: `decode: ${name}, to facts of the adapter`, unit: 'messages/s', median: percentile(rates.ours, 0.5) },
    { name: `peer: ${name}, bare library`, unit: 'messages/s', median: percentile(rates.bare, 0.5) },
  ];
}

/** How fast messages of TWS become facts, against the library alone on the same bytes. */
export async function decodeBench(): Promise<BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const one of CASES) lines.push(...(await linesOf(one)));
  return lines;
}
