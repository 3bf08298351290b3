import * as z from 'zod';
import { accountIdSchema, conIdSchema } from '#domain/ids';
import { enteredPriceSchema, priceSchema, quantitySchema, type Price } from '#domain/money';

export const sideSchema = z.enum(['BUY', 'SELL']);
export type Side = z.infer<typeof sideSchema>;

/** The side that undoes `side`. */
export function oppositeOf(side: Side): Side {
  return side === 'BUY' ? 'SELL' : 'BUY';
}

export const timeInForceSchema = z.enum(['DAY', 'GTC', 'IOC', 'GTD']);
export type TimeInForce = z.infer<typeof timeInForceSchema>;

/** The times in force this release places; GTD is shown on orders that others placed. */
export const placeableTimeInForceSchema = z.enum(['DAY', 'GTC', 'IOC']);

const market = z.strictObject({ type: z.literal('MKT') });
const limit = z.strictObject({ type: z.literal('LMT'), limit: priceSchema });
const stop = z.strictObject({ type: z.literal('STP'), stop: priceSchema });
/** An order type that this release shows and can cancel but does not place or modify. */
const other = z.strictObject({
  type: z.literal('OTHER'),
  name: z.string().min(1).max(60),
  limit: priceSchema.nullable(),
  stop: priceSchema.nullable(),
});

/** Prices of an order that we may place. */
export const orderTermsSchema = z.discriminatedUnion('type', [
  market,
  z.strictObject({ type: z.literal('LMT'), limit: enteredPriceSchema }),
  z.strictObject({ type: z.literal('STP'), stop: enteredPriceSchema }),
]);
export type OrderTerms = Readonly<z.infer<typeof orderTermsSchema>>;
/** Prices of any order that IBKR may show us. */
export const observedTermsSchema = z.discriminatedUnion('type', [market, limit, stop, other]);
export type ObservedTerms = Readonly<z.infer<typeof observedTermsSchema>>;

const common = {
  account: accountIdSchema,
  conId: conIdSchema,
  symbol: z.string().min(1).max(40),
  side: sideSchema,
  quantity: quantitySchema,
  timeInForce: timeInForceSchema,
  outsideRth: z.boolean(),
};

/** An order we may place: everything the broker needs, nothing else. */
export const orderSpecSchema = z.strictObject({ ...common, terms: orderTermsSchema });
export type OrderSpec = Readonly<z.infer<typeof orderSpecSchema>>;
/** An order as the ledger holds it; other people's may be of types that we never place. */
export const observedSpecSchema = z.strictObject({ ...common, terms: observedTermsSchema });
export type ObservedSpec = Readonly<z.infer<typeof observedSpecSchema>>;

/** The limit price of terms, or null where the type has none. */
export function limitOf(terms: ObservedTerms): Price | null {
  return terms.type === 'LMT' || terms.type === 'OTHER' ? terms.limit : null;
}

/** The trigger price of terms, or null where the type has none. */
export function stopOf(terms: ObservedTerms): Price | null {
  return terms.type === 'STP' || terms.type === 'OTHER' ? terms.stop : null;
}

/** The order type as traders write it: MKT, LMT, STP, or IBKR's own name. */
export function typeNameOf(terms: ObservedTerms): string {
  return terms.type === 'OTHER' ? terms.name : terms.type;
}

/** True when both terms name the same type and prices. */
export function sameTerms(a: ObservedTerms, b: ObservedTerms): boolean {
  return typeNameOf(a) === typeNameOf(b) && limitOf(a) === limitOf(b) && stopOf(a) === stopOf(b);
}
