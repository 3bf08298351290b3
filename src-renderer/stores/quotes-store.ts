import { createStore, type StoreApi } from 'zustand/vanilla';
import { assertNever } from '#domain/assert';
import type { Conflated, HostMeters } from '#domain/feed';
import { formatSeconds } from '#domain/format';
import { epochMs, type ConId, type EpochMs } from '#domain/ids';
import type { RiskPicture } from '#domain/pnl';
import { quoteAgeMs, type MarketDataKind, type Quote } from '#domain/quote';

/** The latest values: quotes, meters and the host's clock. Conflated by the host, replaced here. */
export interface QuotesStore {
  readonly quotes: ReadonlyMap<ConId, Quote>;
  readonly meters: HostMeters | null;
  /** Profit and loss, the use of every limit; null until the workstation knows any of it. */
  readonly risk: RiskPicture | null;
  /** A computation of correlations under way; null: none. */
  readonly correlating: NonNullable<Conflated['correlating']> | null;
  /** The host's clock, and our monotonic clock at the moment it was read. */
  readonly hostNow: EpochMs;
  readonly readAt: number;
}

export function createQuotesStore(): StoreApi<QuotesStore> {
  return createStore<QuotesStore>(() => ({
    quotes: new Map(),
    meters: null,
    risk: null,
    correlating: null,
    hostNow: epochMs(0),
    readAt: 0,
  }));
}

/** The store after a frame of latest values, read at `readAt` of our monotonic clock. */
export function withLatest(
  store: QuotesStore,
  { quotes, meters, now, risk = store.risk, correlating }: Conflated,
  readAt: number,
): QuotesStore {
  const next = new Map(store.quotes);
  for (const quote of quotes) next.set(quote.conId, quote);
  const latest = quotes.length === 0 ? store.quotes : next;
  return { quotes: latest, meters, risk, correlating: correlating ?? null, hostNow: now, readAt };
}

/** The host's clock at `monotonic` of ours: ages are shown by one clock. */
export function hostTimeAt({ hostNow, readAt }: QuotesStore, monotonic: number): EpochMs {
  return epochMs(Math.max(0, Math.round(hostNow + monotonic - readAt)));
}

/** Whether a quote can price an order that adds risk, and if not, why. */
export type QuoteCondition =
  | { readonly kind: 'fresh'; readonly ageMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'not-live'; readonly why: string }
  | { readonly kind: 'stale'; readonly ageMs: number }
  | { readonly kind: 'not-real-time'; readonly what: Exclude<MarketDataKind, 'real-time'>; readonly why: string }
  | { readonly kind: 'halted' };

export function conditionOf(
  quote: Quote | undefined,
  heartbeatAt: EpochMs | null,
  now: EpochMs,
  ageMaxMs: number,
): QuoteCondition {
  if (quote === undefined) return { kind: 'none' };
  const { kind: what, live, why } = quote;
  const ageMs = quoteAgeMs(quote, heartbeatAt, now);
  // Before the first tick nothing flows yet: that is no fault unless IBKR gave a reason.
  if (!live && (ageMs !== null || why !== '')) return { kind: 'not-live', why };
  if (ageMs === null) return { kind: 'none' };
  if (quote.halted) return { kind: 'halted' };
  if (what !== 'real-time') return { kind: 'not-real-time', what, why };
  return ageMs > ageMaxMs ? { kind: 'stale', ageMs } : { kind: 'fresh', ageMs };
}

/** What stands beside a price that is not current: one word, and the whole reason. */
export interface QuoteMark {
  readonly word: string;
  readonly why: string;
}

/** Word and reason in a sentence, without saying the word twice. */
export function describeMark({ word, why }: QuoteMark): string {
  return why.startsWith(word) ? why : `${word}: ${why}`;
}

const KIND_MARKS = {
  unknown: { word: 'unknown', why: 'IBKR has not said yet how current this is' },
  frozen: { word: 'frozen', why: 'the last quotes before the market closed' },
  delayed: { word: 'delayed', why: 'delayed by IBKR' },
  'delayed-frozen': { word: 'delayed', why: 'the last delayed quotes before the market closed' },
} as const satisfies Record<Exclude<MarketDataKind, 'real-time'>, QuoteMark>;

/** The mark of a condition; null: the quote is current. Constant while the condition lasts, so that nothing flickers. */
export function markOfCondition(condition: QuoteCondition, ageMaxMs: number): QuoteMark | null {
  switch (condition.kind) {
    case 'fresh':
      return null;
    case 'none':
      return { word: 'no quote', why: 'no quote yet' };
    case 'not-live':
      return { word: 'not live', why: condition.why === '' ? 'the data has stopped' : condition.why };
    case 'stale':
      return { word: 'stale', why: `nothing heard for more than ${formatSeconds(ageMaxMs)}` };
    case 'halted':
      return { word: 'halted', why: 'trading in it is halted' };
    case 'not-real-time': {
      const mark = KIND_MARKS[condition.what];
      return condition.why === '' ? mark : { word: mark.word, why: condition.why };
    }
    default:
      return assertNever(condition);
  }
}
