import { SecType, type Contract, type ContractDescription, type ContractDetails } from '@stoqey/ib';
import { conIdSchema, type ConId } from '#domain/ids';
import {
  instrumentMatchSchema,
  instrumentSchema,
  type Instrument,
  type InstrumentMatch,
  type PriceBand,
} from '#domain/instrument';
import { compare, isNegative, isPositive, price, priceFromNumber, quantityFromNumber } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import { describeIssues } from '#domain/schema-issues';
import type { InstrumentQuery } from '#ports/broker-port';
import { symbolOf } from './ib-order-codec';
import { tradingSessionsOf } from './ib-time';

const SMART = 'SMART';
const USD = 'USD';
const PRICE_BANDS_MAX = 64;
const SYMBOL_LENGTH_MAX = 40;
const LONG_NAME_LENGTH_MAX = 200;
const INDUSTRY_LENGTH_MAX = 80;
const WORD_LENGTH_MAX = 40;
const ZERO = price('0');

/** Where US stocks and ETFs have their primary listing. */
const US_LISTINGS: ReadonlySet<string> = new Set(['NYSE', 'NASDAQ', 'ARCA', 'AMEX', 'BATS', 'IEX']);

/** A share class as people write it: BRK.B, BRK-B, BRK/B. */
const SHARE_CLASS = /^([A-Z0-9]+)[./-]([A-Z0-9]{1,4})$/;

/** IBKR's way to write the symbol of a stock: BRK B, where people write BRK.B. */
export function stockSymbolOf(typed: string): string {
  return typed.trim().toUpperCase().replace(SHARE_CLASS, '$1 $2');
}

/** What to ask contract details for: a US stock or ETF by its symbol, or anything by IBKR's number. */
export function contractOf(query: InstrumentQuery): Contract {
  return query.by === 'contract'
    ? { conId: query.conId }
    : { symbol: stockSymbolOf(query.symbol), secType: SecType.STK, exchange: SMART, currency: USD };
}

/** What to ask market data for. */
export function quoteContractOf(conId: ConId, exchange: string): Contract {
  return { conId, exchange };
}

/**
 * The one among several answers that is meant: of IBKR's number that number, where SMART or else its primary listing
 * trades it; of a symbol exactly that symbol in dollars, with a US primary listing before any other. IBKR's own order
 * decides the rest.
 */
export function pickDetails(query: InstrumentQuery, answers: readonly ContractDetails[]): ContractDetails | undefined {
  if (query.by === 'contract') {
    const exact = answers.filter(({ contract }) => contract.conId === query.conId);
    return (
      exact.find(({ contract }) => contract.exchange === SMART) ??
      exact.find(({ contract }) => contract.exchange === contract.primaryExch) ??
      exact[0]
    );
  }
  const symbol = stockSymbolOf(query.symbol);
  const exact = answers.filter(
    ({ contract }) => contract.symbol === symbol && contract.secType === SecType.STK && contract.currency === USD,
  );
  return exact.find(({ contract }) => US_LISTINGS.has(contract.primaryExch ?? '')) ?? exact[0];
}

function exchangesOf(details: ContractDetails): readonly string[] {
  return (details.validExchanges ?? '').split(',').filter((exchange) => exchange !== '');
}

/** Where an instrument is asked for and traded: SMART if it can be, else its own exchange. */
function exchangeOf(details: ContractDetails): string {
  const exchanges = exchangesOf(details);
  const { exchange, primaryExch } = details.contract;
  if (exchanges.includes(SMART)) return SMART;
  const named = [exchange, primaryExch, ...exchanges].find((each) => each !== undefined && each !== '');
  return (named ?? SMART).slice(0, WORD_LENGTH_MAX);
}

