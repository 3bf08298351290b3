import * as z from 'zod';
import { clientOrderIdSchema, conIdSchema, epochMsSchema, execIdSchema, orderNumberSchema } from '#domain/ids';
import { signedQuantitySchema } from '#domain/money';

/** One difference between our journal and IBKR, and what was done about it. */
export const proofFindingSchema = z.discriminatedUnion('kind', [
  /** Open at IBKR, not in our ledger: placed elsewhere; now shown and counted. */
  z.strictObject({ kind: z.literal('adopted-order'), orderId: clientOrderIdSchema, number: orderNumberSchema }),
  /** We had lost sight of it; IBKR's answer settled it. */
  z.strictObject({
    kind: z.literal('settled-order'),
    orderId: clientOrderIdSchema,
    number: orderNumberSchema,
    phase: z.string(),
  }),
  /** Live in our ledger, absent at IBKR although it had been acknowledged before. */
  z.strictObject({ kind: z.literal('vanished-order'), orderId: clientOrderIdSchema, number: orderNumberSchema }),
  /** Never reached IBKR: sent into a dead link, and IBKR knows nothing of it. */
  z.strictObject({ kind: z.literal('never-arrived'), orderId: clientOrderIdSchema, number: orderNumberSchema }),
  /** Executed while we were not looking. */
  z.strictObject({ kind: z.literal('found-execution'), execId: execIdSchema, orderId: clientOrderIdSchema.nullable() }),
  /** Our position differed; IBKR's was adopted. */
  z.strictObject({
    kind: z.literal('adopted-position'),
    conId: conIdSchema,
    symbol: z.string().max(40),
    ours: signedQuantitySchema,
    brokers: signedQuantitySchema,
  }),
]);
export type ProofFinding = Readonly<z.infer<typeof proofFindingSchema>>;

/** What a reconciliation compared and found: the evidence that ledger and broker agree. */
export const reconciliationProofSchema = z.strictObject({
  startedAt: epochMsSchema,
  at: epochMsSchema,
  ordersExpected: z.int().nonnegative(),
  ordersAtBroker: z.int().nonnegative(),
  executionsAtBroker: z.int().nonnegative(),
  positionsAtBroker: z.int().nonnegative(),
  findings: z.array(proofFindingSchema).max(20_000),
});
export type ReconciliationProof = Readonly<z.infer<typeof reconciliationProofSchema>>;
