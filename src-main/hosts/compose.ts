import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { exportJournal } from '#adapters/journal/export-journal';
import { JournalRefusal } from '#adapters/journal/journal-refusal';
import { openJournal } from '#adapters/journal/open-journal';
import { verifyJournal } from '#adapters/journal/verify-journal';
import { openCorrelations } from '#adapters/lowdb/correlation-store';
import { StoreRefusal } from '#adapters/lowdb/store-refusal';
import { openStore } from '#adapters/lowdb/stores';
import { SETTINGS_UPGRADES, SETTINGS_VERSION } from '#adapters/lowdb/upgrades/settings-upgrades';
import { correlationWorker } from '#adapters/system/correlation-worker';
import { describeLockRefusal, lockDataDirectory } from '#adapters/system/data-directory-lock';
import { startSystemClock } from '#adapters/system/system-clock';
import { systemIds } from '#adapters/system/system-ids';
import { CHECKPOINT_VERSION, checkpointSchema, NO_CHECKPOINT, type Checkpoint } from '#domain/checkpoint';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import { epochMs } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import { DEFAULT_SETTINGS, settingsSchema, type Settings } from '#domain/settings';
import { VERSION } from '#domain/version';
import type { Compose, Composition, JournalDoor } from '#hosts/composition';
import { startDemoSimulator, type DemoSimulator } from '#hosts/demo-simulator';
import type { LaunchOptions, LaunchRefusal } from '#hosts/launch-options';
import { confirmLive } from '#hosts/live-confirmation';
import { PROGRAM_FILES } from '#hosts/program-files';
import { openRiskFiles } from '#hosts/risk-files';
import type { StorePort } from '#ports/store-port';
import { Checkpointer, recover } from '#runtime/recovery';
import { Workstation } from '#runtime/workstation';

/** What the wiring takes of the machine that it runs on. */
export interface Machine {
  readonly startSystemClock: typeof startSystemClock;
  readonly openJournal: typeof openJournal<EngineEvent>;
  readonly startDemoSimulator: typeof startDemoSimulator;
}

/** The one place that wires everything: lock, settings, journal, recovery, broker, workstation. */
export const composeOn =
  (machine: Machine): Compose =>
  async (options) => {
    const opened = new Opened();
    try {
      const composed = await wire(options, opened, machine);
      if (!composed.ok) await opened.close();
      return composed;
    } catch (error) {
      await opened.close();
      // What a person can mend is told; anything else is a defect and travels on.
      if (error instanceof JournalRefusal || error instanceof StoreRefusal) return err({ reason: error.message });
      throw error;
    }
  };

export const compose: Compose = composeOn({ startSystemClock, openJournal, startDemoSimulator });

/** What has to be given up again, the last first. */
class Opened {
  readonly #closes: (() => Promise<void> | void)[] = [];

  add(close: () => Promise<void> | void): void {
    this.#closes.push(close);
  }

  async close(): Promise<void> {
    for (let close = this.#closes.pop(); close !== undefined; close = this.#closes.pop()) {
      await Promise.resolve().then(close).catch(fault);
    }
  }
}

async function wire(
  options: LaunchOptions,
  opened: Opened,
  machine: Machine,
): Promise<Result<Composition, LaunchRefusal>> {
  const { dataDirectory, mode } = options;
  const clock = machine.startSystemClock({
    onWallClockStep: ({ stepMs }) => {
      say(`the wall clock moved by ${String(stepMs)} ms; our time goes on unmoved until the next start`);
    },
  });
  opened.add(() => {
    clock.close();
  });
  const lock = await lockDataDirectory(dataDirectory, clock.now());
  if (!lock.ok) return err({ reason: describeLockRefusal(lock.error) });
  opened.add(() => lock.value.release());

  const settings = await readSettings(dataDirectory);
  if (mode === 'live') {
    const confirmed = confirmLive(settings, options.confirmedAccount);
    if (!confirmed.ok) return confirmed;
  }
  // Both take a while, each on a core of its own: they get ready while the journal is read.
  const { simulatorPort } = options.demo;
  const isBuiltIn = mode === 'demo' && simulatorPort === null;
  const starting = isBuiltIn ? startMarket(machine.startDemoSimulator(options.demo), opened) : null;
  const ibkr = import('#adapters/ibkr/ib-broker');

  const home = homeOf(options);
  const journalDirectory = join(home, 'journal');
  // The built-in market starts anew at each launch, and so does what was traded on it.
  if (isBuiltIn) await rm(home, { recursive: true, force: true });

  const ids = systemIds();
  const history = await machine.openJournal({
    directory: journalDirectory,
    mode,
    codec: engineEventCodec,
    now: () => clock.now(),
    newJournalId: () => ids.newJournalId(),
  });
  const { journal } = history;
  opened.add(() => journal.close());
  const checkpointFile = join(home, 'checkpoint.json');
  const checkpoints = await openCheckpoints(checkpointFile);
  const recovered = await recover(mode, history, await readCheckpoint(checkpointFile, checkpoints));
  if (!recovered.ok) return err({ reason: recovered.error });
  const { state, replayed } = recovered.value;
  const { tornBytesCut } = history.recovered;
  if (tornBytesCut > 0) say(`${String(tornBytesCut)} bytes of an unfinished last journal line were cut off`);
  if (replayed > 0) say(`${String(replayed)} journal events replayed`);
  // The last process life may have ended between the event and its binding.
  if (state.account !== null) await journal.bindAccount(state.account);

  const files = await openRiskFiles(dataDirectory, clock, fault);
  opened.add(() => files.close());
  // With the mode's own files: what a made-up market correlates says nothing about a real one.
  const correlationsFile = join(home, 'correlations.json');
  const correlations = await openCorrelations(correlationsFile);
  const demo = await starting;
  const { createIbBroker } = await ibkr;
  const checkpointer = new Checkpointer(checkpoints, state.sequence);
  const onPublished = (entries: readonly JournaledEvent[]): void => {
    for (const { event } of entries) {
      if (event.type === 'account-bound') journal.bindAccount(event.account).catch(fault);
    }
    if (checkpointer.isDue(journal.position)) checkpointer.write(journal, state).catch(fault);
  };
  const workstation = new Workstation({
    durable: state,
    runId: ids.newRunId(),
    version: VERSION,
    clock,
    journal,
    broker: createIbBroker({
      ...endpointOf(options, settings, demo),
      account: state.account ?? settings.liveAccount,
      clock,
      random: Math.random,
      onFault: fault,
    }),
    limits: files.limits,
    sectors: files.sectors,
    correlations: {
      worker: correlationWorker(PROGRAM_FILES.correlationThread),
      store: correlations,
      initial: await readCache(
        'the correlations are not used, and computed again',
        correlationsFile,
        correlations,
        null,
      ),
    },
    onPublished,
    onFault: fault,
  });
  // A journal that failed is behind the state in memory: there is no checkpoint of what was never written down.
  opened.add(() => checkpointer.write(journal, state));
  opened.add(() => workstation.stop());
  workstation.start(settings);
  return ok({
    workstation,
    journalDoor: journalDoorOf(journalDirectory),
    about: { version: VERSION, processId: process.pid, dataDirectory },
    close: () => opened.close(),
  });
}

