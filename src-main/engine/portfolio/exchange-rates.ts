import { ratioSchema, type Ratio } from '#domain/money';
import type { EngineFacts } from '#engine/engine-facts';

const ONE: Ratio = ratioSchema.parse('1');

/** One unit of `currency` in the account's base currency; null while IBKR has not said. */
export function exchangeRateOf({ observed }: EngineFacts, currency: string): Ratio | null {
  if (observed.baseCurrency === null) return null;
  return currency === observed.baseCurrency ? ONE : (observed.exchangeRates.get(currency) ?? null);
}
