import * as z from 'zod';
import { alarmIdSchema, clientOrderIdSchema, epochMsSchema } from '#domain/ids';

/** Something a person must see, until it is cleared. The text says fact, number, limit, what next. */
export const alarmSchema = z.strictObject({
  id: alarmIdSchema,
  at: epochMsSchema,
  severity: z.enum(['warning', 'danger']),
  text: z.string().min(1).max(500),
  orderId: clientOrderIdSchema.nullable(),
});
export type Alarm = Readonly<z.infer<typeof alarmSchema>>;
