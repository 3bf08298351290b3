import { oc, type } from '@orpc/contract';
import * as z from 'zod';
import {
  BARS_WAIT_MS_MAX,
  CHANGES_WAIT_MS_MAX,
  explanationSchema,
  journalReportSchema,
  statusSchema,
} from '#api/schemas';
import { barWishSchema, type BarsAnswer } from '#domain/bar';
import { MATRIX_SYMBOLS_MAX, type CorrelationPicture, type CorrelationUpdate } from '#domain/correlation';
import { commandReplySchema, commandSchema, riskyCommandSchema } from '#domain/command';
import type { JournaledEvent } from '#domain/engine-event';
import type { FeedAnswer, FeedStart } from '#domain/feed';
import { commandKeySchema, sequenceSchema } from '#domain/ids';
import { instrumentMatchSchema, instrumentSchema, symbolSchema } from '#domain/instrument';
import { quoteSchema } from '#domain/quote';
import type { RiskPicture } from '#domain/pnl';
import { riskOverrideSchema } from '#domain/risk-override';
import { riskDecisionSchema } from '#domain/risk-decision';

const failure = z.strictObject({ reason: z.string() });

/** Errors any call may answer with, beside what its output says. */
const base = oc.errors({
  /** The engine's inbox is full; nothing was done. */
  BUSY: { data: failure },
  /** The host is live and the caller did not say `--live`. */
  LIVE_NOT_CONFIRMED: { data: failure },
  /** TWS did not answer in time, or is not there. */
  BROKER_UNAVAILABLE: { data: failure },
  NOT_FOUND: { data: failure },
});

/**
 * THE map of everything the workstation answers to. Handlers, clients and the command line derive from it; a forgotten
 * handler is a compile error. Feeds and bars are typed without a runtime schema: they come from our own host, and checking
 * a thousand events a second twice buys nothing.
 */
export const contract = {
  system: {
    status: base.output(statusSchema),
  },
  feed: {
    /** A replica's start. */
    start: base.output(type<FeedStart>()),
    /** Answers when something newer exists, or empty-handed after `waitMs`. */
    changes: base
      .input(
        z.strictObject({
          after: sequenceSchema,
          conflatedAfter: z.int().nonnegative(),
          waitMs: z.int().min(0).max(CHANGES_WAIT_MS_MAX),
        }),
      )
      .output(type<FeedAnswer>()),
    /** Events before `before` (null: the newest), newest first, at most `limit`. */
    history: base
      .input(z.strictObject({ before: sequenceSchema.nullable(), limit: z.int().min(1).max(1_000) }))
      .output(type<readonly JournaledEvent[]>()),
  },
  commands: {
    execute: base
      .input(
        z.strictObject({
          key: commandKeySchema,
          command: commandSchema,
          /** One order, or one action while the market is closed, may pass a limit. */
          override: riskOverrideSchema.nullable().optional(),
        }),
      )
      .output(commandReplySchema),
    /** Everything up to the send: the decision, with its numbers. */
    preview: base
      .input(
        z.strictObject({
          command: riskyCommandSchema,
          override: riskOverrideSchema.nullable().optional(),
          /** Asks IBKR what margin it would need (what-if). */
          margin: z.boolean().optional(),
        }),
      )
      .output(riskDecisionSchema),
  },
  market: {
    /** Defines the instrument and subscribes; answers with the first quote, or what is known by the deadline. */
    quote: base
      .input(z.strictObject({ symbol: symbolSchema, waitMs: z.int().min(0).max(10_000) }))
      .output(z.strictObject({ instrument: instrumentSchema, quote: quoteSchema.nullable() })),
    /** Bars, or after `waitMs` how far they are: then pull again with the same wish. */
    bars: base
      .input(
        z.strictObject({ symbol: symbolSchema, wish: barWishSchema, waitMs: z.int().min(0).max(BARS_WAIT_MS_MAX) }),
      )
      .output(type<BarsAnswer>()),
    search: base
      .input(z.strictObject({ query: z.string().trim().min(1).max(60) }))
      .output(z.array(instrumentMatchSchema)),
  },
  risk: {
    /** By order number, or by decision id. */
    /** The matrix in use, the sectors of its symbols, and how old it is; null: none was ever computed. */
    correlations: base.output(type<CorrelationPicture | null>()),
    /**
     * Computes correlations anew: of `symbols` (null: of all that are held, worked, limited or known already) over
     * `lookback` days (null: by the settings). Takes minutes: after `waitMs` it says how far it is; pull again.
     */
    updateCorrelations: base
      .input(
        z.strictObject({
          symbols: z.array(symbolSchema).min(2).max(MATRIX_SYMBOLS_MAX).nullable(),
          lookback: z.int().min(20).max(1_000).nullable(),
          waitMs: z.int().min(0).max(BARS_WAIT_MS_MAX),
        }),
      )
      .output(type<CorrelationUpdate>()),
    /** The use of every limit, profit and loss, warnings: the latest. */
    picture: base.output(type<RiskPicture>()),
    explain: base.input(z.strictObject({ reference: z.string().min(1).max(40) })).output(explanationSchema),
  },
  journal: {
    verify: base.output(journalReportSchema),
    /** Entries after `after`, at most `limit`, and whether there are more. */
    export: base
      .input(z.strictObject({ after: sequenceSchema, limit: z.int().min(1).max(5_000) }))
      .output(type<{ readonly entries: readonly JournaledEvent[]; readonly more: boolean }>()),
  },
};
export type Contract = typeof contract;