/** The market rule of its exchange: the ids stand in the order of the valid exchanges. null when there is none. */
export function marketRuleIdOf(details: ContractDetails): number | null {
  const position = exchangesOf(details).indexOf(exchangeOf(details));
  const id = Number((details.marketRuleIds ?? '').split(',')[position]);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

/** The price bands of a market rule; empty when nothing in it can be used. */
export function priceBandsOf(increments: readonly unknown[]): readonly PriceBand[] {
  const bands = increments.flatMap((increment): PriceBand[] => {
    const from = priceFromNumber(numberAt(increment, 'lowEdge'));
    const step = priceFromNumber(numberAt(increment, 'increment'));
    return from === undefined || step === undefined || isNegative(from) || !isPositive(step)
      ? []
      : [{ from, increment: step }];
  });
  bands.sort((a, b) => compare(a.from, b.from));
  return bands.slice(0, PRICE_BANDS_MAX).map((band, index) => (index === 0 ? { ...band, from: ZERO } : band));
}

function numberAt(holder: unknown, key: string): number | undefined {
  const value: unknown = typeof holder === 'object' && holder !== null ? Reflect.get(holder, key) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** One band from the smallest price variation, for instruments whose rule is not known. */
function fallbackBands(minTick: number | undefined): readonly PriceBand[] {
  return priceBandsOf(minTick === undefined ? [] : [{ lowEdge: 0, increment: minTick }]);
}

/**
 * Reads contract details.
 * @param rule - the bands of its market rule, empty when the rule could not be had: then its smallest tick counts. Never
 *   from tickReqParams, whose tick the library reads as 0.
 * @returns why not, when IBKR's description can not be used.
 */
export function decodeInstrument(details: ContractDetails, rule: readonly PriceBand[]): Result<Instrument, string> {
  const { contract } = details;
  const timeZone = details.timeZoneId ?? '';
  const raw = {
    conId: contract.conId,
    symbol: symbolOf(contract),
    securityType: contract.secType,
    exchange: exchangeOf(details),
    primaryExchange: (contract.primaryExch ?? '').slice(0, WORD_LENGTH_MAX),
    currency: contract.currency,
    multiplier: multiplierOf(details),
    longName: (details.longName ?? '').slice(0, LONG_NAME_LENGTH_MAX),
    industry: (details.industry ?? '').slice(0, INDUSTRY_LENGTH_MAX),
    category: (details.category ?? '').slice(0, INDUSTRY_LENGTH_MAX),
    stockType: (details.stockType ?? '').slice(0, WORD_LENGTH_MAX),
    priceBands: rule.length > 0 ? rule : fallbackBands(details.minTick),
    sizeIncrement: positiveOr('1', details.sizeIncrement),
    minimumSize: positiveOr('1', details.minSize),
    timeZone,
    tradingHours: tradingSessionsOf(details.tradingHours ?? '', timeZone),
    liquidHours: tradingSessionsOf(details.liquidHours ?? '', timeZone),
  };
  const parsed = instrumentSchema.safeParse(raw);
  return parsed.success ? ok(parsed.data) : err(describeIssues(parsed.error, raw));
}

/**
 * Currency per point of price: IBKR's multiplier, by the price magnifier where prices are quoted in parts of the currency
 * (cents for corn).
 */
function multiplierOf({ contract, priceMagnifier = 1 }: ContractDetails): string {
  const { multiplier } = contract;
  const points = multiplier === undefined || multiplier <= 0 ? 1 : multiplier;
  return positiveOr('1', priceMagnifier > 1 ? points / priceMagnifier : points);
}

/** IBKR writes 0 or nothing for "one". */
function positiveOr(fallback: string, value: number | undefined): string {
  const text = quantityFromNumber(value);
  return text !== undefined && isPositive(text) ? text : fallback;
}

/** Reads the hits of a search; what is not an instrument of its own (bond issuers have no number) is left out. */
export function decodeMatches(descriptions: readonly ContractDescription[]): readonly InstrumentMatch[] {
  return descriptions.flatMap(({ contract }) => {
    if (contract === undefined || !conIdSchema.safeParse(contract.conId).success) return [];
    const match = instrumentMatchSchema.safeParse({
      conId: contract.conId,
      symbol: (contract.symbol ?? '').slice(0, SYMBOL_LENGTH_MAX),
      securityType: contract.secType,
      primaryExchange: (contract.primaryExch ?? '').slice(0, WORD_LENGTH_MAX),
      currency: contract.currency,
      longName: (contract.description ?? '').slice(0, LONG_NAME_LENGTH_MAX),
    });
    return match.success ? [match.data] : [];
  });
}
