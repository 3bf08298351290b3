import * as z from 'zod';
import { moneySchema, quantitySchema } from '#domain/money';
import { limitSourceSchema } from '#domain/limit-source';

/** The limits whose use a decision tells before and after. */
export const limitNameSchema = z.enum([
  'order-exposure',
  'position',
  'gross-exposure',
  'sector-exposure',
  'correlated-exposure',
  'daily-loss',
]);
export type LimitName = z.infer<typeof limitNameSchema>;

const common = {
  limitName: limitNameSchema,
  /** What it is counted over: a symbol, a sector; empty for the whole account. */
  of: z.string().max(80),
  source: limitSourceSchema,
  /** The largest quantity of the order that passes this limit; null where the order's quantity makes no difference. */
  largest: quantitySchema.nullable(),
};

/** The use of one limit before and after what is decided. */
export const limitFigureSchema = z.discriminatedUnion('unit', [
  z.strictObject({
    unit: z.literal('units'),
    ...common,
    before: quantitySchema,
    after: quantitySchema,
    limit: quantitySchema,
  }),
  /** Amounts in the account's currency. */
  z.strictObject({
    unit: z.literal('money'),
    ...common,
    currency: z.string().max(3),
    before: moneySchema,
    after: moneySchema,
    limit: moneySchema,
  }),
]);
export type LimitFigure = Readonly<z.infer<typeof limitFigureSchema>>;
