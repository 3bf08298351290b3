import type { EpochMs } from '#domain/ids';
import {
  decimalPlacesOf,
  isNegative,
  isZero,
  toFixedPlaces,
  toNumber,
  type Money,
  type Price,
  type Quantity,
  type Ratio,
  type SignedQuantity,
} from '#domain/money';

/** What stands where a value is not known. Zero is shown as 0. */
export const NOT_KNOWN = '–';
/** The minus of figures: as wide as a digit, never mistaken for a dash. */
const MINUS = '−';
const PRICE_DECIMALS_MIN = 2;
const AVERAGE_DECIMALS_MAX = 4;
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CURRENCY_SIGNS: ReadonlyMap<string, string> = new Map([
  ['USD', '$'],
  ['EUR', '€'],
  ['GBP', '£'],
]);

/** Plain decimal text with thousands separated and a typographic minus: `-1234.5` → `−1,234.5`. */
function grouped(text: string): string {
  const [whole = '', fraction] = (text.startsWith('-') ? text.slice(1) : text).split('.');
  const sign = text.startsWith('-') ? MINUS : '';
  const separated = whole.replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${separated}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A price with at least `decimals` places and never fewer than it has: `164.1` → `164.10`, `164.603` stays. */
export function formatPrice(price: Price, decimals = PRICE_DECIMALS_MIN): string {
  return grouped(toFixedPlaces(price, Math.max(decimals, decimalPlacesOf(price))));
}

/** A mean of prices, rounded to four places: `164.092500000001` → `164.0925`, `164.1` → `164.10`. */
export function formatAveragePrice(price: Price): string {
  const places = Math.min(Math.max(PRICE_DECIMALS_MIN, decimalPlacesOf(price)), AVERAGE_DECIMALS_MAX);
  return grouped(toFixedPlaces(price, places));
}

/** The size of an order: `1,234`. */
export function formatQuantity(quantity: Quantity): string {
  return grouped(quantity);
}

/** A limit, in units or in the account's currency, which is not named: `10,000`. */
export function formatLimit(limit: Quantity | Money): string {
  return grouped(limit);
}

/** A position or a change of one, always with its sign: `+60`, `−5`, `0`. */
export function formatSignedQuantity(quantity: SignedQuantity): string {
  return isZero(quantity) || isNegative(quantity) ? grouped(quantity) : `+${grouped(quantity)}`;
}

/** An amount of money in a sentence: `$12,768`, `CHF 1,000.50`. Cents only where there are any. */
export function formatMoney(amount: Money, currency: string): string {
  return amount.includes('.') ? formatCash(amount, currency) : withCurrency(amount, currency);
}

/** An amount of money in a column, always with cents: `$12,768.00`, `−$0.35`. */
export function formatCash(amount: Money, currency: string): string {
  return withCurrency(toFixedPlaces(amount, 2), currency);
}

function withCurrency(text: string, currency: string): string {
  const sign = CURRENCY_SIGNS.get(currency) ?? `${currency} `;
  const figure = grouped(text);
  return figure.startsWith(MINUS) ? `${MINUS}${sign}${figure.slice(1)}` : `${sign}${figure}`;
}

/** A ratio as percent with two places: `0.0213` → `2.13%`. Whole percents stand alone: `5%`. */
export function formatPercent(ratio: Ratio): string {
  const text = (toNumber(ratio) * 100).toFixed(2).replace(/\.00$/, '');
  return `${grouped(text)}%`;
}

const twoDigits = (n: number): string => String(n).padStart(2, '0');

/** An age in at most two units: `0.4s`, `42s`, `2m 20s`, `1h 04m`, `1d 00h`. Rounded down. */
export function formatAge(ms: number): string {
  const age = Math.max(0, Math.floor(ms));
  if (age < 10 * SECOND_MS) return `${(Math.floor(age / 100) / 10).toFixed(1)}s`;
  if (age < MINUTE_MS) return `${Math.floor(age / SECOND_MS)}s`;
  if (age < HOUR_MS) return `${Math.floor(age / MINUTE_MS)}m ${twoDigits(Math.floor((age % MINUTE_MS) / SECOND_MS))}s`;
  if (age < DAY_MS) return `${Math.floor(age / HOUR_MS)}h ${twoDigits(Math.floor((age % HOUR_MS) / MINUTE_MS))}m`;
  return `${Math.floor(age / DAY_MS)}d ${twoDigits(Math.floor((age % DAY_MS) / HOUR_MS))}h`;
}

/** A span in a sentence, rounded up to tenths so that one beyond a limit never reads like the limit: `18 s`, `5.1 s`. */
export function formatSeconds(ms: number): string {
  return `${grouped(String(Math.ceil(ms / 100) / 10))} s`;
}

const zoned = new Map<string, Intl.DateTimeFormat>();

function partsFormat(timeZone: string): Intl.DateTimeFormat {
  let format = zoned.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    zoned.set(timeZone, format);
  }
  return format;
}

/** The time of day in an IANA zone: `10:42:18`. @throws RangeError for a zone that does not exist. */
export function formatTimeOfDay(at: EpochMs, timeZone: string): string {
  return partsFormat(timeZone).format(at).slice(-8);
}

/** Date and time of day in an IANA zone: `2026-11-20 10:42:18`. @throws RangeError for a zone that does not exist. */
export function formatDateTime(at: EpochMs, timeZone: string): string {
  return partsFormat(timeZone).format(at).replace(',', '');
}
