import * as z from 'zod';
import { accountIdSchema, conIdSchema } from '#domain/ids';
import { enteredPriceSchema, percentSchema, priceSchema, quantitySchema, type Price } from '#domain/money';

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

/** Which price lets a stop go: IBKR's default for the instrument unless an order says `last`, `bidAsk` or `mid`. */
export const triggerSourceSchema = z.enum(['last', 'bidAsk', 'mid']);
export type TriggerSource = z.infer<typeof triggerSourceSchema>;

/** How far a trailing stop keeps from the market: an amount of money per unit, or percent of the price (2 is 2 %). */
const trailOf = <T extends z.ZodType<Price>>(price: T) =>
  z.discriminatedUnion('by', [
    z.strictObject({ by: z.literal('amount'), amount: price }),
    z.strictObject({ by: z.literal('percent'), percent: percentSchema }),
  ]);
export const trailSchema = trailOf(enteredPriceSchema);
export type Trail = Readonly<z.infer<typeof trailSchema>>;

/** The prices of every type, by the schema that a price must meet. */
const termsOf = <T extends z.ZodType<Price>>(price: T) =>
  [
    z.strictObject({ type: z.literal('MKT') }),
    z.strictObject({ type: z.literal('LMT'), limit: price }),
    z.strictObject({ type: z.literal('STP'), stop: price }),
    z.strictObject({ type: z.literal('STP LMT'), stop: price, limit: price }),
    /** IBKR moves the stop. `stop`: where it starts and, once IBKR reports, where it stands; null: IBKR computes it. */
    z.strictObject({ type: z.literal('TRAIL'), trail: trailOf(price), stop: price.nullable() }),
    /** The limit keeps `limitOffset` beyond the moving stop: below it for SELL, above it for BUY. */
    z.strictObject({
      type: z.literal('TRAIL LIMIT'),
      trail: trailOf(price),
      stop: price.nullable(),
      limitOffset: price,
    }),
    /** A stop that turns into a trailing one, once, when the market touches `activation`: then it starts at `trailingStop`. */
    z.strictObject({
      type: z.literal('STP TO TRAIL'),
      stop: price,
      activation: price,
      trailingStop: price,
      trailAmount: price,
    }),
  ] as const;

/** An order type that this release shows and can cancel but does not place or modify. */
const other = z.strictObject({
  type: z.literal('OTHER'),
  name: z.string().min(1).max(60),
  limit: priceSchema.nullable(),
  stop: priceSchema.nullable(),
});

/** Prices of an order that we may place. */
export const orderTermsSchema = z.discriminatedUnion('type', termsOf(enteredPriceSchema));
export type OrderTerms = Readonly<z.infer<typeof orderTermsSchema>>;
/** The types a person enters by themselves; trailing ones come from a trailing stop's own command. */
export const enteredTermsSchema = z.discriminatedUnion('type', [
  orderTermsSchema.options[0],
  orderTermsSchema.options[1],
  orderTermsSchema.options[2],
  orderTermsSchema.options[3],
]);
export type EnteredTerms = Readonly<z.infer<typeof enteredTermsSchema>>;
/** Prices of any order that IBKR may show us. */
export const observedTermsSchema = z.discriminatedUnion('type', [...termsOf(priceSchema), other]);
export type ObservedTerms = Readonly<z.infer<typeof observedTermsSchema>>;

const common = {
  account: accountIdSchema,
  conId: conIdSchema,
  symbol: z.string().min(1).max(40),
  side: sideSchema,
  quantity: quantitySchema,
  timeInForce: timeInForceSchema,
  outsideRth: z.boolean(),
  /** Absent: IBKR's default for the instrument. */
  triggerOn: triggerSourceSchema.optional(),
};

/** An order we may place: everything the broker needs, nothing else. */
export const orderSpecSchema = z.strictObject({ ...common, terms: orderTermsSchema });
export type OrderSpec = Readonly<z.infer<typeof orderSpecSchema>>;
/** An order as the ledger holds it; other people's may be of types that we never place. */
export const observedSpecSchema = z.strictObject({ ...common, terms: observedTermsSchema });
export type ObservedSpec = Readonly<z.infer<typeof observedSpecSchema>>;

/** The limit price of terms, or null where the type has none of its own. */
export function limitOf(terms: ObservedTerms): Price | null {
  return 'limit' in terms ? terms.limit : null;
}

/** The trigger price of terms, or null where the type has none. */
export function stopOf(terms: ObservedTerms): Price | null {
  return 'stop' in terms ? terms.stop : null;
}

/** True for the types whose stop IBKR itself moves. */
export function isTrailing(terms: ObservedTerms): terms is Extract<ObservedTerms, { type: 'TRAIL' | 'TRAIL LIMIT' }> {
  return terms.type === 'TRAIL' || terms.type === 'TRAIL LIMIT';
}

/** True for every type that rests until the market touches its stop. */
export function isStopType(terms: ObservedTerms): boolean {
  return terms.type === 'STP' || terms.type === 'STP LMT' || terms.type === 'STP TO TRAIL' || isTrailing(terms);
}

/** The order type as traders write it: MKT, LMT, STP …, or IBKR's own name. */
export function typeNameOf(terms: ObservedTerms): string {
  return terms.type === 'OTHER' ? terms.name : terms.type;
}

/** True when both terms name the same type and prices. */
export function sameTerms(a: ObservedTerms, b: ObservedTerms): boolean {
  return stopOf(a) === stopOf(b) && sameApartFromStop(a, b);
}

/** True when `shown` is what was asked for: the stop of a trailing order is IBKR's to move. */
export function answersTo(shown: ObservedTerms, asked: ObservedTerms): boolean {
  return isTrailing(shown) ? sameApartFromStop(shown, asked) : sameTerms(shown, asked);
}

function sameApartFromStop(a: ObservedTerms, b: ObservedTerms): boolean {
  const others = figuresOf(b);
  return typeNameOf(a) === typeNameOf(b) && figuresOf(a).every((figure, index) => figure === others[index]);
}

/** What terms say beside their type and stop. */
function figuresOf(terms: ObservedTerms): readonly (string | null)[] {
  if (terms.type === 'STP TO TRAIL') return [terms.activation, terms.trailingStop, terms.trailAmount];
  if (!isTrailing(terms)) return [limitOf(terms)];
  const { trail } = terms;
  const offset = terms.type === 'TRAIL LIMIT' ? terms.limitOffset : null;
  return [trail.by, trail.by === 'amount' ? trail.amount : trail.percent, offset];
}
