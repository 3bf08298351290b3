import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { connectWorkstation } from '#cli/connect-workstation';
import type { Connection } from '#api/transport';
import { isReady } from '#domain/connection-state';
import { commandKey } from '#domain/ids';
import { singleOrderRequestSchema } from '#domain/command';
import type { StateSnapshot } from '#domain/state-snapshot';
import { temporaryDirectory } from '#test/builders/temporary-directory';
import { openOrdersAt } from './open-orders-at';
import { eventually, startProgram, type Program } from './program';

const CRASHES = 20;
const OBSERVER_CLIENT_ID = 900;
/** How often a growing file is looked at. */
const LOOK_EVERY_MS = 1;
const WAIT_MS = 5_000;

interface Host {
  readonly program: Program;
  readonly connection: Connection;
}

async function serve(directory: string, twsPort: string): Promise<Host> {
  const words = ['serve', '--paper', '--host', '127.0.0.1', '--tws-port', twsPort, '--no-open'];
  const program = startProgram([...words, '--data-dir', directory]);
  await program.line(/^ready http/);
  const connection = await connectWorkstation(directory, false);
  if (!connection.ok) throw new Error(connection.error);
  return { program, connection: connection.value };
}

/** The state once it `holds`: looked at again whenever the workstation has news. */
function stateThat(
  what: string,
  { connection }: Host,
  holds: (state: StateSnapshot) => boolean,
): Promise<StateSnapshot> {
  const { feed } = connection.client;
  return eventually(what, async () => {
    const start = await feed.start();
    if (!start.ok) throw new Error(start.error.reason);
    const { snapshot, conflated } = start.value;
    if (holds(snapshot)) return snapshot;
    await feed.changes({ after: snapshot.sequence, conflatedAfter: conflated.version, waitMs: WAIT_MS });
    return undefined;
  });
}

const isSettled = ({ connection, orders }: StateSnapshot): boolean =>
  isReady(connection) && orders.every(({ state }) => state.phase !== 'unknown' && state.phase !== 'submitting');

/** How many intents the journal holds. Read as bytes from disk: the host may die at any moment. */
async function intentsOnDisk(directory: string): Promise<number> {
  const home = join(directory, 'paper', 'journal');
  const texts = await Promise.all((await readdir(home)).map((name) => readFile(join(home, name), 'utf8')));
  return texts.join('').split('"type":"orders-intended"').length - 1;
}

test(`killed ${String(CRASHES)} times with -9 while IBKR has not answered: the order is there once or not at all, and the ledger knows which`, async () => {
  const directory = await temporaryDirectory();
  const simulator = startProgram(['simulate', '--port', '0', '--seed', '11']);
  onTestFinished(() => void simulator.kill('SIGTERM'));
  const twsPort = (await simulator.line(/^listening 127\.0\.0\.1:(\d+)$/))[1] ?? '';
  let host = await serve(directory, twsPort);
  onTestFinished(() => void host.program.kill('SIGKILL'));
  let { orders: before } = await stateThat('ready', host, isSettled);

  for (let crash = 1; crash <= CRASHES; crash += 1) {
    await simulator.steer('withhold');
    // Prices differ, so that no order is taken for a repetition of the one before.
    const limit = `1${String(crash).padStart(2, '0')}.00`;
    const request = singleOrderRequestSchema.parse({
      symbol: 'AAPL',
      side: 'BUY',
      quantity: '1',
      terms: { type: 'LMT', limit },
      timeInForce: 'GTC',
      outsideRth: false,
    });
    const key = commandKey(`crash-${String(crash)}`);
    const answer = host.connection.client.commands.execute({ key, command: { kind: 'place-order', request } });
    await eventually('the intent is on disk', async () => {
      if ((await intentsOnDisk(directory)) === crash) return true;
      await pause(LOOK_EVERY_MS);
      return undefined;
    });
    await host.program.kill('SIGKILL');
    await answer;
    await simulator.steer('release');

    host = await serve(directory, twsPort);
    const { orders } = await stateThat('every order is settled', host, isSettled);
    expect(orders, `crash ${String(crash)}: one new order in the ledger`).toHaveLength(before.length + 1);
    const atBroker = await openOrdersAt(Number(twsPort), OBSERVER_CLIENT_ID + crash);
    for (const { id, state, number } of orders) {
      const expected = state.phase === 'cancelled' ? 0 : 1;
      expect(atBroker.get(id) ?? 0, `order ${String(number)} is ${state.phase} in the ledger`).toBe(expected);
    }
    before = orders;
  }
  expect(await host.program.kill('SIGTERM')).toBe(0);
}, 240_000);
