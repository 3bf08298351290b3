import { assert, present } from '#domain/assert';
import { parseUnits } from '#simulator/fixed';
import { CENT_RULE, SUB_DOLLAR_RULE } from '#simulator/tick-rules';
import { UNIVERSE } from '#simulator/universe';

/** One stock of the simulated market. */
export interface SimulatedInstrument {
  /** Its place in the universe: the key of every per-instrument table. */
  readonly index: number;
  readonly conId: number;
  readonly symbol: string;
  readonly name: string;
  readonly sector: string;
  readonly primaryExchange: string;
  readonly tradingClass: string;
  readonly marketRuleId: number;
  /** Where the price model starts, in units of 0.0001. */
  readonly referencePrice: number;
}

const INVENTED_CON_ID_FIRST = 700_000_001;
const BANDED_RULE_BELOW_UNITS = 50_000;

/** Every stock the simulator knows, sectors interleaved so that a small market still spans them all. */
export const ALL_INSTRUMENTS: readonly SimulatedInstrument[] = interleaved(
  Object.entries(UNIVERSE).map(([sector, lines]) => parseSector(sector, lines)),
).map((instrument, index) => ({ ...instrument, index }));

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

function parseSector(sector: string, lines: string): Omit<SimulatedInstrument, 'index'>[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [symbol = '', name = '', primaryExchange = '', price = '', conId] = line.trim().split('|');
      const referencePrice = present(parseUnits(price), `price of ${symbol}`);
      return {
        conId: conId === undefined ? inventedConId(symbol) : Number(conId),
        symbol,
        name,
        sector,
        primaryExchange,
        tradingClass: primaryExchange === 'NASDAQ' ? 'NMS' : symbol,
        marketRuleId: referencePrice < BANDED_RULE_BELOW_UNITS ? SUB_DOLLAR_RULE : CENT_RULE,
        referencePrice,
      };
    });
}

/** A number made of the symbol's letters, so that it stays the same when the list grows. */
function inventedConId(symbol: string): number {
  let value = 0;
  for (const letter of symbol) value = value * 27 + (letter.charCodeAt(0) - 64);
  return INVENTED_CON_ID_FIRST + value;
}

function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = Math.max(...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, place) => lists.flatMap((list) => list.slice(place, place + 1))).flat();
}
