import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Conflated, HostMeters } from '#domain/feed';
import { epochMs, type ConId, type EpochMs } from '#domain/ids';
import { quoteAgeMs, type Quote } from '#domain/quote';

/** The latest values: quotes, meters and the host's clock. Conflated by the host, replaced here. */
export interface QuotesStore {
  readonly quotes: ReadonlyMap<ConId, Quote>;
  readonly meters: HostMeters | null;
  /** The host's clock, and our monotonic clock at the moment it was read. */
  readonly hostNow: EpochMs;
  readonly readAt: number;
}

export function createQuotesStore(): StoreApi<QuotesStore> {
  return createStore<QuotesStore>(() => ({ quotes: new Map(), meters: null, hostNow: epochMs(0), readAt: 0 }));
}

/** The store after a frame of latest values, read at `readAt` of our monotonic clock. */
export function withLatest(store: QuotesStore, { quotes, meters, now }: Conflated, readAt: number): QuotesStore {
  const next = new Map(store.quotes);
  for (const quote of quotes) next.set(quote.conId, quote);
  return { quotes: quotes.length === 0 ? store.quotes : next, meters, hostNow: now, readAt };
}

/** The host's clock at `monotonic` of ours: ages are shown by one clock. */
export function hostTimeAt({ hostNow, readAt }: QuotesStore, monotonic: number): EpochMs {
  return epochMs(Math.max(0, Math.round(hostNow + monotonic - readAt)));
}

/** Whether a quote can price an order that adds risk, and if not, why. */
export type QuoteCondition =
  | { readonly kind: 'fresh'; readonly ageMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'stale'; readonly ageMs: number }
  | { readonly kind: 'not-real-time'; readonly what: string }
  | { readonly kind: 'halted' };

export function conditionOf(
  quote: Quote | undefined,
  heartbeatAt: EpochMs | null,
  now: EpochMs,
  ageMaxMs: number,
): QuoteCondition {
  if (quote === undefined) return { kind: 'none' };
  const ageMs = quoteAgeMs(quote, heartbeatAt, now);
  if (ageMs === null) return { kind: 'none' };
  if (quote.halted) return { kind: 'halted' };
  if (!quote.live || ageMs > ageMaxMs) return { kind: 'stale', ageMs };
  if (quote.kind !== 'real-time') return { kind: 'not-real-time', what: quote.kind };
  return { kind: 'fresh', ageMs };
}
