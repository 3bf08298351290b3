import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { openJournal } from '#adapters/journal/open-journal';
import { segmentRef } from '#adapters/journal/segment-files';
import { openCorrelations } from '#adapters/lowdb/correlation-store';
import { lockDataDirectory } from '#adapters/system/data-directory-lock';
import { startSystemClock } from '#adapters/system/system-clock';
import { checkpointSchema } from '#domain/checkpoint';
import { accountId, clientId, commandKey, epochMs, sequence, type AccountId } from '#domain/ids';
import { price, quantity } from '#domain/money';
import { composeOn, type Machine } from '#hosts/compose';
import type { Composition } from '#hosts/composition';
import { startDemoSimulator } from '#hosts/demo-simulator';
import type { LaunchOptions } from '#hosts/launch-options';
import type { WorkstationPort } from '#ports/workstation-port';
import { Checkpointer } from '#runtime/recovery';
import { startTwsServer, type TwsServer } from '#simulator/tws/tws-server';
import { aMatrix } from '#test/builders/correlations';
import { aLimitOrder } from '#test/builders/engine-harness';

/** Nobody listens there. */
const CLOSED_PORT = 1;
const LIVE = accountId('U7654321');

/** The machine, watched. */
const machine = {
  startSystemClock: vi.fn(startSystemClock),
  openJournal: vi.fn<Machine['openJournal']>(openJournal),
  // A program of its own, which has to be built; here its market runs in this process.
  startDemoSimulator: vi.fn(startDemoSimulator),
};
const compose = composeOn(machine);

let dataDirectory = '';
const said: string[] = [];
const running: Composition[] = [];

beforeEach(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'ibkr-trader-compose-'));
  said.length = 0;
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
});

afterEach(async () => {
  for (const composition of running.splice(0)) await composition.close();
  vi.restoreAllMocks();
  await rm(dataDirectory, { recursive: true, force: true });
});

function options(change: Partial<LaunchOptions> = {}): LaunchOptions {
  return {
    mode: 'paper',
    tws: { host: null, port: CLOSED_PORT, clientId: null },
    demo: { seed: null, prices: null, faults: null, simulatorPort: null },
    listenPort: 0,
    dataDirectory,
    open: false,
    confirmedAccount: null,
    ...change,
  };
}

async function started(change: Partial<LaunchOptions> = {}): Promise<Composition> {
  const composed = await compose(options(change));
  if (!composed.ok) throw new Error(composed.error.reason);
  running.push(composed.value);
  return composed.value;
}

async function close(composition: Composition): Promise<void> {
  running.splice(running.indexOf(composition), 1);
  await composition.close();
}

async function refusalOf(change: Partial<LaunchOptions> = {}): Promise<string> {
  const composed = await compose(options(change));
  if (!composed.ok) return composed.error.reason;
  running.push(composed.value);
  throw new Error('it was composed');
}

const fileOf = (...parts: readonly string[]): string => join(dataDirectory, ...parts);
const settings = (data: unknown): Promise<void> =>
  writeFile(fileOf('settings.json'), JSON.stringify({ version: 1, data }));
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** A market on the real clock, AAPL at 99.99 to 100.01. */
async function market(): Promise<TwsServer> {
  const server = await startTwsServer({
    port: 0,
    seed: 4,
    autoTick: true,
    clock: {
      now: () => Date.now(),
      every: (ms, run) => {
        const timer = setInterval(run, ms);
        return () => clearInterval(timer);
      },
    },
  });
  onTestFinished(() => server.stop());
  server.exchange.setPrice('AAPL', { bid: '99.99', ask: '100.01', last: '100' });
  return server;
}

/** Follows the feed until `holds`. */
async function until(workstation: WorkstationPort, holds: () => boolean): Promise<void> {
  const { snapshot, conflated } = await workstation.feedStart();
  let after = snapshot.sequence;
  let { version } = conflated;
  while (!holds()) {
    const answer = await workstation.changes(after, version, 1_000);
    if (answer.kind === 'resync') throw new Error('a replica that is not behind');
    after = answer.entries.at(-1)?.sequence ?? after;
    version = answer.conflated?.version ?? version;
  }
}

const isReady = ({ state }: WorkstationPort) => state.connection.phase === 'ready';

