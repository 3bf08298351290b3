import type { JournalReport } from '#api/schemas';
import type { JournaledEvent } from '#domain/engine-event';
import type { Sequence } from '#domain/ids';
import type { Result } from '#domain/result';
import type { LaunchOptions, LaunchRefusal } from '#hosts/launch-options';
import type { WorkstationPort } from '#ports/workstation-port';

/** The journal as people may look at it. */
export interface JournalDoor {
  /** Walks the whole journal. */
  verify(): Promise<JournalReport>;
  /** The entries after `after`, at most `limit`, and whether there are more. */
  export(
    after: Sequence,
    limit: number,
  ): Promise<{ readonly entries: readonly JournaledEvent[]; readonly more: boolean }>;
}

/** What a host says of itself. */
export interface About {
  readonly version: string;
  readonly processId: number;
  readonly dataDirectory: string;
}

/** A running workstation, wired and recovered; the hosts put doors in front of it. */
export interface Composition {
  readonly workstation: WorkstationPort;
  readonly journalDoor: JournalDoor;
  readonly about: About;
  /** Ends in order: no new commands, the journal on disk, the data directory given up. */
  close(): Promise<void>;
}

/** Makes a workstation run. Refuses what a person can change; anything else throws. */
export type Compose = (options: LaunchOptions) => Promise<Result<Composition, LaunchRefusal>>;
