import * as z from 'zod';
import { epochMsSchema, type EpochMs } from '#domain/ids';
import type { TradingSession } from '#domain/instrument';

/** Whether the market that an order goes to is open, by IBKR's hours. */
export const marketHoursSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('open'), closesAt: epochMsSchema }),
  /** null: IBKR's hours do not reach so far. */
  z.strictObject({ state: z.literal('closed'), opensAt: epochMsSchema.nullable() }),
  z.strictObject({ state: z.literal('unknown') }),
]);
export type MarketHours = Readonly<z.infer<typeof marketHoursSchema>>;

/** Where a moment stands among sessions: in one, before the next, or after the last that is known (null: none is). */
export type PlaceInSessions =
  | { readonly state: 'in'; readonly closesAt: EpochMs }
  | { readonly state: 'before'; readonly opensAt: EpochMs }
  | { readonly state: 'after'; readonly lastClose: EpochMs | null };

export function placeInSessions(sessions: readonly TradingSession[], at: EpochMs): PlaceInSessions {
  let next: EpochMs | null = null;
  let lastClose: EpochMs | null = null;
  for (const { opens, closes } of sessions) {
    if (opens <= at && at < closes) return { state: 'in', closesAt: closes };
    if (opens > at && (next === null || opens < next)) next = opens;
    if (lastClose === null || closes > lastClose) lastClose = closes;
  }
  return next === null ? { state: 'after', lastClose } : { state: 'before', opensAt: next };
}
