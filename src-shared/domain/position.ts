import * as z from 'zod';
import { accountIdSchema, conIdSchema, epochMsSchema } from '#domain/ids';
import { priceSchema, signedQuantitySchema } from '#domain/money';

/** What the account holds of one instrument by our ledger: adopted baseline plus the fills since. */
export const positionRecordSchema = z.strictObject({
  conId: conIdSchema,
  symbol: z.string().max(40),
  account: accountIdSchema,
  quantity: signedQuantitySchema,
  /** Per unit, in the instrument's currency, commissions apart; null while unknown. */
  averageCost: priceSchema.nullable(),
  changed: epochMsSchema,
});
export type PositionRecord = Readonly<z.infer<typeof positionRecordSchema>>;
