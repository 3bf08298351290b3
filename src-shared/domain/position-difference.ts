import * as z from 'zod';
import { alarmId, conIdSchema, epochMsSchema, type AlarmId, type ConId } from '#domain/ids';
import { originSchema } from '#domain/order-record';
import { signedQuantitySchema } from '#domain/money';

/**
 * Why IBKR's position was another one than our ledger's (domain.md §7):
 * - `other-client`: another API client or a person in TWS traded, and IBKR shows that order's fills;
 * - `corporate-action`: a split: shares times a simple ratio, the cost of the whole unchanged;
 * - `transfer`: shares that came or went without a trade; only a person can say so;
 * - `before-report`: we were not connected over a midnight, and IBKR reports only the executions of the day;
 * - `unexplained`: none of these is proved.
 */
export const positionCauseSchema = z.enum([
  'other-client',
  'corporate-action',
  'transfer',
  'before-report',
  'unexplained',
]);
export type PositionCause = z.infer<typeof positionCauseSchema>;

/** A difference that nothing explained: adding risk is blocked until a person acknowledges it. */
export const positionDifferenceSchema = z.strictObject({
  conId: conIdSchema,
  symbol: z.string().max(40),
  at: epochMsSchema,
  /** What the ledger had before the first adjustment that is still unexplained. */
  ours: signedQuantitySchema,
  /** IBKR's position, which was adopted. */
  brokers: signedQuantitySchema,
});
export type PositionDifference = Readonly<z.infer<typeof positionDifferenceSchema>>;

/** The alarm that stands as long as the difference does: clearing it settles nothing. */
export const differenceAlarmOf = (conId: ConId): AlarmId => alarmId(`difference-${conId}`);

/** How many differences one acknowledgement may name. */
export const DIFFERENCES_SEEN_MAX = 1_000;

/** A difference as a person saw it: nothing that appeared or changed since is acknowledged with it. */
export const seenDifferenceSchema = positionDifferenceSchema.pick({ conId: true, brokers: true });
export type SeenDifference = Readonly<z.infer<typeof seenDifferenceSchema>>;

/** What a person sees of `differences`, as an acknowledgement names it. */
export function seenOf(differences: Iterable<PositionDifference>): SeenDifference[] {
  return Array.from(differences, ({ conId, brokers }) => ({ conId, brokers }));
}

/** The shortest reason that is taken for one. */
export const REASON_LENGTH_MIN = 3;
export const REASON_LENGTH_MAX = 500;

/** What a person said about the differences, and which they were. */
export const acknowledgementSchema = z.strictObject({
  at: epochMsSchema,
  cause: positionCauseSchema,
  reason: z.string().trim().min(REASON_LENGTH_MIN).max(REASON_LENGTH_MAX),
  origin: originSchema,
  differences: z.array(positionDifferenceSchema).max(20_000),
});
export type Acknowledgement = Readonly<z.infer<typeof acknowledgementSchema>>;
