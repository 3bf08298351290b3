import type { RunId } from '#domain/ids';

/** Where identities come from that no counter can give. */
export interface IdSource {
  /** A new id for one process life: short, unlike any other, and sorting by the time of its making. */
  newRunId(): RunId;
  /** A new id for a journal. */
  newJournalId(): string;
}
