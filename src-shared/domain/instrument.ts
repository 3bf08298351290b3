import * as z from 'zod';
import { formatQuantity } from '#domain/format';
import { conIdSchema, epochMsSchema } from '#domain/ids';
import { priceSchema, quantitySchema } from '#domain/money';

/** One stretch of trading, in absolute time. Half-open: opens ≤ t < closes. */
export const tradingSessionSchema = z.strictObject({ opens: epochMsSchema, closes: epochMsSchema });
export type TradingSession = Readonly<z.infer<typeof tradingSessionSchema>>;

/** From `from` upwards prices move in steps of `increment` (an IBKR market rule). Ascending, the first starts at 0. */
export const priceBandSchema = z.strictObject({ from: priceSchema, increment: priceSchema });
export type PriceBand = Readonly<z.infer<typeof priceBandSchema>>;

/**
 * The ticker text accepted from people, as IBKR writes it: upper case, share classes behind a space. What other programs
 * call BRK.B or BRK-B is IBKR's BRK B.
 */
export const symbolSchema = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9][A-Z0-9. -]{0,15}$/, 'expected a symbol such as AAPL or BRK B')
  .transform((text) => text.replace(/[.-]/g, ' '));

/** What IBKR says an instrument is. Fixed for a session day; hours are refreshed daily. */
export const instrumentSchema = z.strictObject({
  conId: conIdSchema,
  symbol: z.string().min(1).max(40),
  /** IBKR's type: STK for stocks and ETFs, FUT, OPT, CASH … */
  securityType: z.string().min(1).max(10),
  exchange: z.string().max(40),
  primaryExchange: z.string().max(40),
  currency: z.string().regex(/^[A-Z]{3}$/),
  /** Units of currency per point of price and unit of quantity: 1 for stocks. */
  multiplier: quantitySchema,
  longName: z.string().max(200),
  industry: z.string().max(80),
  category: z.string().max(80),
  /** COMMON, ETF, ADR … as IBKR writes it; empty when it does not say. */
  stockType: z.string().max(40),
  /** Never empty. */
  priceBands: z.array(priceBandSchema).min(1).max(64),
  sizeIncrement: quantitySchema,
  minimumSize: quantitySchema,
  timeZone: z.string().max(60),
  /** null: unknown, treated as cancel-only. */
  tradingHours: z.array(tradingSessionSchema).max(64).nullable(),
  liquidHours: z.array(tradingSessionSchema).max(64).nullable(),
});
export type Instrument = Readonly<z.infer<typeof instrumentSchema>>;

/** A hit of an instrument search, before its details are known. */
export const instrumentMatchSchema = z.strictObject({
  conId: conIdSchema,
  symbol: z.string().max(40),
  securityType: z.string().max(10),
  primaryExchange: z.string().max(40),
  currency: z.string().max(3),
  longName: z.string().max(200),
});
export type InstrumentMatch = Readonly<z.infer<typeof instrumentMatchSchema>>;

/** The first release trades stocks and ETFs; everything else is shown and counted. */
export function isTradable(instrument: Instrument): boolean {
  return instrument.securityType === 'STK';
}

/**
 * True when a bare symbol means this instrument: a stock in US dollars. SAP typed by a person is the share in New York,
 * never the one in Frankfurt, and no option or future hides behind a stock's symbol.
 */
export function isMeantBySymbol({ securityType, currency }: Instrument): boolean {
  return securityType === 'STK' && currency === 'USD';
}

/** What it is, and what a point of its price is worth where that is not one unit of currency: `STK`, `FUT ×50`. */
export function describeType({ securityType, multiplier }: Pick<Instrument, 'securityType' | 'multiplier'>): string {
  return multiplier === '1' ? securityType : `${securityType} ×${formatQuantity(multiplier)}`;
}