describe('settings', () => {
  test('are written down at the first start, so that there is something to edit', async () => {
    await started();
    expect(JSON.parse(await readFile(fileOf('settings.json'), 'utf8'))).toMatchObject({
      version: 1,
      data: { allowLive: false, risk: { maxOrderNotional: '100000' } },
    });
  });

  test('that were edited are used and kept', async () => {
    await settings({ risk: { maxOrderQuantity: '77' } });
    const { workstation } = await started();
    expect(workstation.state.settings.risk.maxOrderQuantity).toBe('77');
    expect(JSON.parse(await readFile(fileOf('settings.json'), 'utf8'))).toEqual({
      version: 1,
      data: { risk: { maxOrderQuantity: '77' } },
    });
  });

  test('that can not be read are refused by file and field, and the directory is given up', async () => {
    await settings({ risk: { maxOrderQuantity: 'many' } });
    const refusal = await refusalOf();
    expect(refusal).toContain(fileOf('settings.json'));
    expect(refusal).toContain('maxOrderQuantity');
    await settings({});
    await started();
  });
});

describe('the data directory', () => {
  test('in use by another workstation is refused, and stays the other one’s', async () => {
    const first = await started();
    expect(await refusalOf()).toContain(`in use by process ${process.pid}`);
    await close(first);
    await started();
  });

  test('says where it is and who has it', async () => {
    const { about } = await started();
    expect(about).toMatchObject({ dataDirectory, processId: process.pid });
  });
});

describe('live', () => {
  test('without the settings and the typed account is refused', async () => {
    expect(await refusalOf({ mode: 'live' })).toContain('allowLive');
    expect(await exists(fileOf('live'))).toBe(false);
  });

  test('with both runs in a journal of its own, at the port of the settings', async () => {
    await settings({ allowLive: true, liveAccount: LIVE, connection: { livePort: CLOSED_PORT } });
    const tws = { host: null, port: null, clientId: null };
    const { workstation } = await started({ mode: 'live', confirmedAccount: LIVE, tws });
    expect(workstation.state.mode).toBe('live');
    await until(workstation, () => {
      const { connection } = workstation.state;
      return connection.phase === 'disconnected' && connection.reason !== 'starting';
    });
    expect(JSON.stringify(workstation.history(null, 20))).toContain(`127.0.0.1:${CLOSED_PORT}`);
    expect(await exists(fileOf('live', 'journal'))).toBe(true);
  });
});

describe('paper', () => {
  test('reaches ready, and an order rests at the exchange', async () => {
    const server = await market();
    const tws = { host: '127.0.0.1', port: server.port, clientId: clientId(5) };
    const { workstation } = await started({ tws });
    await until(workstation, () => isReady(workstation));
    expect(server.clientIds()).toEqual([5]);
    const request = aLimitOrder({ terms: { type: 'LMT', limit: price('99') }, quantity: quantity('10') });
    const reply = await workstation.execute(commandKey('k'), 'cli', { kind: 'place-order', request });
    expect(reply).toMatchObject({ ok: true, value: { outcome: 'accepted' } });
    await until(workstation, () => [...workstation.state.orders.values()][0]?.state.phase === 'working');
    await server.waitFor(({ message }) => message.kind === 'place-order');
  });

  test('at the port of the settings binds its journal to the account that it meets', async () => {
    const server = await market();
    await settings({ connection: { paperPort: server.port } });
    const tws = { host: null, port: null, clientId: null };
    const first = await started({ tws });
    await until(first.workstation, () => isReady(first.workstation));
    expect(server.clientIds()).toEqual([1]);
    await close(first);
    expect(await readFile(segmentRef(fileOf('paper', 'journal'), 2).path, 'utf8')).toContain('"account":"DU1234567"');
  });
});

