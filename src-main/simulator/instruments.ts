import { assert, present } from '#domain/assert';
import { parseUnits, unitsOf } from '#simulator/fixed';
import type { Listing } from '#simulator/listing';
import { OTHER_LISTINGS } from '#simulator/other-listings';
import type { PriceFile } from '#simulator/price-file';
import { CENT_RULE, SUB_DOLLAR_RULE } from '#simulator/tick-rules';
import { UNIVERSE } from '#simulator/universe';

/** One instrument of the simulated market. */
export interface SimulatedInstrument extends Listing {
  /** Its place in the market: the key of every per-instrument table. */
  readonly index: number;
}

const INVENTED_CON_ID_FIRST = 700_000_001;
/** Five letters never clash; longer symbols, and those with digits, may, and then take the next number. */
const INVENTED_CON_IDS = 1_000_000_007;
const BANDED_RULE_BELOW_UNITS = 50_000;

/** Every stock the simulator knows, sectors interleaved so that a small market still spans them all. */
export const ALL_INSTRUMENTS: readonly SimulatedInstrument[] = placed(
  interleaved(Object.entries(UNIVERSE).map(([sector, lines]) => parseSector(sector, lines))),
);

/** What every market has besides its stocks: a future, an option, a pair of currencies, a German stock, a share class. */
export const OTHER_INSTRUMENTS: readonly Listing[] = OTHER_LISTINGS.map(({ referencePrice, ...rest }) => ({
  ...rest,
  referencePrice: unitsOf(referencePrice),
}));

/**
 * The first `count` stocks.
 * @throws InvariantError when the universe does not have that many.
 */
export function instrumentsOf(count: number): readonly SimulatedInstrument[] {
  assert(
    Number.isInteger(count) && count >= 1 && count <= ALL_INSTRUMENTS.length,
    `the simulated market has 1 to ${String(ALL_INSTRUMENTS.length)} symbols, not ${String(count)}`,
  );
  return ALL_INSTRUMENTS.slice(0, count);
}

/**
 * Everything that trades: the first `count` stocks, or those of the price file, and after them the other instruments.
 * @param count all when left out; a price file decides by itself.
 * @throws InvariantError when the universe does not have that many.
 */
export function tradedInstruments(count: number | undefined, prices?: PriceFile): readonly SimulatedInstrument[] {
  const stocks: readonly Listing[] =
    prices === undefined ? instrumentsOf(count ?? ALL_INSTRUMENTS.length) : stocksOf(prices);
  const taken = new Set(stocks.map(({ symbol }) => symbol));
  return placed([
    ...stocks,
    ...OTHER_INSTRUMENTS.filter(({ secType, symbol }) => secType !== 'STK' || !taken.has(symbol)),
  ]);
}

/** The stocks of a price file; each starts at its last close. */
function stocksOf(prices: PriceFile): readonly Listing[] {
  const known = new Map([...ALL_INSTRUMENTS, ...OTHER_INSTRUMENTS].map((it) => [it.localSymbol, it]));
  const taken = new Set([...known.values()].map(({ conId }) => conId));
  return prices.symbols.map((symbol) => {
    const rows = present(prices.rows.get(symbol), `rows of ${symbol}`);
    const { close } = present(
      rows.findLast((row) => row !== undefined),
      `last row of ${symbol}`,
    );
    const listing = known.get(symbol) ?? stock(symbol, symbol, 'Unknown', 'NYSE', close, freeConId(symbol, taken));
    taken.add(listing.conId);
    return { ...listing, referencePrice: close, marketRuleId: ruleAt(close) };
  });
}

function parseSector(sector: string, lines: string): Listing[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [symbol = '', name = '', primaryExchange = '', price = '', conId] = line.trim().split('|');
      const referencePrice = present(parseUnits(price), `price of ${symbol}`);
      const id = conId === undefined ? inventedConId(symbol) : Number(conId);
      return stock(symbol, name, sector, primaryExchange, referencePrice, id);
    });
}

function stock(
  symbol: string,
  name: string,
  sector: string,
  primaryExchange: string,
  referencePrice: number,
  conId: number,
): Listing {
  return {
    ...{ conId, symbol, secType: 'STK', name, sector, exchange: 'SMART', primaryExchange, currency: 'USD' },
    ...{ multiplier: 1, localSymbol: symbol, tradingClass: primaryExchange === 'NASDAQ' ? 'NMS' : symbol },
    ...{ lastTradeDate: '', strike: '0', right: '', sizeIncrement: 1, marketRuleId: ruleAt(referencePrice) },
    referencePrice,
  };
}

function ruleAt(price: number): number {
  return price < BANDED_RULE_BELOW_UNITS ? SUB_DOLLAR_RULE : CENT_RULE;
}

/** A number made of the symbol's letters, so that it stays the same when the list grows. */
function inventedConId(symbol: string): number {
  let value = 0;
  for (const letter of symbol) value = (value * 27 + (letter.charCodeAt(0) - 64)) % INVENTED_CON_IDS;
  return INVENTED_CON_ID_FIRST + value;
}

function freeConId(symbol: string, taken: ReadonlySet<number>): number {
  let conId = inventedConId(symbol);
  while (taken.has(conId)) conId += 1;
  return conId;
}

function placed(listings: readonly Listing[]): readonly SimulatedInstrument[] {
  return listings.map((listing, index) => ({ ...listing, index }));
}

function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat();
}
