import { isPositive, ratioSchema } from '#domain/money';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

/** IBKR's word for the sum over all currencies. */
const BASE = 'BASE';
/** A figure that IBKR keeps in the base currency, and so tells which one that is. */
const BASE_KEY = 'NetLiquidation';
const RATE_KEY = 'ExchangeRate';

/**
 * One figure of the account. Figures in other currencies than the account's own are not kept, but the rate by which
 * IBKR values them is. A rate that is no number above zero leaves the currency without one, and a value in it unknowable.
 */
export function onAccountValue(turn: Turn, fact: Extract<BrokerFact, { kind: 'account-value' }>): void {
  const { observed } = turn.state;
  const { key, value, currency } = fact;
  if (key === RATE_KEY) {
    const rate = ratioSchema.safeParse(value);
    if (rate.success && isPositive(rate.data)) observed.exchangeRates.set(currency, rate.data);
    else observed.exchangeRates.delete(currency);
    turn.markAllDirty();
    return;
  }
  if (key === BASE_KEY && currency !== '' && currency !== BASE && currency !== observed.baseCurrency) {
    observed.baseCurrency = currency;
    turn.markAllDirty();
  }
  if (currency === BASE) observed.keysInBase.add(key);
  // What comes as the sum over all currencies also comes for each of them, the base currency among these: a part only.
  const isWholeInBaseCurrency = currency === observed.baseCurrency && !observed.keysInBase.has(key);
  if (currency === '' || currency === BASE || isWholeInBaseCurrency) observed.accountValues.set(key, value);
}
