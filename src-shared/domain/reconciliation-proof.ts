import * as z from 'zod';
import {
  clientOrderIdSchema,
  conIdSchema,
  epochMs,
  epochMsSchema,
  execIdSchema,
  orderNumberSchema,
  permIdSchema,
} from '#domain/ids';
import { quantitySchema, signedQuantitySchema } from '#domain/money';
import { positionCauseSchema } from '#domain/position-difference';

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
  /** A position that was there before this journal began; adopted. */
  z.strictObject({
    kind: z.literal('adopted-position'),
    conId: conIdSchema,
    symbol: z.string().max(40),
    ours: signedQuantitySchema,
    brokers: signedQuantitySchema,
  }),
  /** Our position differed from IBKR's, and why; IBKR's was adopted. */
  z.strictObject({
    kind: z.literal('adjusted-position'),
    conId: conIdSchema,
    symbol: z.string().max(40),
    ours: signedQuantitySchema,
    brokers: signedQuantitySchema,
    cause: positionCauseSchema,
  }),
]);
export type ProofFinding = Readonly<z.infer<typeof proofFindingSchema>>;

/** What IBKR showed filled of an order that is not ours, and when it last showed the order. */
export const othersFillSchema = z.strictObject({
  permId: permIdSchema,
  filled: quantitySchema,
  heardAt: epochMsSchema.default(epochMs(0)),
});
export type OthersFill = Readonly<z.infer<typeof othersFillSchema>>;

/** What a reconciliation compared and found: the evidence that ledger and broker agree. */
export const reconciliationProofSchema = z.strictObject({
  startedAt: epochMsSchema,
  at: epochMsSchema,
  ordersExpected: z.int().nonnegative(),
  ordersAtBroker: z.int().nonnegative(),
  /** Orders of the day that IBKR reports as done, ours or not. */
  completedAtBroker: z.int().nonnegative().default(0),
  executionsAtBroker: z.int().nonnegative(),
  positionsAtBroker: z.int().nonnegative(),
  findings: z.array(proofFindingSchema).max(20_000),
  /** Fills of others that the positions contain, so that no later difference is put down to them; absent when none. */
  othersFilled: z.array(othersFillSchema).max(10_000).optional(),
});
export type ReconciliationProof = Readonly<z.infer<typeof reconciliationProofSchema>>;
