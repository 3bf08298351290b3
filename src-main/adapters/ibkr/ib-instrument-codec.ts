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

/** What to ask contract details for: a US stock or ETF by its symbol. */
export function stockContractOf(symbol: string): Contract {
  return { symbol, secType: SecType.STK, exchange: SMART, currency: USD };
}

/** What to ask market data for. */
export function quoteContractOf(conId: ConId): Contract {
  return { conId, exchange: SMART };
}

/**
 * The one among several answers that a US trader means: exactly that symbol, in dollars, with a US primary listing
 * before any other; IBKR's own order decides the rest.
 */
export function pickDetails(symbol: string, answers: readonly ContractDetails[]): ContractDetails | undefined {
  const exact = answers.filter(
    ({ contract }) => contract.symbol === symbol && contract.secType === SecType.STK && contract.currency === USD,
  );
  return exact.find(({ contract }) => US_LISTINGS.has(contract.primaryExch ?? '')) ?? exact[0];
}

/** The market rule of SMART: the ids stand in the order of the valid exchanges. null when there is none. */
export function smartRuleIdOf(details: ContractDetails): number | null {
  const position = (details.validExchanges ?? '').split(',').indexOf(SMART);
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
    symbol: (contract.symbol ?? '').slice(0, SYMBOL_LENGTH_MAX),
    securityType: contract.secType,
    exchange: SMART,
    primaryExchange: (contract.primaryExch ?? '').slice(0, WORD_LENGTH_MAX),
    currency: contract.currency,
    multiplier: positiveOr('1', contract.multiplier),
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
