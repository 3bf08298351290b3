import * as z from 'zod';
import { sessionDateSchema } from '#domain/bar';
import { epochMsSchema } from '#domain/ids';

/** How long a stale matrix is still used, with a warning. */
export const MATRIX_STALE_MS_MAX = 7 * 24 * 60 * 60 * 1000;
/** The most symbols of one matrix. */
export const MATRIX_SYMBOLS_MAX = 2_000;

/** What is said of a matrix without its numbers: what the journal notes when a new one is used. */
export const correlationSummarySchema = z.strictObject({
  /** Names the matrix: the hash of its symbols, lookback and values. */
  version: z.string().max(64),
  symbols: z.int().min(0).max(MATRIX_SYMBOLS_MAX),
  /** Completed sessions whose returns were used, L of domain.md. */
  lookback: z.int().positive(),
  /** The last completed session in it; null: none. */
  asOf: sessionDateSchema.nullable(),
  computedAt: epochMsSchema,
  /** Pairs without a known correlation. */
  unknownPairs: z.int().nonnegative(),
});
export type CorrelationSummary = Readonly<z.infer<typeof correlationSummarySchema>>;

/**
 * A matrix as plain data: what is stored, sent to a worker's caller and shown. `values` is the upper triangle without the
 * diagonal, row by row: (0,1), (0,2) … (0,n−1), (1,2) …; null is unknown.
 */
export const correlationDataSchema = z.strictObject({
  summary: correlationSummarySchema,
  symbols: z.array(z.string().max(40)).max(MATRIX_SYMBOLS_MAX),
  values: z.array(z.number().min(-1).max(1).nullable()),
});
export type CorrelationData = Readonly<z.infer<typeof correlationDataSchema>>;

/** The matrix in use as people look at it. */
export interface CorrelationPicture extends CorrelationData {
  /** The sector of each of `symbols`; empty where none is known. */
  readonly sectors: readonly string[];
  readonly state: 'fresh' | 'stale' | 'missing';
  readonly ageMs: number;
}

/** What a pull for new correlations answers. */
export type CorrelationUpdate =
  | { readonly kind: 'under-way'; readonly done: number; readonly of: number; readonly symbol: string }
  | {
      readonly kind: 'done';
      readonly summary: CorrelationSummary;
      /** Symbols that are not in it, and why, in words. */
      readonly missing: readonly { readonly symbol: string; readonly why: string }[];
    };
