import * as z from 'zod';
import { clientOrderIdSchema, groupIdSchema, epochMsSchema, conIdSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { compare, enteredPriceSchema, enteredQuantitySchema, quantitySchema, type Price } from '#domain/money';
import {
  enteredTermsSchema,
  placeableTimeInForceSchema,
  sideSchema,
  trailSchema,
  type EnteredTerms,
  type ObservedTerms,
  type Side,
} from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';

/** How many covers a bracket remembers. */
export const COVERS_MAX = 20;
/** How many levels a bracket may scale out at. */
export const SCALE_OUT_LEVELS_MAX = 10;

/** The stop of a bracket: fixed, with a limit behind it (which may not fill), or trailing, moved by IBKR. */
export const stopLossSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('STP'), stop: enteredPriceSchema }),
  z.strictObject({ type: z.literal('STP LMT'), stop: enteredPriceSchema, limit: enteredPriceSchema }),
  /** `stop`: where it starts; null: its trail away from the entry's reference price. */
  z.strictObject({ type: z.literal('TRAIL'), trail: trailSchema, stop: enteredPriceSchema.nullable() }),
]);
export type StopLoss = Readonly<z.infer<typeof stopLossSchema>>;

/**
 * An entry with its exits: the entry fills, then a target and a stop protect it, and one exit's fill reduces the other.
 * Exits are of the opposite side and the same quantity; GTC unless told otherwise.
 */
export const bracketOrderRequestSchema = z.strictObject({
  symbol: symbolSchema,
  side: sideSchema,
  quantity: enteredQuantitySchema,
  parent: z.discriminatedUnion('type', [
    enteredTermsSchema.options[0],
    enteredTermsSchema.options[1],
    enteredTermsSchema.options[2],
  ]),
  takeProfit: z.strictObject({ limit: enteredPriceSchema }).nullable(),
  stopLoss: stopLossSchema,
  timeInForce: placeableTimeInForceSchema,
  exitTimeInForce: z.enum(['DAY', 'GTC']),
  outsideRth: z.boolean(),
  /**
   * Scaling out: a target of its own for each part of the quantity, each with its own stop; empty for one target. The
   * quantities add up to `quantity`, and `takeProfit` is null then.
   */
  levels: z
    .array(z.strictObject({ quantity: enteredQuantitySchema, limit: enteredPriceSchema }))
    .max(SCALE_OUT_LEVELS_MAX)
    .default([]),
});
export type BracketOrderRequest = Readonly<z.infer<typeof bracketOrderRequestSchema>>;

/** A placed bracket: which orders belong together, and until when its exits may outlive an entry that never filled. */
export const bracketGroupSchema = z.strictObject({
  id: groupIdSchema,
  conId: conIdSchema,
  symbol: z.string().max(40),
  side: sideSchema,
  parent: clientOrderIdSchema,
  takeProfit: clientOrderIdSchema.nullable(),
  stopLoss: clientOrderIdSchema,
  /** Stops of ours that covered what had filled while IBKR held the exits back or had taken them away; oldest first. */
  covers: z.array(clientOrderIdSchema).max(COVERS_MAX).default([]),
  opened: epochMsSchema,
  closed: epochMsSchema.nullable(),
  /** The moment from which exits that should be gone are cancelled by us; null while nothing is owed. */
  exitsDueBy: epochMsSchema.nullable(),
  /** The brackets of one scale-out share its id, and stand in the order of their levels. */
  scaleOut: z
    .strictObject({ id: groupIdSchema, level: z.int().positive(), of: z.int().positive() })
    .nullable()
    .default(null),
  /** What something else than its exits has closed of it: its exits have shrunk by that for good. Absent: nothing. */
  givenUp: quantitySchema.optional(),
  /** A person took its stop away, or made it smaller: no stop of ours takes its place. Absent: nobody did. */
  stopWaived: z.boolean().optional(),
});
export type BracketGroup = Readonly<z.infer<typeof bracketGroupSchema>>;

/** Which price stands on the wrong side of which. */
export interface GeometryFault {
  readonly leg: 'stop-loss' | 'take-profit';
  readonly side: Side;
  readonly price: Price;
  readonly entry: Price;
}

/**
 * The price an entry is expected near: its limit, its stop, or for a market entry the far touch (ask for BUY, bid for
 * SELL); null when the touch is not known.
 */
export function entryReference(parent: EnteredTerms, side: Side, bid: Price | null, ask: Price | null): Price | null {
  if (parent.type === 'LMT' || parent.type === 'STP LMT') return parent.limit;
  if (parent.type === 'STP') return parent.stop;
  return side === 'BUY' ? ask : bid;
}

/** True for the types that a person enters by themselves, and that an entry may have. */
export function isEntered(terms: ObservedTerms): terms is EnteredTerms {
  return terms.type === 'MKT' || terms.type === 'LMT' || terms.type === 'STP' || terms.type === 'STP LMT';
}

/** BUY wants stop < entry < target, SELL the mirror. */
export function checkBracketGeometry(
  side: Side,
  entry: Price,
  stopLoss: Price,
  takeProfit: Price | null,
): Result<null, GeometryFault> {
  const below = side === 'BUY' ? -1 : 1;
  if (compare(stopLoss, entry) !== below) return err({ leg: 'stop-loss', side, price: stopLoss, entry });
  if (takeProfit !== null && compare(entry, takeProfit) !== below) {
    return err({ leg: 'take-profit', side, price: takeProfit, entry });
  }
  return ok(null);
}
