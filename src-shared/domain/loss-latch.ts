import * as z from 'zod';
import { conIdSchema, epochMsSchema, type ConId } from '#domain/ids';
import { moneySchema } from '#domain/money';
import { limitSourceSchema } from '#domain/limit-source';

/** What a daily loss is counted over: one symbol, or the whole account. */
export const lossScopeSchema = z.discriminatedUnion('over', [
  z.strictObject({ over: z.literal('symbol'), conId: conIdSchema, symbol: z.string().max(40) }),
  z.strictObject({ over: z.literal('account') }),
]);
export type LossScope = Readonly<z.infer<typeof lossScopeSchema>>;

/**
 * The loss of a day reached its limit: only reducing is allowed in the scope, until the next session day begins or a person
 * resets it. Durable: a restart keeps it.
 */
export const lossLatchSchema = z.strictObject({
  scope: lossScopeSchema,
  at: epochMsSchema,
  /** max(0, −P&L of the day) when it latched, in `currency`, the account's. */
  loss: moneySchema,
  limit: moneySchema,
  source: limitSourceSchema,
  currency: z.string().max(3),
  /** The next daily reset, when it opens by itself. */
  until: epochMsSchema,
});
export type LossLatch = Readonly<z.infer<typeof lossLatchSchema>>;

/** A person let a scope add again: until its day ends, only a loss beyond this one latches again. */
export const lossResetSchema = z.strictObject({ scope: lossScopeSchema, loss: moneySchema, until: epochMsSchema });
export type LossReset = Readonly<z.infer<typeof lossResetSchema>>;

/** Names a scope among the latches: the instrument's number, or 0 for the account. */
export type LossKey = ConId | 0;

export function lossKeyOf(scope: LossScope): LossKey {
  return scope.over === 'account' ? 0 : scope.conId;
}
