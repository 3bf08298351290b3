import { createStore, type StoreApi } from 'zustand/vanilla';
import { describeEvent, type ActivityLine } from '#domain/activity-words';
import type { EngineEvent, JournaledEvent } from '#domain/engine-event';
import type { EpochMs, Sequence } from '#domain/ids';
import type { Touched, WorkstationState } from '#domain/workstation-state';

/** How many lines the activity panel keeps; older ones are asked of the journal. */
export const ACTIVITY_LINES_MAX = 2_000;

/** Our own link to the workstation's host; IBKR's is `state.connection`. */
export type HostLink =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  /** What is on screen is the last known state. `since` is the host's clock. */
  | { readonly phase: 'lost'; readonly since: EpochMs; readonly reason: string };

/** One event of the journal in words. */
export interface ActivityEntry {
  readonly sequence: Sequence;
  readonly at: EpochMs;
  readonly event: EngineEvent;
  readonly line: ActivityLine;
}

export interface WorkstationStore {
  readonly link: HostLink;
  /** The folded state; its tables change in place, so look at it through selectors that end in records or words. */
  readonly state: WorkstationState | null;
  /** Rises with every change of `state`. */
  readonly revision: number;
  /** Rises when orders, groups, stops, fills, positions or instruments changed: what the grids have to look at again. */
  readonly recordsRevision: number;
  /** Newest first. */
  readonly activity: readonly ActivityEntry[];
}

export function createWorkstationStore(): StoreApi<WorkstationStore> {
  return createStore<WorkstationStore>(() => ({
    link: { phase: 'connecting' },
    state: null,
    revision: 0,
    recordsRevision: 0,
    activity: [],
  }));
}

/** The store after a new start from a snapshot. Activity of before stays: it is history. */
export function started(store: WorkstationStore, state: WorkstationState): WorkstationStore {
  return { ...store, state, revision: store.revision + 1, recordsRevision: store.recordsRevision + 1 };
}

/** The store after `entries`, which were folded into its state already. */
export function absorbed(
  store: WorkstationStore,
  entries: readonly JournaledEvent[],
  touched: readonly Touched[],
): WorkstationStore {
  const records = touched.some(
    ({ orders, groups, ocoGroups, protectiveStops, fills, positions, instruments, decisions }) =>
      orders ?? groups ?? ocoGroups ?? protectiveStops ?? fills ?? positions ?? instruments ?? decisions,
  );
  return {
    ...store,
    revision: store.revision + 1,
    recordsRevision: store.recordsRevision + (records ? 1 : 0),
    activity: withActivity(store, entries),
  };
}

/** The store with what had happened before it started. */
export function remembered(store: WorkstationStore, history: readonly JournaledEvent[]): WorkstationStore {
  return { ...store, activity: withActivity(store, history) };
}

function withActivity(
  { activity, state }: WorkstationStore,
  entries: readonly JournaledEvent[],
): readonly ActivityEntry[] {
  if (state === null) return activity;
  const known = new Set(activity.map((entry) => entry.sequence));
  const fresh = entries
    .filter((entry) => !known.has(entry.sequence))
    .map((entry): ActivityEntry => ({ ...entry, line: describeEvent(entry.event, state) }));
  if (fresh.length === 0) return activity;
  return [...fresh, ...activity].sort((a, b) => b.sequence - a.sequence).slice(0, ACTIVITY_LINES_MAX);
}
