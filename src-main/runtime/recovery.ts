import type { EngineEvent } from '#domain/engine-event';
import { sequence } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { TradingMode } from '#domain/settings';
import { restoreState, snapshotOf, stateSnapshotSchema, type StateSnapshot } from '#domain/state-snapshot';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { JournalPort, JournalPosition, OpenedJournal } from '#ports/journal-port';
import type { StorePort } from '#ports/store-port';
import * as z from 'zod';

/** The state at a position of the journal: a cache that may be deleted, never more than the journal says. */
export const checkpointSchema = z.strictObject({
  position: z.strictObject({ sequence: z.int().nonnegative(), checksum: z.string() }),
  snapshot: stateSnapshotSchema.nullable(),
});
export type Checkpoint = z.infer<typeof checkpointSchema>;

/** The version of the checkpoint's shape; another one is simply not used. */
export const CHECKPOINT_VERSION = 1;
/** A checkpoint is written after this many events. */
export const CHECKPOINT_EVERY_EVENTS = 10_000;
/** No checkpoint: replay from the start. */
export const NO_CHECKPOINT: Checkpoint = { position: { sequence: 0, checksum: '' }, snapshot: null };

/** Start-up is recovery: the state that the journal's events fold to, from the checkpoint on where it fits. */
export async function recover(
  mode: TradingMode,
  opened: OpenedJournal<EngineEvent>,
  checkpoint: Checkpoint,
): Promise<Result<{ readonly state: WorkstationState; readonly replayed: number }, string>> {
  const { journal, replay } = opened;
  const { position, snapshot } = checkpoint;
  if (position.sequence > journal.position.sequence) {
    return err(
      `The journal ends at event ${String(journal.position.sequence)}, but a checkpoint was taken at event ${String(position.sequence)}: ` +
        'the newest part of the journal is missing. Restore the journal folder from a backup, or delete checkpoint.json ' +
        'to go on with what is left; orders and positions are then reconciled with IBKR.',
    );
  }
  const fits = snapshot !== null && snapshot.mode === mode && (await isInJournal(position, opened));
  const state = fits ? restoreState(snapshot) : emptyWorkstationState(mode);
  const from = state.sequence;
  if (journal.position.sequence > from) {
    await replay(sequence(from + 1), (entry) => {
      apply(state, entry);
    });
  }
  return ok({ state, replayed: state.sequence - from });
}

/** A checkpoint of this very history: the journal's running checksum at its sequence is the same. */
async function isInJournal(position: Checkpoint['position'], opened: OpenedJournal<EngineEvent>): Promise<boolean> {
  const { journal, replay } = opened;
  if (position.sequence === journal.position.sequence) return position.checksum === journal.position.checksum;
  let found: string | null = null;
  await replay(sequence(position.sequence), (entry, checksum) => {
    if (entry.sequence === position.sequence) found = checksum;
  });
  return found === position.checksum;
}

/** Writes checkpoints behind the running workstation. */
export class Checkpointer {
  readonly #store: StorePort<Checkpoint>;
  #writtenAt: number;

  constructor(store: StorePort<Checkpoint>, recoveredTo: number) {
    this.#store = store;
    this.#writtenAt = recoveredTo;
  }

  /** True when enough events have passed since the last one. */
  isDue(position: JournalPosition): boolean {
    return position.sequence - this.#writtenAt >= CHECKPOINT_EVERY_EVENTS;
  }

  /** Stores `state`, the fold of everything appended to `journal`, once all of it is on disk. */
  async write(journal: JournalPort<EngineEvent>, state: WorkstationState): Promise<void> {
    const { position } = journal;
    const snapshot: StateSnapshot = snapshotOf(state);
    this.#writtenAt = position.sequence;
    await journal.durable(position.sequence);
    await this.#store.write({ position, snapshot });
  }
}
