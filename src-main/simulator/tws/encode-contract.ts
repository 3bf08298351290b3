import { formatUnits } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import { asciiText, type ServerMessage } from '#simulator/tws/encode';
import { SINCE } from '#simulator/tws/server-version';

/** Other places where IBKR trades a stock or an option that goes by SMART. */
const SMART_VENUES = { STK: ['ISLAND', 'ARCA', 'BATS', 'IEX'], OPT: ['CBOE', 'ISE', 'PHLX'] } as const;
const ORDER_TYPES = [
  ...['ACTIVETIM', 'ADJUST', 'ALERT', 'COND', 'CONDORDER', 'DAY', 'DEACT', 'GTC', 'GTD', 'IOC', 'LMT', 'MKT', 'OCA'],
  ...['STP', 'STPLMT', 'TRAIL', 'TRAILLMT', 'WHATIF'],
].join(',');
const ROUND_LOT = 100;
/** The last moment a future of an index trades: half past eight in Chicago. */
const FUTURE_STOPS_AT = '08:30 US/Central';

/** What contract details need besides the instrument. */
export interface DetailsReport {
  /** The exchange that was asked for; "" for the one orders go to. */
  readonly exchange: string;
  /** The tick at the present price, in units. */
  readonly tick: number;
  /** What the instrument derives from; 0 and "" where it derives from nothing. */
  readonly underConId: number;
  readonly underSymbol: string;
  readonly underSecType: string;
  readonly timeZone: string;
  readonly tradingHours: string;
  readonly liquidHours: string;
}

/** CONTRACT_DATA (10). */
export function contractDetails(
  serverVersion: number,
  reqId: number,
  instrument: SimulatedInstrument,
  details: DetailsReport,
): ServerMessage {
  const { symbol, secType, lastTradeDate, tradingClass, sector } = instrument;
  const exchanges = validExchangesOf(instrument);
  const isStock = secType === 'STK';
  return [
    10,
    reqId,
    symbol,
    secType,
    // TWS tells the time of a future's last trade here, and clients take the date from its beginning.
    secType === 'FUT' ? `${lastTradeDate} ${FUTURE_STOPS_AT}` : lastTradeDate,
    ...(serverVersion >= SINCE.LAST_TRADE_DATE ? [lastTradeDate] : []),
    instrument.strike,
    instrument.right,
    details.exchange === '' ? instrument.exchange : details.exchange,
    instrument.currency,
    instrument.localSymbol,
    tradingClass, // marketName
    tradingClass,
    instrument.conId,
    formatUnits(details.tick),
    multiplierText(instrument),
    ORDER_TYPES,
    exchanges.join(','),
    1, // priceMagnifier
    details.underConId,
    asciiText(instrument.name),
    instrument.primaryExchange,
    lastTradeDate.slice(0, 'YYYYMM'.length), // contractMonth
    isStock ? sector : '', // industry
    isStock ? sector : '', // category
    isStock ? sector : '', // subcategory
    details.timeZone,
    details.tradingHours,
    details.liquidHours,
    '', // evRule
    '', // evMultiplier
    0, // secIds
    1, // aggGroup
    details.underSymbol,
    details.underSecType,
    exchanges.map(() => instrument.marketRuleId).join(','),
    lastTradeDate, // realExpirationDate
    isStock ? 'COMMON' : '',
    instrument.sizeIncrement, // minSize
    instrument.sizeIncrement,
    isStock ? ROUND_LOT : instrument.sizeIncrement, // suggestedSizeIncrement
    ...(serverVersion >= SINCE.INELIGIBILITY_REASONS ? [0] : []),
  ];
}

/** What was found for a pattern, with the kinds of derivatives there are on it. */
export interface SymbolSample {
  readonly instrument: SimulatedInstrument;
  readonly derivatives: readonly string[];
}

export const symbolSamples = (reqId: number, found: readonly SymbolSample[]): ServerMessage => [
  79,
  reqId,
  found.length,
  ...found.flatMap(({ instrument, derivatives }) => [
    instrument.conId,
    instrument.symbol,
    instrument.secType,
    instrument.primaryExchange,
    instrument.currency,
    derivatives.length,
    ...derivatives,
    asciiText(instrument.name),
    '', // issuerId
  ]),
];

/** conId … tradingClass: the eleven fields that name an instrument in a server message. */
export function contractFields(instrument: SimulatedInstrument, exchange: string): ServerMessage {
  const { conId, symbol, secType, lastTradeDate, strike, right, currency, localSymbol, tradingClass } = instrument;
  return [
    ...[conId, symbol, secType, lastTradeDate, strike, right, multiplierText(instrument)],
    ...[exchange, currency, localSymbol, tradingClass],
  ];
}

/** Where an order for the instrument may be sent, the usual place first. */
export function validExchangesOf({ secType, exchange, primaryExchange }: SimulatedInstrument): readonly string[] {
  if (exchange !== 'SMART') return secType === 'STK' ? ['SMART', exchange] : [exchange];
  const venues = secType === 'OPT' ? SMART_VENUES.OPT : [primaryExchange, ...SMART_VENUES.STK];
  return [...new Set([exchange, ...venues])];
}

/** Where the orders that go by SMART are executed; everything else on its own exchange. */
export function executionVenueOf({ secType, exchange }: SimulatedInstrument): string {
  if (exchange !== 'SMART') return exchange;
  return secType === 'OPT' ? SMART_VENUES.OPT[0] : SMART_VENUES.STK[0];
}

/** TWS names a multiplier only where a contract has one. */
function multiplierText({ secType, multiplier }: SimulatedInstrument): string {
  return secType === 'FUT' || secType === 'OPT' ? String(multiplier) : '';
}
