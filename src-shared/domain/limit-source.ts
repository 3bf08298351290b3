import * as z from 'zod';

/** Where a limit in force comes from: the most particular level that says something. */
export const limitSourceSchema = z.enum(['symbol', 'default', 'sector', 'global']);
export type LimitSource = z.infer<typeof limitSourceSchema>;
