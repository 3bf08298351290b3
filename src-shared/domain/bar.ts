import * as z from 'zod';
import { epochMsSchema } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { priceSchema, quantitySchema } from '#domain/money';

/** How much time a bar covers, in IBKR's words. */
export const BAR_SIZES = ['1 min', '5 mins', '15 mins', '1 hour', '1 day'] as const;
export const barSizeSchema = z.enum(BAR_SIZES);
export type BarSize = z.infer<typeof barSizeSchema>;

/**
 * What bars are made of: trades (adjusted for splits), trades adjusted for dividends too, or the middle of bid and ask.
 * Source: IBKR API, whatToShow.
 */
export const barDataSchema = z.enum(['TRADES', 'ADJUSTED_LAST', 'MIDPOINT']);
export type BarData = z.infer<typeof barDataSchema>;

/** The most sessions one query may ask for: at most 28,800 bars, of an instrument that trades around the clock. */
export const BAR_SESSIONS_MAX = {
  '1 min': 20,
  '5 mins': 100,
  '15 mins': 300,
  '1 hour': 1_000,
  '1 day': 5_000,
} as const satisfies Readonly<Record<BarSize, number>>;

/** The date of a trading session as the exchange counts it. */
export const sessionDateSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a date such as 2026-01-05');

const figures = {
  open: priceSchema,
  high: priceSchema,
  low: priceSchema,
  close: priceSchema,
  /** null where there is none to be had (midpoints). */
  volume: quantitySchema.nullable(),
  /** False: its time is not over, and its figures still change. */
  complete: z.boolean(),
};

/** Open, high, low and close of a stretch of time. A daily bar belongs to a session, the others begin at a moment. */
export const barSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('intraday'), begins: epochMsSchema, ...figures }),
  z.strictObject({ kind: z.literal('daily'), session: sessionDateSchema, ...figures }),
]);
export type Bar = Readonly<z.infer<typeof barSchema>>;

/** Which bars of an instrument: the latest ones, up to now. */
export const barWishSchema = z
  .strictObject({
    barSize: barSizeSchema,
    what: barDataSchema,
    /** How many sessions back from now, the running one included. */
    sessions: z.int().min(1),
    /** Leaves out what trades before and after the exchange's regular hours. */
    regularHoursOnly: z.boolean(),
  })
  .superRefine(({ barSize, sessions }, context) => {
    const max = BAR_SESSIONS_MAX[barSize];
    if (sessions <= max) return;
    const message = `expected at most ${String(max)} sessions for bars of ${barSize}`;
    context.addIssue({ code: 'custom', path: ['sessions'], message });
  });
export type BarWish = Readonly<z.infer<typeof barWishSchema>>;
export type BarQuery = BarWish & { readonly instrument: Instrument };

/** Why there are no bars; `text` in words for people. */
export interface BarFailure {
  readonly kind: 'not-connected' | 'pacing' | 'no-data' | 'refused' | 'timeout' | 'aborted';
  readonly text: string;
}

/** What a pull for bars answers: all of them, or how far it is. */
export type BarsAnswer =
  | { readonly kind: 'bars'; readonly instrument: Instrument; readonly bars: readonly Bar[] }
  /** `done` of `of` requests to IBKR are answered; `of` is an estimate. Pull again with the same query. */
  | { readonly kind: 'under-way'; readonly done: number; readonly of: number };