/** The demo market; it is stopped with everything else, also when nobody got as far as waiting for it. */
function startMarket(starting: Promise<DemoSimulator>, opened: Opened): Promise<DemoSimulator> {
  const started = starting.catch(() => null);
  opened.add(async () => (await started)?.stop());
  return starting;
}

/** Where journal and checkpoint of a mode live. A simulator that runs by itself keeps its orders, and so do we. */
function homeOf({ dataDirectory, mode, demo: { simulatorPort } }: LaunchOptions): string {
  const home = join(dataDirectory, mode);
  return simulatorPort === null ? home : join(home, `simulator-${String(simulatorPort)}`);
}

/** settings.json, written with the defaults at the first start so that there is something to edit. */
async function readSettings(dataDirectory: string): Promise<Settings> {
  const store = await openStore({
    file: join(dataDirectory, 'settings.json'),
    schema: settingsSchema,
    version: SETTINGS_VERSION,
    upgrades: SETTINGS_UPGRADES,
    defaults: DEFAULT_SETTINGS,
    layout: 'readable',
  });
  const settings = await store.read();
  if (settings === DEFAULT_SETTINGS) await store.write(settings);
  return settings;
}

function openCheckpoints(file: string): Promise<StorePort<Checkpoint>> {
  return openStore({
    file,
    schema: checkpointSchema,
    version: CHECKPOINT_VERSION,
    upgrades: [],
    defaults: NO_CHECKPOINT,
    layout: 'compact',
  });
}

function readCheckpoint(file: string, checkpoints: StorePort<Checkpoint>): Promise<Checkpoint> {
  return readCache('the checkpoint is not used, the whole journal is replayed', file, checkpoints, NO_CHECKPOINT);
}

/**
 * What a cache holds: one that can not be read is not used, and made again from what it was made of. It is taken away, for
 * the store never overwrites what it can not read.
 */
async function readCache<T>(words: string, file: string, store: StorePort<T>, nothing: T): Promise<T> {
  try {
    return await store.read();
  } catch (error) {
    if (!(error instanceof StoreRefusal)) throw error;
    say(`${words}: ${error.problem}`);
    await rm(file);
    return nothing;
  }
}

function endpointOf(
  { mode, tws, demo: { simulatorPort } }: LaunchOptions,
  { connection }: Settings,
  demo: DemoSimulator | null,
): { readonly host: string; readonly port: number; readonly clientId: Settings['connection']['clientId'] } {
  const clientId = tws.clientId ?? connection.clientId;
  const demoPort = demo?.port ?? simulatorPort;
  if (demoPort !== null) return { host: '127.0.0.1', port: demoPort, clientId };
  const port = tws.port ?? (mode === 'live' ? connection.livePort : connection.paperPort);
  return { host: tws.host ?? connection.host, port, clientId };
}

function journalDoorOf(directory: string): JournalDoor {
  return {
    verify: async () => {
      const { segments, entries, lastSequence, fault: found } = await verifyJournal(directory, engineEventCodec);
      const words =
        found === null
          ? null
          : `${found.file}, line ${String(found.line)} (byte ${String(found.byteOffset)}): found ${found.found}, expected ${found.expected}`;
      return { ok: found === null, segments, events: entries, lastSequence, fault: words };
    },
    export: async (after, limit) => {
      const entries: JournaledEvent[] = [];
      for await (const entry of exportJournal(directory, engineEventCodec, { since: epochMs(0) })) {
        if (entry.sequence <= after) continue;
        if (entries.length === limit) return { entries, more: true };
        entries.push(entry);
      }
      return { entries, more: false };
    },
  };
}

function fault(error: unknown): void {
  say(inspect(error));
}

/** The host's own log is standard error; standard output belongs to the command. */
function say(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`);
}
