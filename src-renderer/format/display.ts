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

const THOUSAND = 1_000;
const HUNDRED_THOUSAND = 100_000;
const MILLION = 1_000_000;

/** An amount in a narrow column: `924`, `46.9k`, `250k`, `1.25M`. */
export function formatThousands(amount: Money | Quantity): string {
  const value = toNumber(amount);
  const size = Math.abs(value);
  if (size < THOUSAND) return formatWhole(amount);
  const short =
    size < MILLION
      ? `${(size / THOUSAND).toFixed(size < HUNDRED_THOUSAND ? 1 : 0)}k`
      : `${(size / MILLION).toFixed(2)}M`;
  return `${value < 0 ? '−' : ''}${short}`;
}

/** A profit or loss with its sign and cents: `+12.50`; the sign for "not known" where it is not. */
export function formatResult(amount: Money | null): string {
  return amount === null ? NOT_KNOWN : formatChange(amount);
}

/** What of a profit or loss is told by colour too. */
export function toneOf(amount: Money | null): 'up' | 'down' | '' {
  const value = amount === null ? 0 : toNumber(amount);
  return value > 0 ? 'up' : value < 0 ? 'down' : '';
}

/** A day and time of the markets: `Wed 18 Nov 09:30 ET`. */
export function formatDayAndTime(at: EpochMs): string {
  return `${dayAndTime.format(at).replaceAll(',', '')} ET`;
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: DISPLAY_ZONE,
  ...{ weekday: 'short', day: '2-digit', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});