describe('demo', () => {
  async function demoMarket(): Promise<TwsServer> {
    const server = await market();
    machine.startDemoSimulator.mockResolvedValue({ port: server.port, stop: () => server.stop() });
    return server;
  }
  const demo = options({ mode: 'demo' }).demo;

  test('trades on the built-in market with the seed that was asked for', async () => {
    const server = await demoMarket();
    const { workstation } = await started({
      mode: 'demo',
      demo: { seed: 7, prices: null, faults: null, simulatorPort: null },
    });
    expect(machine.startDemoSimulator).toHaveBeenLastCalledWith({
      seed: 7,
      prices: null,
      faults: null,
      simulatorPort: null,
    });
    await until(workstation, () => isReady(workstation));
    expect(server.clientIds()).toHaveLength(1);
  });

  test('starts anew at each launch', async () => {
    await demoMarket();
    const first = await started({ mode: 'demo', demo });
    await until(first.workstation, () => isReady(first.workstation));
    const { length } = first.workstation.history(null, 1_000);
    await close(first);
    await demoMarket();
    const { workstation } = await started({ mode: 'demo', demo });
    await workstation.feedStart();
    expect(workstation.history(null, 1_000).at(-1)).toMatchObject({ sequence: 1, event: { type: 'run-started' } });
    expect(length).toBeGreaterThan(1);
  });

  test('on a simulator that runs by itself starts none, and goes on after a restart where it was', async () => {
    const server = await market();
    const beside = { ...demo, simulatorPort: server.port };
    machine.startDemoSimulator.mockClear();
    const first = await started({ mode: 'demo', demo: beside });
    await until(first.workstation, () => isReady(first.workstation));
    const { snapshot: before } = await first.workstation.feedStart();
    await close(first);
    const { workstation } = await started({ mode: 'demo', demo: beside });
    await until(workstation, () => isReady(workstation));
    expect((await workstation.feedStart()).snapshot.sequence).toBeGreaterThan(before.sequence);
    expect(machine.startDemoSimulator).not.toHaveBeenCalled();
    await server.stop();
  });

  test('whose market does not start is a defect, and the directory is given up', async () => {
    machine.startDemoSimulator.mockRejectedValue(new Error('the simulator did not start in time'));
    await expect(compose(options({ mode: 'demo' }))).rejects.toThrow('did not start in time');
    expect(said).toEqual([]);
    await started();
  });

  test('whose market starts in vain is stopped again', async () => {
    const stop = vi.fn(() => Promise.resolve());
    machine.startDemoSimulator.mockResolvedValue({ port: CLOSED_PORT, stop });
    machine.openJournal.mockRejectedValueOnce(new Error('no space left on device'));
    await expect(compose(options({ mode: 'demo' }))).rejects.toThrow('no space left');
    expect(stop).toHaveBeenCalledOnce();
  });
});

