import * as z from 'zod';
import {
  accountIdSchema,
  clientOrderIdSchema,
  conIdSchema,
  epochMsSchema,
  execIdSchema,
  type ExecId,
} from '#domain/ids';
import { moneySchema, priceSchema, quantitySchema } from '#domain/money';
import { sideSchema } from '#domain/order-spec';

/** A commission IBKR reported. */
export const commissionSchema = z.strictObject({ amount: moneySchema, currency: z.string().regex(/^[A-Z]{3}$/) });
export type Commission = Readonly<z.infer<typeof commissionSchema>>;

/** One execution. Fills come only from executions, deduplicated by ExecId. */
export const fillSchema = z.strictObject({
  execId: execIdSchema,
  /** null: an execution of an order that is not in our ledger. */
  orderId: clientOrderIdSchema.nullable(),
  account: accountIdSchema,
  conId: conIdSchema,
  symbol: z.string().max(40),
  side: sideSchema,
  quantity: quantitySchema,
  price: priceSchema,
  exchange: z.string().max(40),
  /** When the execution happened, by IBKR's clock. */
  at: epochMsSchema,
  /** null: not reported yet, which is unknown and not zero. */
  commission: commissionSchema.nullable(),
});
export type Fill = Readonly<z.infer<typeof fillSchema>>;

/**
 * What stays the same when IBKR corrects an execution: a correction repeats the id with another last part
 * (`0000e0d5.6600001.01.01` → `….01.02`). Source: IBKR API, Execution.execId.
 */
export function executionFamilyOf(id: ExecId): string {
  const lastDot = id.lastIndexOf('.');
  return lastDot === -1 ? id : id.slice(0, lastDot);
}
