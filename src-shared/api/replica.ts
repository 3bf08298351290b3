import type { CallFailure, WorkstationClient } from '#api/client';
import { CHANGES_WAIT_MS_MAX } from '#api/schemas';
import type { JournaledEvent } from '#domain/engine-event';
import type { Conflated } from '#domain/feed';
import type { Result } from '#domain/result';
import { restoreState } from '#domain/state-snapshot';
import { apply, type Touched, type WorkstationState } from '#domain/workstation-state';

/** Pauses before the second, third … new start in a row; the first is at once. */
export const RETRY_PAUSES_MS = [250, 500, 1_000, 2_000, 5_000] as const;
const RETRY_PAUSE_MS_MAX = 5_000;

/** The part of the client that a replica needs. */
export type FeedClient = { readonly feed: Pick<WorkstationClient['feed'], 'start' | 'changes'> };

export interface FeedFollower {
  readonly client: FeedClient;
  /** Makes a new connection when the old one does not answer. The feed waits between tries, this need not. */
  readonly reconnect: () => Promise<Result<FeedClient, { readonly reason: string }>>;
  /** A new start: `state` is the replica's own, changed in place from now on. */
  readonly onStart: (state: WorkstationState, conflated: Conflated) => void;
  /** New events, already folded into the state; `touched[i]` belongs to `entries[i]`. */
  readonly onEntries: (entries: readonly JournaledEvent[], touched: readonly Touched[]) => void;
  readonly onConflated: (conflated: Conflated) => void;
  /** Called on changes only. While `lost`, the state is old and must look so. */
  readonly onLink: (link: 'live' | 'lost', reason: string) => void;
  /** Waits; the real one by default. */
  readonly pause?: (ms: number) => Promise<void>;
}

export interface FollowedFeed {
  /** Nothing is called afterwards. */
  stop(): void;
  /** Settles once stopped; rejects when a listener threw. */
  readonly done: Promise<void>;
}

/** Why a stretch of following ended: begin again from a snapshot, over the same connection or a new one. */
type Ending = { readonly way: 'same' | 'new'; readonly reason: string };

/**
 * Keeps a replica of the workstation's state: a snapshot, then every event folded by the shared `apply`. A duplicate is
 * dropped; a gap, a resync or a lost connection leads to a new snapshot, so that the state is always a fold of the
 * journal and never a guess.
 */
export function followFeed(follower: FeedFollower): FollowedFeed {
  const { pause = realPause } = follower;
  let client = follower.client;
  let stopped = false;
  let link: 'live' | 'lost' | null = null;
  /** New starts in a row that led to nothing. */
  let failures = 0;

  const setLink = (next: 'live' | 'lost', reason: string): void => {
    if (link === next) return;
    link = next;
    follower.onLink(next, reason);
  };

  /** From a snapshot until it can not go on. Null: stopped. */
  const stretch = async (): Promise<Ending | null> => {
    const started = await client.feed.start();
    if (stopped) return null;
    if (!started.ok) return lostBy(started.error);
    const state = restoreState(started.value.snapshot);
    let conflatedAfter = started.value.conflated.version;
    follower.onStart(state, started.value.conflated);
    setLink('live', '');
    for (;;) {
      const answer = await client.feed.changes({ after: state.sequence, conflatedAfter, waitMs: CHANGES_WAIT_MS_MAX });
      if (isStopped()) return null;
      if (!answer.ok) return lostBy(answer.error);
      if (answer.value.kind === 'resync') return { way: 'same', reason: 'the position is too old to be continued' };
      const { entries, conflated } = answer.value;
      const folded = fold(state, entries);
      if (folded.entries.length > 0) follower.onEntries(folded.entries, folded.touched);
      if (conflated !== null) {
        conflatedAfter = conflated.version;
        follower.onConflated(conflated);
      }
      if (folded.fault !== null) return { way: 'same', reason: folded.fault };
      failures = 0;
    }
  };
  // A function, because the compiler takes a `let` that only a closure changes for constant.
  const isStopped = (): boolean => stopped;

  const follow = async (): Promise<void> => {
    for (;;) {
      const ending = await stretch();
      if (ending === null) return;
      // One new start over the same connection is no news to anybody.
      if (failures > 0 || ending.way === 'new') setLink('lost', ending.reason);
      if (!(await (ending.way === 'new' ? renew() : wait()))) return;
    }
  };

  /** A new connection, however long it takes. False: stopped. */
  const renew = async (): Promise<boolean> => {
    for (;;) {
      if (!(await wait())) return false;
      const renewed = await follower.reconnect();
      if (isStopped()) return false;
      if (renewed.ok) {
        client = renewed.value;
        return true;
      }
    }
  };

  const wait = async (): Promise<boolean> => {
    const ms = failures === 0 ? 0 : (RETRY_PAUSES_MS[failures - 1] ?? RETRY_PAUSE_MS_MAX);
    failures += 1;
    if (ms > 0) await pause(ms);
    return !isStopped();
  };

  return {
    stop: () => {
      stopped = true;
    },
    done: follow(),
  };
}

interface Folded {
  readonly entries: readonly JournaledEvent[];
  readonly touched: readonly Touched[];
  /** Why the rest was not folded; null: all of it was. */
  readonly fault: string | null;
}

function fold(state: WorkstationState, entries: readonly JournaledEvent[]): Folded {
  const folded: JournaledEvent[] = [];
  const touched: Touched[] = [];
  for (const entry of entries) {
    if (entry.sequence <= state.sequence) continue;
    if (entry.sequence > state.sequence + 1) {
      const fault = `event ${state.sequence + 1} is missing before ${entry.sequence}`;
      return { entries: folded, touched, fault };
    }
    touched.push(apply(state, entry));
    folded.push(entry);
  }
  return { entries: folded, touched, fault: null };
}

const lostBy = (failure: CallFailure): Ending => ({ way: 'new', reason: failure.reason });

const realPause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