describe('the journal', () => {
  const journalFile = (): string => segmentRef(fileOf('paper', 'journal'), 1).path;

  /** One life, and what it wrote down. */
  async function oneLife(): Promise<number> {
    const composition = await started();
    await until(composition.workstation, () => composition.workstation.state.sequence >= 3);
    await close(composition);
    return composition.workstation.state.sequence;
  }

  test('is gone on with from the checkpoint that the end left behind', async () => {
    const last = await oneLife();
    expect(JSON.parse(await readFile(fileOf('paper', 'checkpoint.json'), 'utf8'))).toMatchObject({
      version: 1,
      data: { position: { sequence: last }, snapshot: { sequence: last } },
    });
    const { workstation } = await started();
    expect(workstation.state.sequence).toBeGreaterThan(last);
    expect(said.join('')).not.toContain('replayed');
  });

  test('is replayed where there is no checkpoint', async () => {
    const last = await oneLife();
    await rm(fileOf('paper', 'checkpoint.json'));
    await started();
    expect(said.join('')).toContain(`${last} journal events replayed`);
  });

  test('is replayed where the checkpoint can not be read, and the next one is written again', async () => {
    const last = await oneLife();
    await writeFile(fileOf('paper', 'checkpoint.json'), '{"version":99,"data":{}}');
    await close(await started());
    expect(said.join('')).toMatch(/the checkpoint is not used, the whole journal is replayed: .*99/);
    expect(said.join('')).toContain(`${last} journal events replayed`);
    const text = await readFile(fileOf('paper', 'checkpoint.json'), 'utf8');
    const { data } = z.object({ data: checkpointSchema }).parse(JSON.parse(text));
    expect(data.position.sequence).toBeGreaterThan(last);
  });

  test('whose checkpoint the disk does not give is a defect', async () => {
    await mkdir(fileOf('paper', 'checkpoint.json'), { recursive: true });
    await expect(compose(options())).rejects.toThrow('EISDIR');
  });

  test('is checkpointed while it runs, when that is due', async () => {
    vi.spyOn(Checkpointer.prototype, 'isDue').mockReturnValue(true);
    const { workstation } = await started();
    await until(workstation, () => workstation.state.sequence >= 2);
    await vi.waitFor(async () => expect(await exists(fileOf('paper', 'checkpoint.json'))).toBe(true));
  });

  test('that lost its newest part is refused', async () => {
    await oneLife();
    await rm(fileOf('paper', 'journal'), { recursive: true });
    expect(await refusalOf()).toMatch(/The journal ends at event 0, but a checkpoint was taken at event \d+/);
  });

  test('with an unfinished last line is cut there, and that is said', async () => {
    await oneLife();
    await rm(fileOf('paper', 'checkpoint.json'));
    const whole = await readFile(journalFile());
    await writeFile(journalFile(), whole.subarray(0, whole.length - 5));
    await started();
    expect(said.join('')).toMatch(/\d+ bytes of an unfinished last journal line were cut off/);
  });

  test('that is damaged is refused by file and line, and left as it is', async () => {
    await oneLife();
    const damaged = (await readFile(journalFile(), 'utf8')).replace('run-started', 'run-stopped');
    await writeFile(journalFile(), damaged);
    expect(await refusalOf()).toContain(`${journalFile()}, line 2`);
    expect(await readFile(journalFile(), 'utf8')).toBe(damaged);
  });

  test('can be verified and exported page by page while it runs', async () => {
    const { journalDoor, workstation } = await started();
    await until(workstation, () => workstation.state.sequence >= 3);
    const report = await journalDoor.verify();
    expect(report).toMatchObject({ ok: true, segments: 1, fault: null });
    expect(report.events).toBe(report.lastSequence);
    const first = await journalDoor.export(sequence(0), 2);
    expect(first).toMatchObject({ more: true, entries: [{ sequence: 1 }, { sequence: 2 }] });
    const rest = await journalDoor.export(sequence(2), 1_000);
    expect(rest.more).toBe(false);
    expect(rest.entries[0]?.sequence).toBe(3);
  });

  test('that was damaged under a running workstation is found out by verifying', async () => {
    const { journalDoor, workstation } = await started();
    await until(workstation, () => workstation.state.sequence >= 2);
    await writeFile(journalFile(), (await readFile(journalFile(), 'utf8')).replace('run-started', 'run-stopped'));
    const { ok, fault } = await journalDoor.verify();
    expect(ok).toBe(false);
    expect(fault).toContain(`${journalFile()}, line 2 (byte `);
  });

  /** A journal whose events name DU1234567, bound to `account`. */
  async function boundTo(account: AccountId | null): Promise<void> {
    const { journal } = await openJournal({
      directory: fileOf('paper', 'journal'),
      mode: 'paper',
      codec: engineEventCodec,
      now: () => epochMs(1),
      newJournalId: () => 'a-journal',
    });
    const event = { type: 'account-bound', account: accountId('DU1234567') } as const;
    journal.append([{ sequence: sequence(1), at: epochMs(1), event }]);
    if (account !== null) await journal.bindAccount(account);
    await journal.close();
  }

  test('that is bound to another account than its events name is refused', async () => {
    await boundTo(accountId('DU7654321'));
    expect(await refusalOf()).toContain('belongs to account DU7654321');
  });

  test('of a life that ended before it bound its account is bound at the next start', async () => {
    await boundTo(null);
    await started();
    const bound = await readFile(segmentRef(fileOf('paper', 'journal'), 2).path, 'utf8');
    expect(bound).toContain('"account":"DU1234567"');
  });
});

test('a step of the wall clock is said, for our time goes on unmoved', async () => {
  await started();
  const [clockOptions] = machine.startSystemClock.mock.lastCall ?? [];
  clockOptions?.onWallClockStep({ at: epochMs(0), stepMs: 60_000, offsetMs: 60_000 });
  expect(said.join('')).toContain('the wall clock moved by 60000 ms');
});

test('what can not be closed is said, and the rest is closed all the same', async () => {
  const composition = await started();
  vi.spyOn(Checkpointer.prototype, 'write').mockRejectedValue('the disk is full');
  await close(composition);
  expect(said.join('')).toContain('the disk is full');
  const lock = await lockDataDirectory(dataDirectory, epochMs(Date.now()));
  expect(lock.ok).toBe(true);
});

describe('correlations of the last process life', () => {
  const matrix = aMatrix(['AAPL', 'MSFT'], { 'AAPL MSFT': 0.8 });

  test('are used from the start', async () => {
    await (await openCorrelations(fileOf('paper', 'correlations.json'))).write(matrix);
    const { workstation } = await started();
    expect(workstation.correlations()).toMatchObject(matrix.toData());
    expect(workstation.state.correlations).toEqual(matrix.summary);
  });

  test('that can not be read are not used, and make room for new ones', async () => {
    const file = fileOf('paper', 'correlations.json');
    await (await openCorrelations(file)).write(matrix);
    await writeFile(file, '{"version":99,"data":{}}');
    const { workstation } = await started();
    expect(workstation.correlations()).toBeNull();
    expect(said.join('')).toMatch(/the correlations are not used, and computed again: .*99/);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});
