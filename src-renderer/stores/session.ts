import type { StoreApi } from 'zustand/vanilla';
import type { CallFailure, WorkstationClient } from '#api/client';
import { followFeed } from '#api/replica';
import type { JournaledEvent } from '#domain/engine-event';
import type { CommandKey, EpochMs } from '#domain/ids';
import type { Result } from '#domain/result';
import type { WorkstationState } from '#domain/workstation-state';
import { noticeOf } from '#renderer/stores/notices';
import { createQuotesStore, hostTimeAt, withLatest, type QuotesStore } from '#renderer/stores/quotes-store';
import { createUiStore, withNotice, type KeptChoices, type UiStore } from '#renderer/stores/ui-store';
import {
  absorbed,
  createWorkstationStore,
  remembered,
  started,
  type WorkstationStore,
} from '#renderer/stores/workstation-store';

/** How much of the past the activity panel asks for at a start. */
const HISTORY_LENGTH = 500;

/** Everything a panel may use: three stores to read, a client to command with, and the host's clock. */
export interface Session {
  readonly workstation: StoreApi<WorkstationStore>;
  readonly quotes: StoreApi<QuotesStore>;
  readonly ui: StoreApi<UiStore>;
  /** The client of the present connection; its calls fail as CLOSED while there is none. */
  readonly client: () => WorkstationClient;
  /** The host's clock, now. */
  readonly now: () => EpochMs;
  /** A new idempotency key: one for each intent of a person. */
  readonly newKey: () => CommandKey;
}

export interface SessionParts {
  readonly storage: KeptChoices;
  readonly windowHeight: number;
  /** Milliseconds of a clock that never steps. */
  readonly monotonic: () => number;
  readonly newKey: () => CommandKey;
}

/** What a session connects with; the reason says why it could not. */
export type ConnectClient = () => Promise<Result<WorkstationClient, { readonly reason: string }>>;

const CLOSED: CallFailure = { code: 'CLOSED', reason: 'the window is not connected to the workstation' };
const closed = (): Promise<Result<never, CallFailure>> => Promise.resolve({ ok: false, error: CLOSED });
/** The client before the first connection. */
const NO_CLIENT: WorkstationClient = {
  system: { status: closed },
  feed: { start: closed, changes: closed, history: closed },
  commands: { execute: closed, preview: closed },
  market: { quote: closed, bars: closed, search: closed },
  risk: { correlations: closed, updateCorrelations: closed, picture: closed, explain: closed },
  journal: { verify: closed, export: closed },
};

/** A session that is not connected yet. */
export function createSession({ storage, windowHeight, monotonic, newKey }: SessionParts): {
  readonly session: Session;
  /** Connects and follows the feed, again and again, until stopped. */
  readonly connect: (way: ConnectClient) => { stop(): void };
} {
  const workstation = createWorkstationStore();
  const quotes = createQuotesStore();
  const ui = createUiStore(storage, windowHeight);
  let client = NO_CLIENT;
  const now = (): EpochMs => hostTimeAt(quotes.getState(), monotonic());

  const onStart = (state: WorkstationState): void => {
    workstation.setState((store) => started(store, state));
    // Older than the snapshot: asked for beside it, because nothing waits for it.
    void client.feed.history({ before: null, limit: HISTORY_LENGTH }).then((history) => {
      if (history.ok) workstation.setState((store) => remembered(store, history.value));
    });
  };
  const tell = (entries: readonly JournaledEvent[]): void => {
    const { state } = workstation.getState();
    if (state === null) return;
    for (const entry of entries) {
      const notice = noticeOf(entry, state);
      if (notice !== null) ui.setState((store) => withNotice(store, notice));
    }
  };

  return {
    session: { workstation, quotes, ui, client: () => client, now, newKey },
    connect: (way) => {
      const reconnect = async (): ReturnType<ConnectClient> => {
        const connected = await way();
        if (connected.ok) client = connected.value;
        return connected;
      };
      const feed = followFeed({
        client: NO_CLIENT,
        reconnect,
        onStart: (state, conflated) => {
          quotes.setState((store) => withLatest(store, conflated, monotonic()));
          onStart(state);
        },
        onEntries: (entries, touched) => {
          workstation.setState((store) => absorbed(store, entries, touched));
          tell(entries);
        },
        onConflated: (conflated) => quotes.setState((store) => withLatest(store, conflated, monotonic())),
        onLink: (link, reason) =>
          workstation.setState((store) =>
            link === 'live'
              ? { link: { phase: 'live' } }
              : { link: store.state === null ? { phase: 'connecting' } : { phase: 'lost', since: now(), reason } },
          ),
      });
      return { stop: () => feed.stop() };
    },
  };
}
