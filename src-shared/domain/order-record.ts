import * as z from 'zod';
import {
  clientIdSchema,
  clientOrderIdSchema,
  decisionIdSchema,
  effectIdSchema,
  epochMsSchema,
  groupIdSchema,
  ibOrderIdSchema,
  orderNumberSchema,
  permIdSchema,
} from '#domain/ids';
import { leavesOf, priceSchema, quantitySchema, type Quantity } from '#domain/money';
import { isTerminal } from '#domain/order-lifecycle';
import { observedSpecSchema, observedTermsSchema, timeInForceSchema } from '#domain/order-spec';

/** Who asked: a person in the window, a person or script at the command line, a manager of ours, or another IBKR client. */
export const originSchema = z.enum(['window', 'cli', 'manager', 'external']);
export type Origin = z.infer<typeof originSchema>;

/**
 * Why an acknowledged order does not work yet: nothing stands in its way (`none`), its trigger price was not touched
 * (`trigger`), it waits for its parent's fill (`parent`), or IBKR's own word (`other`).
 */
export const holdSchema = z.enum(['none', 'trigger', 'parent', 'other']);
export type Hold = z.infer<typeof holdSchema>;

const since = epochMsSchema;
const at = epochMsSchema;

/** A state holds only what is true in it. */
export const orderStateSchema = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('denied'), at }),
  z.strictObject({ phase: z.literal('submitting'), since, effectId: effectIdSchema }),
  z.strictObject({ phase: z.literal('pending'), since, hold: holdSchema }),
  z.strictObject({ phase: z.literal('working'), since }),
  z.strictObject({ phase: z.literal('partially-filled'), since }),
  z.strictObject({ phase: z.literal('filled'), at }),
  z.strictObject({ phase: z.literal('cancelling'), since, effectId: effectIdSchema.nullable() }),
  z.strictObject({ phase: z.literal('cancelled'), at, reason: z.string().max(500) }),
  z.strictObject({ phase: z.literal('rejected'), at, code: z.int().nullable(), reason: z.string().max(2000) }),
  z.strictObject({ phase: z.literal('inactive'), since, why: z.string().max(500) }),
  z.strictObject({ phase: z.literal('unknown'), since, why: z.string().max(500) }),
]);
export type OrderState = Readonly<z.infer<typeof orderStateSchema>>;

/** A change that was sent and not yet answered. Until then the larger of old and new counts. */
export const modificationSchema = z.strictObject({
  effectId: effectIdSchema,
  requestedAt: epochMsSchema,
  terms: observedTermsSchema,
  quantity: quantitySchema,
  timeInForce: timeInForceSchema,
});
export type Modification = Readonly<z.infer<typeof modificationSchema>>;

/**
 * What an order is to its group. Of a bracket: its entry (`parent`), its two exits, or the stop that covers what has
 * filled while IBKR holds the exits back (`cover`). `protective-stop`: trailing or fixed, standing by itself for a
 * position. `oco`: one of the orders of which one cancels the others.
 */
export const legRoleSchema = z.enum(['parent', 'take-profit', 'stop-loss', 'cover', 'protective-stop', 'oco']);
export type LegRole = z.infer<typeof legRoleSchema>;

/** An OCA group at IBKR and how it acts: 1, any fill cancels the others; 2, the others are reduced, one is routed at a time. */
export const ocaMembershipSchema = z.strictObject({
  group: z.string().min(1).max(64),
  type: z.union([z.literal(1), z.literal(2), z.literal(3)]),
});
export type OcaMembership = Readonly<z.infer<typeof ocaMembershipSchema>>;

/** How IBKR knows the order. */
export const brokerIdentitySchema = z.strictObject({
  clientId: clientIdSchema.nullable(),
  orderId: ibOrderIdSchema.nullable(),
  permId: permIdSchema.nullable(),
});

/** One order of the ledger. Replaced as a whole on every change. */
export const orderRecordSchema = z.strictObject({
  id: clientOrderIdSchema,
  number: orderNumberSchema,
  spec: observedSpecSchema,
  origin: originSchema,
  group: z.strictObject({ id: groupIdSchema, role: legRoleSchema }).nullable(),
  state: orderStateSchema,
  /** Σ of its fills after corrections. */
  filled: quantitySchema,
  averagePrice: priceSchema.nullable(),
  broker: brokerIdentitySchema,
  decisionId: decisionIdSchema.nullable(),
  modification: modificationSchema.nullable(),
  created: epochMsSchema,
  changed: epochMsSchema,
});
export type OrderRecord = Readonly<z.infer<typeof orderRecordSchema>>;

/** What may still fill. 0 once the order is terminal. */
export function leavesQuantityOf(order: OrderRecord): Quantity {
  return isTerminal(order.state.phase) ? quantitySchema.parse('0') : leavesOf(order.spec.quantity, order.filled);
}

/** True for orders that only ever close what a position has: they shrink with it and never open one (domain.md §5). */
export function isProtectiveExit({ group }: Pick<OrderRecord, 'group'>): boolean {
  return group !== null && group.role !== 'parent' && group.role !== 'oco';
}

/** True while IBKR may still do something with the order. */
export function isLive(order: OrderRecord): boolean {
  return !isTerminal(order.state.phase);
}

/** True for an exit that IBKR holds back until its entry fills. */
export function isHeldForEntry({ state }: Pick<OrderRecord, 'state'>): boolean {
  return state.phase === 'pending' && state.hold === 'parent';
}

/** When the present state began. */
export function stateTimeOf(order: OrderRecord): number {
  return 'since' in order.state ? order.state.since : order.state.at;
}
