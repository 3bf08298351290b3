import { describe, expect, test } from 'vitest';
import { checkpointSchema, NO_CHECKPOINT, type Checkpoint } from '#domain/checkpoint';
import type { EngineEvent } from '#domain/engine-event';
import { epochMs, runId, sequence } from '#domain/ids';
import { snapshotOf } from '#domain/state-snapshot';
import { apply, emptyWorkstationState, type WorkstationState } from '#domain/workstation-state';
import type { OpenedJournal } from '#ports/journal-port';
import type { StorePort } from '#ports/store-port';
import { CHECKPOINT_EVERY_EVENTS, Checkpointer, recover } from '#runtime/recovery';
import { FRIDAY } from '#test/builders/domain-records';
import { anAlarm } from '#test/builders/fake-workstation';
import { ManualJournal } from '#test/builders/manual-journal';

const RUN: EngineEvent = { type: 'run-started', runId: runId('run1'), mode: 'paper', version: '0.1.0' };

/** A journal of `count` events, and how often each was read back. */
function history(count: number, seed = 'one'): { opened: OpenedJournal<EngineEvent>; read: number[] } {
  const journal = new ManualJournal();
  for (let n = 1; n <= count; n += 1) {
    const event = n === 1 ? RUN : anAlarm(n);
    journal.append([{ sequence: sequence(n), at: epochMs(FRIDAY + n), event }]);
  }
  journal.sync();
  const read: number[] = [];
  const checksumAt = (n: number): string => `${seed}-${n}`;
  Object.defineProperty(journal, 'position', { get: () => ({ sequence: count, checksum: checksumAt(count) }) });
  return {
    read,
    opened: {
      journal,
      recovered: { journalId: 'j', lastSequence: sequence(count), tornBytesCut: 0, segments: 1 },
      replay: (from, onEntry) => {
        for (const entry of journal.entries) {
          if (entry.sequence < from) continue;
          read.push(entry.sequence);
          onEntry(entry, checksumAt(entry.sequence));
        }
        return Promise.resolve();
      },
    },
  };
}

/** The state after the first `count` events of a history. */
function stateAt(count: number): WorkstationState {
  const state = emptyWorkstationState('paper');
  const { opened } = history(count);
  const { journal } = opened;
  if (!(journal instanceof ManualJournal)) throw new Error('a journal in memory');
  for (const entry of journal.entries) apply(state, entry);
  return state;
}

const checkpointAt = (count: number, checksum = `one-${count}`): Checkpoint => ({
  position: { sequence: count, checksum },
  snapshot: snapshotOf(stateAt(count)),
});

async function recovered(opened: OpenedJournal<EngineEvent>, checkpoint: Checkpoint) {
  const result = await recover('paper', opened, checkpoint);
  if (!result.ok) throw new Error(result.error);
  return { replayed: result.value.replayed, snapshot: snapshotOf(result.value.state) };
}

