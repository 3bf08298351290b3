import type { AccountId, EpochMs, Sequence } from '#domain/ids';
import type { TradingMode } from '#domain/settings';

/** One event as it is written down: its place in the journal and the moment it was decided. */
export interface JournalEntry<E> {
  readonly sequence: Sequence;
  readonly at: EpochMs;
  readonly event: E;
}

/** The first line of every segment. */
export interface JournalHeader {
  readonly format: 1;
  /** The same in every segment of one journal: a segment of another journal is noticed. */
  readonly journalId: string;
  /** Journals of different modes never mix. */
  readonly mode: TradingMode;
  /** Null until the first connect names the account. */
  readonly account: AccountId | null;
  /** The checksum of the last event before this segment; `00000000` when there is none. */
  readonly previousChecksum: string;
  /** The sequence of the first event that this segment may hold. */
  readonly firstSequence: Sequence;
  readonly createdAt: EpochMs;
}

/** A place in the journal and the running checksum there: equal positions have equal history, however it is split. */
export interface JournalPosition {
  readonly sequence: Sequence;
  /** 8 hex digits; `00000000` before the first event. */
  readonly checksum: string;
}

/** Turns events into what is stored and back. Stored events keep their version for ever; decoding brings them up to date. */
export interface EventCodec<E> {
  /** The version that `encode` writes. */
  readonly version: number;
  readonly encode: (event: E) => unknown;
  /**
   * Runs the upgrade steps from `version` and checks the result.
   * @throws Error naming the path in the event and what was expected there.
   */
  readonly decode: (raw: unknown, version: number) => E;
}

/**
 * The append-only record of everything that was decided. Entries are durable in the order in which they were appended;
 * many appends share one disk sync. After the first failure nothing more is written in this process life.
 */
export interface JournalPort<E> {
  /**
   * Queues entries whose sequences follow on without a gap. Does not wait. On a failed journal the entries are dropped:
   * `durable` then rejects.
   * @throws InvariantError on a gap, an oversized event, or after `close`.
   */
  append(entries: readonly JournalEntry<E>[]): void;
  /** The last appended position, durable or not. */
  readonly position: JournalPosition;
  /** The highest sequence known to be on disk. */
  readonly durableSequence: Sequence;
  /** Resolves once `sequence` is on disk; rejects when the journal has failed before that. */
  durable(sequence: Sequence): Promise<void>;
  /** Calls `listener` after each group commit with the new durable sequence. @returns the way to stop that. */
  onDurable(listener: (sequence: Sequence) => void): () => void;
  /**
   * Calls `listener` once when the journal can no longer be written (disk full, I/O error); at once when it already can
   * not. The host halts trading. @returns the way to stop that.
   */
  onFailure(listener: (error: Error) => void): () => void;
  /** Null until `bindAccount`. */
  readonly account: AccountId | null;
  /**
   * Ties the journal to the account of the first connect.
   * @throws JournalRefusal when it already belongs to another account, naming both.
   */
  bindAccount(account: AccountId): Promise<void>;
  /** Seals the current segment and starts the next. */
  rotate(): Promise<void>;
  /** Writes what is queued, then lets go of the file. */
  close(): Promise<void>;
}

/** What opening found on disk. */
export interface JournalRecovery {
  readonly journalId: string;
  /** 0 when the journal is new. */
  readonly lastSequence: Sequence;
  /** Bytes of an unfinished last line, left by a crash while writing, that were cut off. */
  readonly tornBytesCut: number;
  readonly segments: number;
}

/** Calls `onEntry` for every stored entry from `fromSequence` on, with the running checksum at that entry. */
export type JournalReplay<E> = (
  fromSequence: Sequence,
  onEntry: (entry: JournalEntry<E>, checksum: string) => void,
) => Promise<void>;

/** An open journal: what was found, how to read it again, and where to go on writing. */
export interface OpenedJournal<E> {
  readonly journal: JournalPort<E>;
  readonly recovered: JournalRecovery;
  /** @throws JournalRefusal when a line on the way is damaged. */
  readonly replay: JournalReplay<E>;
}
