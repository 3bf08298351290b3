import * as z from 'zod';
import { clientOrderIdSchema, groupIdSchema, epochMsSchema, conIdSchema } from '#domain/ids';
import { symbolSchema } from '#domain/instrument';
import { compare, enteredPriceSchema, enteredQuantitySchema, type Price } from '#domain/money';
import {
  orderTermsSchema,
  placeableTimeInForceSchema,
  sideSchema,
  type OrderTerms,
  type Side,
} from '#domain/order-spec';
import { err, ok, type Result } from '#domain/result';

/**
 * An entry with its exits: the entry fills, then a target and a stop protect it, and one exit's fill reduces the other.
 * Exits are of the opposite side and the same quantity; GTC unless told otherwise.
 */
export const bracketOrderRequestSchema = z.strictObject({
  symbol: symbolSchema,
  side: sideSchema,
  quantity: enteredQuantitySchema,
  parent: orderTermsSchema,
  takeProfit: z.strictObject({ limit: enteredPriceSchema }).nullable(),
  stopLoss: z.strictObject({ stop: enteredPriceSchema }),
  timeInForce: placeableTimeInForceSchema,
  exitTimeInForce: z.enum(['DAY', 'GTC']),
  outsideRth: z.boolean(),
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
  opened: epochMsSchema,
  closed: epochMsSchema.nullable(),
  /** The moment from which exits that should be gone are cancelled by us; null while nothing is owed. */
  exitsDueBy: epochMsSchema.nullable(),
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
export function entryReference(parent: OrderTerms, side: Side, bid: Price | null, ask: Price | null): Price | null {
  if (parent.type === 'LMT') return parent.limit;
  if (parent.type === 'STP') return parent.stop;
  return side === 'BUY' ? ask : bid;
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
