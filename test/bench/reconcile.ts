import { setTimeout as pause } from 'node:timers/promises';
import type { WorkstationState } from '#domain/workstation-state';
import { lineOf, type BenchLine } from './bench-line';
import { BUSY_CLIENT, EXECUTIONS, ORDERS, startBusyAccount, type BusyAccount } from './busy-account';
import { startWired } from './wired-workstation';

const FIRST_CONTACTS = 5;
const RECONNECTS_EACH = 2;

/**
 * A reconnect's whole answer through the real library, engine and journal: all of it new, as in the first contact of an
 * empty journal; and all of it known, as after every dropped link.
 */
export async function reconcileBench(): Promise<BenchLine[]> {
  const account = await startBusyAccount();
  const first: Samples = { elapsed: [], cpu: [] };
  const again: Samples = { elapsed: [], cpu: [] };
  try {
    for (let n = 0; n < FIRST_CONTACTS; n += 1) await reconcile(account, first, again);
  } finally {
    await account.stop();
  }
  const size = `${ORDERS.toLocaleString('en-US')} orders, ${EXECUTIONS.toLocaleString('en-US')} executions`;
  return [
    lineOf(`reconcile: ${size}, all new`, 'ms', first.elapsed, '≤ 1,000 ms'),
    lineOf('reconcile: our processor time of that', 'ms', first.cpu),
    lineOf(`reconcile: ${size}, all known`, 'ms', again.elapsed, '≤ 1,000 ms'),
    lineOf('reconcile: our processor time of that', 'ms', again.cpu),
  ];
}

/** Milliseconds: how long it took, and what of it this process computed. */
interface Samples {
  readonly elapsed: number[];
  readonly cpu: number[];
}

async function reconcile(account: BusyAccount, first: Samples, again: Samples): Promise<void> {
  const contact = first.elapsed.length + 1;
  let done = 0;
  let began = { at: 0, cpu: process.cpuUsage() };
  const { durable, stop } = await startWired({
    port: account.port,
    name: 'reconcile',
    client: BUSY_CLIENT,
    onPublished: (entries) => {
      for (const { event } of entries) {
        if (event.type !== 'connection-changed') continue;
        const { phase, since } = event.connection;
        if (phase === 'reconciling') began = { at: since, cpu: process.cpuUsage() };
        if (phase !== 'ready') continue;
        const samples = first.elapsed.length < contact ? first : again;
        samples.elapsed.push(since - began.at);
        const { user, system } = process.cpuUsage(began.cpu);
        samples.cpu.push((user + system) / 1000);
        done += 1;
      }
    },
  });
  for (let n = 0; n <= RECONNECTS_EACH; n += 1) {
    while (done <= n) await pause(5);
    check(durable);
    if (n < RECONNECTS_EACH) account.drop();
  }
  await stop();
}

/** A fast answer that is wrong is worth nothing. */
function check({ orders, fills }: WorkstationState): void {
  if (orders.size !== ORDERS || fills.size !== EXECUTIONS) {
    throw new Error(`the ledger has ${orders.size} orders and ${fills.size} fills`);
  }
}
