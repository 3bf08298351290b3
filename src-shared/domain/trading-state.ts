import * as z from 'zod';
import { epochMsSchema } from '#domain/ids';

export const tradingStateNameSchema = z.enum(['ACTIVE', 'REDUCING', 'HALTED']);

/** What the kill switch was asked to cancel, kept until it is done: over a lost link, a restart and a crash. */
export const killSwitchSchema = z.strictObject({
  /** Orders with a lower number were there when it was pressed; what a person sends since then closes, and stays. */
  before: z.int().min(1),
  /** Protective exits too. */
  includingStops: z.boolean(),
  /** IBKR's global cancel, of the orders of every client: not asked for, not handed over yet, or handed over. */
  globalCancel: z.enum(['none', 'owed', 'sent']),
});
export type KillSwitch = Readonly<z.infer<typeof killSwitchSchema>>;

/** ACTIVE trades; REDUCING lets only reducing orders pass; HALTED denies new orders. Latched until a person resets it. */
export const tradingStateSchema = z.strictObject({
  state: tradingStateNameSchema,
  since: epochMsSchema,
  reason: z.string().max(500),
  /** Who set it: a person, or a position that nothing explains; an acknowledgement lifts only the latter. */
  cause: z.enum(['person', 'differences']).default('person'),
  /** Only of HALTED by a person. */
  kill: killSwitchSchema.optional(),
});
export type TradingState = Readonly<z.infer<typeof tradingStateSchema>>;
