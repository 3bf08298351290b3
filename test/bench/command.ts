import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { present } from '#domain/assert';
import type { Command } from '#domain/command';
import { commandKey } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { DEFAULT_SETTINGS } from '#domain/settings';
import { aLimitOrder } from '#test/builders/engine-harness';
import { lineOf, type BenchLine } from './bench-line';
import { startMarket, SYMBOLS } from './market';
import { startWired } from './wired-workstation';

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
  const market = await startMarket();
  for (const symbol of SYMBOLS) market.pin(symbol, '149.99', '150');
  const risk = { ...DEFAULT_SETTINGS.risk, quoteAgeMaxMs: QUOTE_AGE_MAX_MS };
  const settings = { ...DEFAULT_SETTINGS, risk };
  const { workstation, directory, ready, stop } = await startWired({ port: market.port, name: 'command', settings });
  const peer = await startPeer(join(directory, 'peer'), market.port);
  try {
    await ready();
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
    await stop();
    await market.stop();
  }
}
