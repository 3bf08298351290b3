import { once } from 'node:events';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createIbBroker } from '#adapters/ibkr/ib-broker';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { openJournal } from '#adapters/journal/open-journal';
import { startSystemClock } from '#adapters/system/system-clock';
import { present } from '#domain/assert';
import type { Command } from '#domain/command';
import { clientId, commandKey, runId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { emptyWorkstationState } from '#domain/workstation-state';
import { Workstation } from '#runtime/workstation';
import { aLimitOrder } from '#test/builders/engine-harness';
import { lineOf, type BenchLine } from './bench-line';
import { startMarket, SYMBOLS } from './market';

const WARM_UP = 200;
const SAMPLES = 400;
/** Below the pacer's 40 messages a second: its waiting is not what is measured. */
const PAUSE_MS = 30;
/** About what one order's events take in the journal, and what it takes on the wire. */
const JOURNAL_BYTES = 4_000;
const ORDER_BYTES = 400;
const QUOTE_AGE_MAX_MS = 60_000;

/** BUY LMT 147, which rests; each of 20 symbols in turn, no two alike, so that none is a duplicate. */
function anOrder(n: number): Command {
  const terms = { type: 'LMT', limit: price('147') } as const;
  const symbol = present(SYMBOLS[n % SYMBOLS.length], 'a symbol');
  return { kind: 'place-order', request: aLimitOrder({ symbol, quantity: quantity(String(n + 1)), terms }) };
}

/** The peer: a line that is durable, then an order's worth of bytes on a bare socket; nothing else. */
async function startPeer(
  file: string,
  port: number,
): Promise<{ readonly send: () => Promise<void>; readonly stop: () => Promise<void> }> {
  const handle = await open(file, 'a');
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setNoDelay(true);
  const line = Buffer.alloc(JOURNAL_BYTES, 'x');
  const body = Buffer.from(`3\0${'x'.repeat(ORDER_BYTES)}`);
  const frame = Buffer.alloc(4 + body.length);
  frame.writeUInt32BE(body.length);
  body.copy(frame, 4);
  return {
    send: async () => {
      await handle.appendFile(line);
      await handle.datasync();
      socket.write(frame);
    },
    stop: async () => {
      socket.destroy();
      await handle.close();
    },
  };
}

/** From the command to the order's bytes at TWS: risk, journal with fdatasync, encoding, socket. And to its answer. */
export async function commandBench(): Promise<BenchLine[]> {
  const cache = join('node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, 'command-bench-'));
  const market = await startMarket();
  for (const symbol of SYMBOLS) market.pin(symbol, '149.99', '150');
  const clock = startSystemClock({ onWallClockStep: () => undefined });
  const { journal } = await openJournal({
    directory,
    mode: 'paper',
    codec: engineEventCodec,
    now: () => clock.now(),
    newJournalId: () => 'bench',
  });
  const onFault = (error: unknown): void => {
    throw error;
  };
  const broker = createIbBroker({
    host: '127.0.0.1',
    port: market.port,
    clientId: clientId(1),
    clock,
    random: Math.random,
    onFault,
  });
  const durable = emptyWorkstationState('paper');
  const onPublished = (): void => undefined;
  const options = { durable, runId: runId('bench'), version: '0', clock, journal, broker, onPublished, onFault };
  const workstation = new Workstation(options);
  const peer = await startPeer(join(directory, 'peer'), market.port);
  try {
    const { risk } = DEFAULT_SETTINGS;
    workstation.start({ ...DEFAULT_SETTINGS, risk: { ...risk, quoteAgeMaxMs: QUOTE_AGE_MAX_MS } });
    while (durable.connection.phase !== 'ready') await pause(10);
    const toSocket: number[] = [];
    const toAnswer: number[] = [];
    const bare: number[] = [];
    for (let n = 0; n < WARM_UP + SAMPLES; n += 1) {
      await pause(PAUSE_MS);
      const arrival = market.nextOrder();
      const start = process.hrtime.bigint();
      const answer = await workstation.execute(commandKey(`k-${n}`), 'window', anOrder(n));
      const answered = process.hrtime.bigint();
      if (!answer.ok || answer.value.outcome !== 'accepted') throw new Error(JSON.stringify(answer));
      const arrived = await arrival;
      await pause(PAUSE_MS);
      const bareArrival = market.nextOrder();
      const bareStart = process.hrtime.bigint();
      await peer.send();
      const bareArrived = await bareArrival;
      if (n < WARM_UP) continue;
      bare.push(Number(bareArrived - bareStart) / 1e6);
      toSocket.push(Number(arrived - start) / 1e6);
      toAnswer.push(Number(answered - start) / 1e6);
    }
    return [
      lineOf('command: to order bytes at TWS, durable first', 'ms', toSocket, 'p50 ≤ 3 ms, p99 ≤ 10 ms'),
      lineOf('command: to its answer', 'ms', toAnswer),
      lineOf('peer: bare append, fdatasync, socket', 'ms', bare),
    ];
  } finally {
    await peer.stop();
    await workstation.stop();
    await journal.close();
    clock.close();
    await market.stop();
    await rm(directory, { recursive: true, force: true });
  }
}
