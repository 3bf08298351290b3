import type { EngineEvent } from '#domain/engine-event';
import type { Checkpoint } from '#domain/checkpoint';
import { sequence } from '#domain/ids';
import { err, ok, type Result } from '#domain/result';
import type { TradingMode } from '#domain/settings';
import { restoreState, snapshotOf, type StateSnapshot } from '#domain/state-snapshot';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { JournalPort, JournalPosition, OpenedJournal } from '#ports/journal-port';
import type { StorePort } from '#ports/store-port';

/** A checkpoint is written after this many events. */
export const CHECKPOINT_EVERY_EVENTS = 10_000;

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
  const continued = snapshot?.mode === mode ? await continueFrom(position, restoreState(snapshot), opened) : null;
  if (continued !== null) return ok({ state: continued, replayed: continued.sequence - position.sequence });
  const state = emptyWorkstationState(mode);
  await replay(sequence(1), (entry) => {
    apply(state, entry);
  });
  return ok({ state, replayed: state.sequence });
}

/**
 * Brings `state`, which was taken at `position`, up to the end of the journal; null when it is not of this very history:
 * the journal's running checksum at its sequence would be the same.
 */
async function continueFrom(
  position: Checkpoint['position'],
  state: WorkstationState,
  { journal, replay }: OpenedJournal<EngineEvent>,
): Promise<WorkstationState | null> {
  if (state.sequence !== position.sequence) return null;
  if (position.sequence === journal.position.sequence) {
    return position.checksum === journal.position.checksum ? state : null;
  }
  const seen: { checksum: string | null } = { checksum: null };
  await replay(state.sequence, (entry, checksum) => {
    if (entry.sequence === position.sequence) seen.checksum = checksum;
    else if (seen.checksum === position.checksum) apply(state, entry);
  });
  return seen.checksum === position.checksum ? state : null;
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

  /**
   * Stores `state`, the fold of everything appended to `journal`, once all of it is on disk. A state that is ahead of the
   * journal, after a fault, has no checkpoint: the next start goes by what was written down.
   */
  async write(journal: JournalPort<EngineEvent>, state: WorkstationState): Promise<void> {
    const { position } = journal;
    if (state.sequence !== position.sequence) return;
    const snapshot: StateSnapshot = snapshotOf(state);
    this.#writtenAt = position.sequence;
    await journal.durable(position.sequence);
    await this.#store.write({ position, snapshot });
  }
}
