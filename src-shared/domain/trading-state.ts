import * as z from 'zod';
import { epochMsSchema } from '#domain/ids';

export const tradingStateNameSchema = z.enum(['ACTIVE', 'REDUCING', 'HALTED']);

/** ACTIVE trades; REDUCING lets only reducing orders pass; HALTED denies new orders. Latched until a person resets it. */
export const tradingStateSchema = z.strictObject({
  state: tradingStateNameSchema,
  since: epochMsSchema,
  reason: z.string().max(500),
  /** Who set it: a person, or a position that nothing explains; an acknowledgement lifts only the latter. */
  cause: z.enum(['person', 'differences']).default('person'),
});
export type TradingState = Readonly<z.infer<typeof tradingStateSchema>>;
