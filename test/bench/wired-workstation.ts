import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createIbBroker } from '#adapters/ibkr/ib-broker';
import { engineEventCodec } from '#adapters/journal/engine-event-codec';
import { openJournal } from '#adapters/journal/open-journal';
import { startSystemClock } from '#adapters/system/system-clock';
import type { JournaledEvent } from '#domain/engine-event';
import { clientId, runId } from '#domain/ids';
import { DEFAULT_SETTINGS, type Settings } from '#domain/settings';
import { emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { BrokerFact } from '#ports/broker-port';
import { Workstation } from '#runtime/workstation';
import { MemoryRiskFiles } from '#test/builders/risk-files';

const LOOK_EVERY_MS = 5;

export interface WiringOptions {
  readonly port: number;
  /** Begins the name of the folder of its journal. */
  readonly name: string;
  readonly client?: number;
  readonly settings?: Settings;
  /** Milliseconds since 1970, where the bench plays on another day. */
  readonly wall?: () => number;
  /** Sees each fact before the engine does. */
  readonly onFact?: (fact: BrokerFact) => void;
  readonly onPublished?: (entries: readonly JournaledEvent[]) => void;
}

/** A workstation over a real journal, a real clock and a real connection, as the program wires it. */
export interface WiredWorkstation {
  readonly workstation: Workstation;
  readonly durable: WorkstationState;
  /** Holds its journal; room for other files on the same disk. */
  readonly directory: string;
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts one with an empty journal. A fault ends the bench. */
export async function startWired(options: WiringOptions): Promise<WiredWorkstation> {
  const cache = join('node_modules', '.cache');
  await mkdir(cache, { recursive: true });
  const directory = await mkdtemp(join(cache, `${options.name}-bench-`));
  const { wall } = options;
  const clock = startSystemClock({ onWallClockStep: () => undefined, ...(wall === undefined ? {} : { wall }) });
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
    port: options.port,
    clientId: clientId(options.client ?? 1),
    clock,
    random: Math.random,
    onFault,
  });
  const { onFact } = options;
  if (onFact !== undefined) {
    const start = broker.start.bind(broker);
    broker.start = (hear) => {
      start((fact) => {
        onFact(fact);
        hear(fact);
      });
    };
  }
  const durable = emptyWorkstationState('paper');
  const onPublished = options.onPublished ?? (() => undefined);
  const workstation = new Workstation({
    durable,
    runId: runId('bench'),
    version: '0',
    clock,
    journal,
    broker,
    ...new MemoryRiskFiles().open(clock),
    onPublished,
    onFault,
  });
  workstation.start(options.settings ?? DEFAULT_SETTINGS);
  return {
    workstation,
    durable,
    directory,
    ready: async () => {
      while (durable.connection.phase !== 'ready') await pause(LOOK_EVERY_MS);
    },
    stop: async () => {
      await workstation.stop();
      await journal.close();
      clock.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
