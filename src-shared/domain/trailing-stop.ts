import * as z from 'zod';
import { accountIdSchema, clientOrderIdSchema, conIdSchema, epochMsSchema, groupIdSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { enteredPriceSchema, enteredQuantitySchema, priceSchema, quantitySchema } from '#domain/money';
import { sideSchema, trailSchema, triggerSourceSchema } from '#domain/order-spec';

/** How many moves of one stop are kept in memory; older ones are in the journal. */
export const STOP_MOVES_MAX = 200;

/** Who moves the stop: IBKR (`native`, it works while this app is closed) or this app (`managed`). */
export const trailingModeSchema = z.enum(['native', 'managed']);
export type TrailingMode = z.infer<typeof trailingModeSchema>;

/**
 * A trailing stop as a person asks for it: SELL protects a long position, BUY a short one. Its time in force is GTC.
 */
export const trailingStopConfigSchema = z.strictObject({
  symbol: symbolSchema,
  side: sideSchema,
  quantity: enteredQuantitySchema,
  trail: trailSchema,
  /** The stop only begins to trail once the market has touched this price; null: at once. */
  activationPrice: enteredPriceSchema.nullable(),
  /** Where the stop rests before it trails; null: `trail` away from the market, or nowhere until activation. */
  initialStopPrice: enteredPriceSchema.nullable(),
  triggerOn: triggerSourceSchema,
  /** null: native, unless what is asked for needs this app (percent with an activation price). */
  mode: trailingModeSchema.nullable(),
  outsideRth: z.boolean(),
});
export type TrailingStopConfig = Readonly<z.infer<typeof trailingStopConfigSchema>>;

/** How a protective stop moves. `fixed` never does. */
export const stopPlanSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed') }),
  z.strictObject({
    kind: trailingModeSchema,
    trail: trailSchema,
    activationPrice: priceSchema.nullable(),
    triggerOn: triggerSourceSchema,
  }),
]);
export type StopPlan = Readonly<z.infer<typeof stopPlanSchema>>;

const since = epochMsSchema;
/**
 * Where a protective stop stands. `waiting`: for its activation price. `guarding`: it rests, and trails if its plan says so.
 * `suspended`: this app does not move it until a person arms it again (domain.md §3, corporate actions).
 */
export const protectiveStopStateSchema = z.discriminatedUnion('phase', [
  z.strictObject({ phase: z.literal('waiting'), since }),
  z.strictObject({ phase: z.literal('guarding'), since }),
  z.strictObject({ phase: z.literal('suspended'), since, why: z.string().max(300) }),
  z.strictObject({ phase: z.literal('ended'), at: epochMsSchema, why: z.string().max(300) }),
]);
export type ProtectiveStopState = Readonly<z.infer<typeof protectiveStopStateSchema>>;

/**
 * A stop that stands by itself for a position, trailing or fixed. Its quantity never exceeds the position's. What rests
 * at IBKR is its order; this record is what survives a restart beside it.
 */
export const protectiveStopSchema = z.strictObject({
  id: groupIdSchema,
  account: accountIdSchema,
  conId: conIdSchema,
  symbol: z.string().max(40),
  /** SELL protects a long position. */
  side: sideSchema,
  /** What it was asked to protect. */
  quantity: quantitySchema,
  outsideRth: z.boolean(),
  plan: stopPlanSchema,
  /** Its order at IBKR; null while a managed one waits for its activation without an initial stop. */
  order: clientOrderIdSchema.nullable(),
  state: protectiveStopStateSchema,
  /** The best price since it trails: the highest for SELL, the lowest for BUY; null before it does, and for native ones. */
  waterMark: priceSchema.nullable(),
  opened: epochMsSchema,
});
export type ProtectiveStop = Readonly<z.infer<typeof protectiveStopSchema>>;

/** True for a stop that rests nowhere yet: it has no order to cancel. */
export function isWaiting({ state, order }: ProtectiveStop): boolean {
  return state.phase === 'waiting' && order === null;
}

/** One place where a stop stood. `waterMark` is null where IBKR moved it. */
export const stopMoveSchema = z.strictObject({
  at: epochMsSchema,
  stop: priceSchema,
  waterMark: priceSchema.nullable(),
});
export type StopMove = Readonly<z.infer<typeof stopMoveSchema>>;

/** The mode a config comes to: percent with an activation price is more than IBKR's adjusted stop can do. */
export function modeOf({ mode, trail, activationPrice, initialStopPrice }: TrailingStopConfig): TrailingMode {
  if (mode !== null) return mode;
  if (activationPrice === null) return 'native';
  return trail.by === 'amount' && initialStopPrice !== null ? 'native' : 'managed';
}
