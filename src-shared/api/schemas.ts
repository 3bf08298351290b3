import * as z from 'zod';
import { connectionStateSchema } from '#domain/connection-state';
import { accountIdSchema, epochMsSchema, sequenceSchema } from '#domain/ids';
import { reconciliationProofSchema } from '#domain/reconciliation-proof';
import { riskDecisionSchema } from '#domain/risk-decision';
import { tradingModeSchema } from '#domain/settings';
import { tradingStateSchema } from '#domain/trading-state';

/** The longest a pull for changes waits for something new. */
export const CHANGES_WAIT_MS_MAX = 20_000;
/** The longest a pull for bars waits for them. */
export const BARS_WAIT_MS_MAX = 10_000;
/** The deadline of an ordinary call, from the client's side. */
export const CALL_DEADLINE_MS = 10_000;

/** `status`: the answer to "can I trade right now?". */
export const statusSchema = z.strictObject({
  version: z.string(),
  mode: tradingModeSchema,
  account: accountIdSchema.nullable(),
  connection: connectionStateSchema,
  trading: tradingStateSchema,
  proof: reconciliationProofSchema.nullable(),
  liveOrders: z.int(),
  sequence: sequenceSchema,
  durableSequence: sequenceSchema,
  roundTripMs: z.number().nullable(),
  messagesPerSecond: z.number(),
  startedAt: epochMsSchema,
  now: epochMsSchema,
  processId: z.int(),
  dataDirectory: z.string(),
});
export type Status = Readonly<z.infer<typeof statusSchema>>;

/** `explain`: a past decision, and what deciding its stored context again says. */
export const explanationSchema = z.strictObject({
  decision: riskDecisionSchema,
  replayed: riskDecisionSchema,
  /** True when both came to the same verdicts. They must. */
  same: z.boolean(),
});
export type Explanation = Readonly<z.infer<typeof explanationSchema>>;

/** What a walk over the whole journal found. */
export const journalReportSchema = z.strictObject({
  ok: z.boolean(),
  segments: z.int(),
  events: z.int(),
  lastSequence: sequenceSchema,
  /** The first fault: where it is, what was expected there; null when there is none. */
  fault: z.string().nullable(),
});
export type JournalReport = Readonly<z.infer<typeof journalReportSchema>>;
