import { err, ok, type Result } from '#domain/result';
import { UNITS_PER_ONE } from '#simulator/fixed';

/** One symbol's trading day: prices in units of 0.0001, volume in shares. */
export interface DailyPrices {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Daily prices of several symbols. */
export interface PriceFile {
  /** The days on which anything traded, oldest first, as YYYY-MM-DD. */
  readonly dates: readonly string[];
  /** In the order of their first line. */
  readonly symbols: readonly string[];
  /** By symbol, one place per date; undefined where the symbol did not trade. */
  readonly rows: ReadonlyMap<string, readonly (DailyPrices | undefined)[]>;
}

const HEADER = 'date,symbol,open,high,low,close,volume';
const COLUMNS = HEADER.split(',');
/** A thousand symbols for two years, or a hundred for twenty. */
export const PRICE_FILE_ROWS_MAX = 500_000;
export const PRICE_FILE_SYMBOLS_MAX = 1_000;
const PRICE_MAX = 1_000_000;
const VOLUME_MAX = 1_000_000_000_000;
const SHOWN_CHARS_MAX = 40;

const SYMBOL = /^[A-Z][A-Z0-9]{0,9}(?:[ .-][A-Z0-9]{1,3})?$/;
const DECIMAL = /^\d{1,7}(?:\.\d{1,12})?$/;
const WHOLE = /^\d{1,13}$/;
const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A line of the file as it is read. */
interface Row extends DailyPrices {
  readonly line: number;
  readonly date: string;
  readonly symbol: string;
}

/**
 * Reads `date,symbol,open,high,low,close,volume` with a header line. Prices finer than 0.0001 are rounded. Rows may come in
 * any order; a symbol may start late, end early or miss days.
 * @returns in words where it is wrong: the line, the field, the value and what was expected.
 */
export function parsePriceFile(text: string): Result<PriceFile, string> {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const [header = '', ...data] = lines;
  if (header !== HEADER) return err(refusal(1, 'header', header, `"${HEADER}"`));
  if (data.length === 0) return err(refusal(2, 'line', '', 'at least one row of prices'));
  if (data.length > PRICE_FILE_ROWS_MAX) {
    return err(refusal(PRICE_FILE_ROWS_MAX + 2, 'line', '', `at most ${PRICE_FILE_ROWS_MAX} rows`));
  }
  const rows: Row[] = [];
  const firstLines = new Map<string, number>();
  for (const [place, line] of data.entries()) {
    const row = parseRow(line, place + 2);
    if (!row.ok) return row;
    const key = `${row.value.date} ${row.value.symbol}`;
    const before = firstLines.get(key);
    if (before !== undefined) {
      return err(refusal(row.value.line, 'symbol', key, `one row a day; line ${before} has it already`));
    }
    firstLines.set(key, row.value.line);
    rows.push(row.value);
  }
  return arranged(rows);
}

function arranged(rows: readonly Row[]): Result<PriceFile, string> {
  const dates = [...new Set(rows.map(({ date }) => date))].sort();
  const places = new Map(dates.map((date, place) => [date, place]));
  const bySymbol = new Map<string, (DailyPrices | undefined)[]>();
  for (const { line, date, symbol, ...prices } of rows) {
    const days = bySymbol.get(symbol) ?? dates.map((): DailyPrices | undefined => undefined);
    days[Number(places.get(date))] = prices;
    bySymbol.set(symbol, days);
    if (bySymbol.size > PRICE_FILE_SYMBOLS_MAX) {
      return err(refusal(line, 'symbol', symbol, `at most ${PRICE_FILE_SYMBOLS_MAX} symbols`));
    }
  }
  return ok({ dates, symbols: [...bySymbol.keys()], rows: bySymbol });
}

function parseRow(text: string, line: number): Result<Row, string> {
  const fields = text.split(',');
  if (fields.length !== COLUMNS.length) {
    return err(refusal(line, 'line', text, `${COLUMNS.length} fields: ${HEADER}`));
  }
  const [date = '', symbol = '', open = '', high = '', low = '', close = '', volume = ''] = fields;
  if (!isDate(date)) return err(refusal(line, 'date', date, 'a date as YYYY-MM-DD'));
  if (!SYMBOL.test(symbol)) {
    return err(refusal(line, 'symbol', symbol, 'capital letters and digits, e.g. AAPL or "BRK B"'));
  }
  const prices = { open: unitsIn(open), high: unitsIn(high), low: unitsIn(low), close: unitsIn(close) };
  for (const [field, value] of [
    ['open', open],
    ['high', high],
    ['low', low],
    ['close', close],
  ] as const) {
    const units = prices[field];
    if (!(units > 0)) return err(refusal(line, field, value, `a price above 0 and up to ${PRICE_MAX}, e.g. 41.35`));
    if (units > prices.high) return err(refusal(line, field, value, `at most the high of the day, ${high}`));
    if (units < prices.low) return err(refusal(line, field, value, `at least the low of the day, ${low}`));
  }
  if (!WHOLE.test(volume) || Number(volume) > VOLUME_MAX) {
    return err(refusal(line, 'volume', volume, `a whole number of shares up to ${VOLUME_MAX}`));
  }
  return ok({ line, date, symbol, ...prices, volume: Number(volume) });
}

function isDate(text: string): boolean {
  const match = DATE.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && year >= 1900;
}

/** A price in units, rounded to the nearest; NaN when it is none. */
function unitsIn(text: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return value <= PRICE_MAX ? Math.round(value * UNITS_PER_ONE) : Number.NaN;
}

function refusal(line: number, field: string, value: string, expectation: string): string {
  const shown = value.length > SHOWN_CHARS_MAX ? `${value.slice(0, SHOWN_CHARS_MAX)}…` : value;
  return `line ${line}: ${field} is ${JSON.stringify(shown)}, expected ${expectation}`;
}
