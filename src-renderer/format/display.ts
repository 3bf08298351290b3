import { formatPrice, NOT_KNOWN } from '#domain/format';
import type { EpochMs } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { toFixedPlaces, toNumber, type Money, type Price, type Quantity, type Ratio } from '#domain/money';
import { priceDecimals } from '#domain/tick-rules';
import { formatTimeOfDay } from '#domain/format';

/** The time of the markets, whatever the desk's own zone. */
export const DISPLAY_ZONE = 'America/New_York';

/** `10:42:18`, New York time. */
export function formatClock(at: EpochMs): string {
  return formatTimeOfDay(at, DISPLAY_ZONE);
}

/** A price, or the sign for "not known", with the decimals of the instrument's tick. */
export function formatKnownPrice(price: Price | null, instrument?: Instrument): string {
  if (price === null) return NOT_KNOWN;
  return instrument === undefined ? formatPrice(price) : formatPrice(price, priceDecimals(instrument, price));
}

/** A change with its sign: `+276.00`, `−124.00`, `0.00`. */
export function formatChange(amount: Money | Price, decimals = 2): string {
  const text = toFixedPlaces(amount, decimals);
  if (Number(text) === 0) return text.replace('-', '');
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const digits = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  return `${text.startsWith('-') ? '−' : '+'}${digits}`;
}

/** A relative change with its sign and two places: `+0.80%`. */
export function formatChangePercent(ratio: Ratio): string {
  const percent = (toNumber(ratio) * 100).toFixed(2);
  if (Number(percent) === 0) return '0.00%';
  return percent.startsWith('-') ? `−${percent.slice(1)}%` : `+${percent}%`;
}

/** A whole amount beside a head that names its currency: `12,768`. */
export function formatWhole(amount: Money | Quantity): string {
  const text = toFixedPlaces(amount, 0);
  return (text.startsWith('-') ? '−' : '') + text.replace('-', '').replaceAll(/\B(?=(\d{3})+$)/g, ',');
}
