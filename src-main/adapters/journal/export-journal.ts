import { epochMs, sequence, type EpochMs } from '#domain/ids';
import type { EventCodec, JournalEntry } from '#ports/journal-port';
import { completeSegments, JournalWalk } from './journal-walk';

/**
 * Yields every stored entry, oldest first; with `since` only those decided at that time or later.
 * @throws JournalRefusal at the first damaged line, after everything before it was yielded.
 */
export async function* exportJournal<E>(
  directory: string,
  codec: EventCodec<E>,
  { since = epochMs(0) }: { readonly since?: EpochMs } = {},
): AsyncGenerator<JournalEntry<E>> {
  const walk = new JournalWalk<E>(() => completeSegments(directory), codec.decode, sequence(0));
  for await (const batch of walk.batches()) for (const { entry } of batch) if (entry.at >= since) yield entry;
}
