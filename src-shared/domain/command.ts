import * as z from 'zod';
import { bracketOrderRequestSchema } from '#domain/bracket';
import { alarmIdSchema, clientOrderIdSchema, orderNumberSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { enteredMoneySchema, enteredPriceSchema, enteredQuantitySchema } from '#domain/money';
import { ocoOrderRequestSchema } from '#domain/oco';
import { enteredTermsSchema, placeableTimeInForceSchema, sideSchema, trailSchema } from '#domain/order-spec';
import {
  DIFFERENCES_SEEN_MAX,
  positionCauseSchema,
  REASON_LENGTH_MAX,
  REASON_LENGTH_MIN,
  seenDifferenceSchema,
} from '#domain/position-difference';
import { riskDecisionSchema } from '#domain/risk-decision';
import { tradingStateNameSchema } from '#domain/trading-state';
import { trailingStopConfigSchema } from '#domain/trailing-stop';

/** How many orders one cancel command may name. */
export const CANCEL_NUMBERS_MAX = 1_000;

/** A single order as a person asks for it; the engine fills in the account and the instrument's number. */
export const singleOrderRequestSchema = z.strictObject({
  symbol: symbolSchema,
  side: sideSchema,
  quantity: enteredQuantitySchema,
  terms: enteredTermsSchema,
  timeInForce: placeableTimeInForceSchema,
  outsideRth: z.boolean(),
  /** The order may cross zero: what is more than the position opens one on the other side. Absent: it may not. */
  allowFlip: z.boolean().optional(),
});
export type SingleOrderRequest = Readonly<z.infer<typeof singleOrderRequestSchema>>;

/** A change of a live order; null keeps what is. */
export const modifyRequestSchema = z.strictObject({
  number: orderNumberSchema,
  limit: enteredPriceSchema.nullable(),
  stop: enteredPriceSchema.nullable(),
  quantity: enteredQuantitySchema.nullable(),
  timeInForce: placeableTimeInForceSchema.nullable(),
});
export type ModifyRequest = Readonly<z.infer<typeof modifyRequestSchema>>;

/** A stop for what is held of a symbol and not yet protected: fixed at `stop`, or trailing. */
export const protectRequestSchema = z.strictObject({
  symbol: symbolSchema,
  protection: z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('stop'), stop: enteredPriceSchema }),
    z.strictObject({ by: z.literal('trail'), trail: trailSchema }),
  ]),
});
export type ProtectRequest = Readonly<z.infer<typeof protectRequestSchema>>;

/** What may be asked to be decided: the commands that go through risk. */
export const riskyCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('place-order'), request: singleOrderRequestSchema }),
  z.strictObject({ kind: z.literal('place-bracket'), request: bracketOrderRequestSchema }),
  z.strictObject({ kind: z.literal('modify-order'), request: modifyRequestSchema }),
  z.strictObject({ kind: z.literal('place-trailing-stop'), request: trailingStopConfigSchema }),
  z.strictObject({ kind: z.literal('place-oco'), request: ocoOrderRequestSchema }),
  z.strictObject({ kind: z.literal('protect-position'), request: protectRequestSchema }),
  /** Trades the whole position of a symbol back at the market; its protection goes as that fills. */
  z.strictObject({ kind: z.literal('close-position'), symbol: symbolSchema }),
]);
export type RiskyCommand = Readonly<z.infer<typeof riskyCommandSchema>>;

/** A change of the limits of one symbol; a field that is null stays as it is. */
export const limitChangeSchema = z.strictObject({
  maxPositionSize: enteredQuantitySchema.nullable(),
  maxOrderExposure: enteredMoneySchema.nullable(),
  maxDailyLoss: enteredMoneySchema.nullable(),
  maxCorrelationExposure: enteredMoneySchema.nullable(),
});
export type LimitChange = Readonly<z.infer<typeof limitChangeSchema>>;

