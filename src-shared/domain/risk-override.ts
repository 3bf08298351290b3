import * as z from 'zod';

/** A person lets one order, or one action while the market is closed, pass a limit, and says why. */
export const riskOverrideSchema = z.strictObject({ reason: z.string().trim().min(5).max(300) });
export type RiskOverride = Readonly<z.infer<typeof riskOverrideSchema>>;