describe('recovery', () => {
  test('without a checkpoint folds the whole journal', async () => {
    const { opened } = history(5);
    expect(await recovered(opened, NO_CHECKPOINT)).toEqual({ replayed: 5, snapshot: snapshotOf(stateAt(5)) });
  });

  test('of a new journal is the empty state', async () => {
    const { opened } = history(0);
    expect(await recovered(opened, NO_CHECKPOINT)).toEqual({ replayed: 0, snapshot: snapshotOf(stateAt(0)) });
  });

  test('goes on from the checkpoint, to the same state', async () => {
    const { opened, read } = history(5);
    expect(await recovered(opened, checkpointAt(3))).toEqual({ replayed: 2, snapshot: snapshotOf(stateAt(5)) });
    expect(read).toEqual([3, 4, 5]);
  });

  test('with a checkpoint at the end of the journal reads nothing', async () => {
    const { opened, read } = history(5);
    expect(await recovered(opened, checkpointAt(5))).toEqual({ replayed: 0, snapshot: snapshotOf(stateAt(5)) });
    expect(read).toEqual([]);
  });

  test.each([
    ['of another history', checkpointAt(3, 'two-3')],
    ['of another history, at the very end', checkpointAt(5, 'two-5')],
    ['of another mode', { ...checkpointAt(3), snapshot: snapshotOf({ ...stateAt(3), mode: 'live' }) }],
    ['whose state is not that of its position', { ...checkpointAt(3), snapshot: snapshotOf(stateAt(4)) }],
  ])('does not use a checkpoint %s', async (_what, checkpoint) => {
    const { opened } = history(5);
    expect(await recovered(opened, checkpoint)).toEqual({ replayed: 5, snapshot: snapshotOf(stateAt(5)) });
  });

  test('refuses a journal that ends before its checkpoint: the newest part of it is lost', async () => {
    const { opened } = history(2);
    const result = await recover('paper', opened, checkpointAt(3));
    expect(result).toMatchObject({ ok: false });
    expect(JSON.stringify(result)).toMatch(/ends at event 2.*taken at event 3.*checkpoint\.json/);
  });
});

describe('a checkpoint', () => {
  function stored(): { store: StorePort<Checkpoint>; written: Checkpoint[] } {
    const written: Checkpoint[] = [];
    const store: StorePort<Checkpoint> = {
      read: () => Promise.resolve(NO_CHECKPOINT),
      write: (value) => {
        written.push(value);
        return Promise.resolve();
      },
    };
    return { store, written };
  }

  /** A journal with `count` events and the state that they fold to. */
  function running(count: number): { journal: ManualJournal; state: WorkstationState } {
    const journal = new ManualJournal();
    const state = emptyWorkstationState('paper');
    for (let n = 1; n <= count; n += 1) {
      const entry = { sequence: sequence(n), at: FRIDAY, event: RUN };
      journal.append([entry]);
      apply(state, entry);
    }
    return { journal, state };
  }

  test('is due after 10,000 events, and then again after as many', async () => {
    const { store } = stored();
    const checkpointer = new Checkpointer(store, 7);
    const at = (n: number): { sequence: ReturnType<typeof sequence>; checksum: string } => ({
      sequence: sequence(n),
      checksum: '',
    });
    expect(checkpointer.isDue(at(CHECKPOINT_EVERY_EVENTS + 6))).toBe(false);
    expect(checkpointer.isDue(at(CHECKPOINT_EVERY_EVENTS + 7))).toBe(true);
    const { journal, state } = running(20);
    journal.sync();
    await checkpointer.write(journal, state);
    expect(checkpointer.isDue(at(CHECKPOINT_EVERY_EVENTS + 19))).toBe(false);
  });

  test('is written when all of it is on disk, as it was when it was taken', async () => {
    const { store, written } = stored();
    const { journal, state } = running(3);
    const writing = new Checkpointer(store, 0).write(journal, state);
    expect(written).toEqual([]);
    const taken = snapshotOf(state);
    apply(state, { sequence: sequence(4), at: FRIDAY, event: anAlarm(4) });
    journal.sync();
    await writing;
    expect(written).toEqual([{ position: { sequence: 3, checksum: 'checksum-3' }, snapshot: taken }]);
    expect(checkpointSchema.parse(written[0])).toEqual(written[0]);
  });

  test('is not written when the journal fails before', async () => {
    const { store, written } = stored();
    const { journal, state } = running(3);
    const writing = new Checkpointer(store, 0).write(journal, state);
    journal.fail(new Error('no space left on device'));
    await expect(writing).rejects.toThrow('no space left');
    expect(written).toEqual([]);
  });

  test('is not written of a state that is ahead of the journal', async () => {
    const { store, written } = stored();
    const { journal, state } = running(3);
    journal.sync();
    apply(state, { sequence: sequence(4), at: FRIDAY, event: RUN });
    await new Checkpointer(store, 0).write(journal, state);
    expect(written).toEqual([]);
  });
});
