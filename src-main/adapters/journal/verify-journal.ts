import { sequence, type AccountId, type Sequence } from '#domain/ids';
import type { TradingMode } from '#domain/settings';
import type { EventCodec } from '#ports/journal-port';
import { JournalRefusal, type JournalFault } from './journal-refusal';
import { completeSegments, JournalWalk, type UnfinishedLine } from './journal-walk';

/** What a check of a whole journal found, up to the first fault. */
export interface JournalReport {
  readonly segments: number;
  readonly entries: number;
  readonly lastSequence: Sequence;
  /** Of the last event that could be trusted; empty when not even the first header could. */
  readonly checksum: string;
  /** Null when not even the first header could be trusted, or there is no journal. */
  readonly identity: {
    readonly journalId: string;
    readonly mode: TradingMode;
    readonly account: AccountId | null;
  } | null;
  /** No fault: a crash while writing, or a workstation that is writing just now. */
  readonly unfinished: UnfinishedLine | null;
  readonly fault: JournalFault | null;
}

/** Checks every line of every segment: checksum, sequence, header chain, and that each event can be read. Changes nothing. */
export async function verifyJournal<E>(directory: string, codec: EventCodec<E>): Promise<JournalReport> {
  const walk = new JournalWalk<E>(() => completeSegments(directory), codec.decode, sequence(0));
  const fault = await walk.toTheEnd().then(() => null, faultOf);
  const { header, entries, lastSequence, checksum, unfinished } = walk;
  return {
    segments: walk.segments,
    entries,
    lastSequence,
    checksum,
    identity: header === undefined ? null : { journalId: header.journalId, mode: header.mode, account: header.account },
    unfinished: unfinished ?? null,
    fault,
  };
}

function faultOf(error: unknown): JournalFault {
  if (error instanceof JournalRefusal && error.reason.kind === 'damaged') return error.reason.fault;
  throw error;
}