/** What a person, a script or the window may command. Imperative, and idempotent by the key that comes with it. */
export const commandSchema = z.discriminatedUnion('kind', [
  ...riskyCommandSchema.options,
  z.strictObject({
    kind: z.literal('cancel-orders'),
    numbers: z.array(orderNumberSchema).min(1).max(CANCEL_NUMBERS_MAX),
  }),
  /** All own working orders, of one symbol or of all; `keepStops` spares protective stops. */
  z.strictObject({ kind: z.literal('cancel-all'), symbol: symbolSchema.nullable(), keepStops: z.boolean() }),
  /** Cancels what would open positions, and closes every position. */
  z.strictObject({ kind: z.literal('flatten') }),
  /** Gives up the trailing stops of a symbol that wait for their activation price and rest nowhere: no order has a number. */
  z.strictObject({ kind: z.literal('drop-waiting-stops'), symbol: symbolSchema }),
  /** A person says that a suspended stop may move again, from where its order rests. */
  z.strictObject({ kind: z.literal('rearm-stop'), number: orderNumberSchema }),
  z.strictObject({ kind: z.literal('clear-alarm'), alarmId: alarmIdSchema }),
  /** Sets limits of one symbol, in symbol_limits.json too; `change` null takes all of its own limits away. */
  z.strictObject({ kind: z.literal('set-symbol-limit'), symbol: symbolSchema, change: limitChangeSchema.nullable() }),
  /** Adding is allowed again although the daily loss has reached its limit; of the whole account where `symbol` is null. */
  z.strictObject({
    kind: z.literal('reset-loss-latch'),
    symbol: symbolSchema.nullable(),
    reason: z.string().trim().min(REASON_LENGTH_MIN).max(REASON_LENGTH_MAX),
  }),
  /**
   * The kill switch. HALTED cancels our own working orders, protective exits only with `includingStops`; `everywhere`: of
   * every client, by IBKR's global cancel, which takes the stops too.
   */
  z.strictObject({
    kind: z.literal('set-trading-state'),
    state: tradingStateNameSchema,
    includingStops: z.boolean(),
    everywhere: z.boolean(),
    reason: z.string().trim().max(REASON_LENGTH_MAX),
  }),
  /** Takes note of every position difference that nothing explained: what it was, by the word of a person who saw it. */
  z.strictObject({
    kind: z.literal('acknowledge-differences'),
    seen: z.array(seenDifferenceSchema).max(DIFFERENCES_SEEN_MAX),
    cause: positionCauseSchema,
    reason: z.string().trim().min(REASON_LENGTH_MIN).max(REASON_LENGTH_MAX),
  }),
]);
export type Command = Readonly<z.infer<typeof commandSchema>>;

/**
 * The symbols that a command needs defined and quoted before it is decided, each once. Closing needs no quote: what is
 * held is defined, and an exit never waits for the market's data.
 */
export function symbolsOf(command: Command): readonly string[] {
  switch (command.kind) {
    case 'place-order':
    case 'place-bracket':
    case 'place-trailing-stop':
    case 'protect-position':
      return [command.request.symbol];
    case 'place-oco':
      return [...new Set(command.request.legs.map(({ symbol }) => symbol))];
    default:
      return [];
  }
}

/** The answer to a command. `accepted` means written down and on its way, never done: done is an event. */
export const commandReplySchema = z.strictObject({
  outcome: z.enum(['accepted', 'denied', 'refused']),
  /** The orders the command made or touched, the entry of a bracket first. */
  orders: z.array(z.strictObject({ id: clientOrderIdSchema, number: orderNumberSchema })),
  decision: riskDecisionSchema.nullable(),
  /** Why it was denied or refused, in words; empty when accepted. */
  message: z.string(),
  /** True when this key was answered before and nothing new was done. */
  repeated: z.boolean(),
});
export type CommandReply = Readonly<z.infer<typeof commandReplySchema>>;
