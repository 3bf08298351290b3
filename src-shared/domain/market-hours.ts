import * as z from 'zod';
import { epochMsSchema } from '#domain/ids';

/** Whether the market that an order goes to is open, by IBKR's hours. */
export const marketHoursSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('open'), closesAt: epochMsSchema }),
  /** null: IBKR's hours do not reach so far. */
  z.strictObject({ state: z.literal('closed'), opensAt: epochMsSchema.nullable() }),
  z.strictObject({ state: z.literal('unknown') }),
]);
export type MarketHours = Readonly<z.infer<typeof marketHoursSchema>>;
