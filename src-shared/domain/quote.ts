import * as z from 'zod';
import { conIdSchema, epochMsSchema, type EpochMs } from '#domain/ids';
import { priceSchema, quantitySchema } from '#domain/money';

/** How current IBKR says the data is. Only `real-time` may trigger or price an order that adds risk. */
export const marketDataKindSchema = z.enum(['unknown', 'real-time', 'frozen', 'delayed', 'delayed-frozen']);
export type MarketDataKind = z.infer<typeof marketDataKindSchema>;

/** IBKR's farms, each of which can fail by itself. */
export const DATA_FARMS = ['quotes', 'history', 'definitions'] as const;
export type DataFarm = (typeof DATA_FARMS)[number];
/** `idle`: not connected because nobody asks; it connects when asked. */
export type FarmState = 'up' | 'down' | 'idle';

/** The latest level-1 picture of an instrument. null: not known (never zero, never minus one). */
export const quoteSchema = z.strictObject({
  conId: conIdSchema,
  symbol: z.string().max(40),
  bid: priceSchema.nullable(),
  ask: priceSchema.nullable(),
  last: priceSchema.nullable(),
  close: priceSchema.nullable(),
  high: priceSchema.nullable(),
  low: priceSchema.nullable(),
  bidSize: quantitySchema.nullable(),
  askSize: quantitySchema.nullable(),
  volume: quantitySchema.nullable(),
  kind: marketDataKindSchema,
  halted: z.boolean(),
  /** False after a farm-down notice or a lost subscription, until data flows again. */
  live: z.boolean(),
  /** What keeps it from being live and real-time, in words; empty when nothing does. */
  why: z.string().max(200).default(''),
  /** When the last tick arrived; null before the first. */
  tickAt: epochMsSchema.nullable(),
});
export type Quote = Readonly<z.infer<typeof quoteSchema>>;

/** The part of a quote that a tick may change. */
export type QuotePatch = Partial<Omit<Quote, 'conId' | 'symbol'>>;

/**
 * How old a quote is: milliseconds since its last tick or the session's last heartbeat, whichever is later, because a
 * quiet name does not tick (domain.md §5). null: no tick yet.
 */
export function quoteAgeMs(quote: Quote, heartbeatAt: EpochMs | null, now: EpochMs): number | null {
  if (quote.tickAt === null) return null;
  return Math.max(0, now - Math.max(quote.tickAt, heartbeatAt ?? 0));
}
