import { present } from '#domain/assert';
import { laterBy, type ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import type { DataFarm, FarmState, Quote } from '#domain/quote';
import { messageText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerFact, InstrumentQuery } from '#ports/broker-port';

/** A definition or subscription that could not be asked for within this time is dropped; it is asked for again. */
const DATA_VALID_MS = 30_000;
/** A definition is asked for again after half a day, so that no session day begins with the hours of the day before. */
export const DEFINITION_AGE_MAX_MS = 12 * 60 * 60 * 1000;
/** How often the age of definitions is looked at from then on. */
const DEFINITION_CHECK_MS = 60 * 60 * 1000;

/** Makes sure that `symbol` is defined and, if wanted, its quotes flow. Asking again costs nothing. */
export function watchSymbol(turn: Turn, symbol: string, needsQuotes = true): void {
  const { observed } = turn.state;
  const conId = observed.conIdBySymbol.get(symbol);
  if (conId !== undefined) {
    if (needsQuotes) watchInstrument(turn, conId);
    return;
  }
  if (needsQuotes) observed.definitionOnly.delete(symbol);
  else if (!observed.resolving.has(symbol)) observed.definitionOnly.add(symbol);
  resolve(turn, { by: 'symbol', symbol });
}

/** Makes sure that a contract that is held or traded is defined, by today's definition, and that its quotes flow. */
export function watchContract(turn: Turn, conId: ConId): void {
  const { durable, observed } = turn.state;
  if (durable.instruments.has(conId)) watchInstrument(turn, conId);
  if (!observed.definedAt.has(conId)) resolve(turn, { by: 'contract', conId });
}

function resolve(turn: Turn, query: InstrumentQuery): void {
  const { observed } = turn.state;
  const wanted = wantedText(query);
  if (observed.resolving.has(wanted)) return;
  observed.resolving.add(wanted);
  const id = turn.newEffectId();
  observed.inFlight.set(id, { kind: 'resolve', wanted });
  turn.ask({ kind: 'resolve-instrument', id, validUntil: laterBy(turn.at, DATA_VALID_MS), query });
}

const wantedText = (query: InstrumentQuery): string => (query.by === 'symbol' ? query.symbol : `#${query.conId}`);

/** Subscribes to the quotes of a defined instrument, once a session. */
export function watchInstrument(turn: Turn, conId: ConId): void {
  const { durable, observed } = turn.state;
  if (observed.subscribed.has(conId)) return;
  observed.subscribed.add(conId);
  const instrument = present(durable.instruments.get(conId), 'a watched instrument');
  const id = turn.newEffectId();
  observed.inFlight.set(id, { kind: 'subscribe', conId });
  turn.ask({ kind: 'subscribe-quote', id, validUntil: laterBy(turn.at, DATA_VALID_MS), instrument });
}

/** IBKR's definition: kept when it says something new, and its quotes are subscribed to where they are wanted. */
export function onInstrument(turn: Turn, { query, instrument }: Extract<BrokerFact, { kind: 'instrument' }>): void {
  const { durable, observed } = turn.state;
  observed.resolving.delete(wantedText(query));
  observed.definedAt.set(instrument.conId, turn.at);
  if (!observed.deadlines.has('definitions')) {
    observed.deadlines.set('definitions', laterBy(turn.at, DEFINITION_AGE_MAX_MS), { kind: 'definitions' });
  }
  const known = durable.instruments.get(instrument.conId);
  observed.unknownSymbols.delete(instrument.symbol);
  // The former name means nothing any more: an order under it would pass by the limits of the new one.
  const isRenamed = known !== undefined && known.symbol !== instrument.symbol;
  if (isRenamed && observed.conIdBySymbol.get(known.symbol) === known.conId)
    observed.conIdBySymbol.delete(known.symbol);
  if (known === undefined || JSON.stringify(known) !== JSON.stringify(instrument)) {
    turn.emit({ type: 'instrument-defined', instrument });
  }
  // IBKR's quotes are few, and a matrix of correlations has many symbols.
  if (!observed.definitionOnly.delete(wantedText(query))) watchInstrument(turn, instrument.conId);
}

export function onInstrumentUnknown(turn: Turn, fact: Extract<BrokerFact, { kind: 'instrument-unknown' }>): void {
  const { durable, observed } = turn.state;
  const { query } = fact;
  observed.resolving.delete(wantedText(query));
  if (query.by === 'symbol' && durable.symbolLimits.has(query.symbol)) observed.unknownSymbols.add(query.symbol);
}

/** Hours and ticks change from day to day: what is watched and was defined long ago is asked for again. */
export function onDefinitionsDue(turn: Turn): void {
  const { definedAt, deadlines, subscribed } = turn.state.observed;
  for (const conId of subscribed) {
    const at = definedAt.get(conId);
    if (at === undefined || turn.at - at >= DEFINITION_AGE_MAX_MS) resolve(turn, { by: 'contract', conId });
  }
  deadlines.set('definitions', laterBy(turn.at, DEFINITION_CHECK_MS), { kind: 'definitions' });
}

/** The hot path: one record replaced, no event, no search. What still comes while TWS has lost IBKR is not current. */
export function onQuote(turn: Turn, { conId, patch }: Extract<BrokerFact, { kind: 'quote' }>): void {
  const { state, at } = turn;
  const { quotes } = state.observed;
  const instrument = state.durable.instruments.get(conId);
  if (instrument === undefined) return;
  const quote = quotes.get(conId) ?? emptyQuote(instrument);
  const why = quote.why === FARM_DOWN ? '' : quote.why;
  const live = state.durable.connection.phase !== 'degraded';
  quotes.set(conId, { ...quote, ...patch, live, why, tickAt: at });
  if ('last' in patch || 'close' in patch) turn.markDirty(conId);
}

export function onMarketData({ state }: Turn, fact: Extract<BrokerFact, { kind: 'market-data' }>): void {
  const { quotes } = state.observed;
  const instrument = state.durable.instruments.get(fact.conId);
  if (instrument === undefined) return;
  const quote = quotes.get(fact.conId) ?? emptyQuote(instrument);
  quotes.set(fact.conId, { ...quote, kind: fact.dataKind, live: fact.live, why: fact.why });
}

/** IBKR's message codes. Source: TWS API, message codes. */
const FARM_CODES = {
  quotes: { down: 2103, up: 2104, idle: 2108 },
  history: { down: 2105, up: 2106, idle: 2107 },
  definitions: { down: 2157, up: 2158, idle: 2158 },
} as const satisfies Record<DataFarm, Record<FarmState, number>>;
const FARM_DOWN = "IBKR's market data farm is down";

/** A farm that went down leaves every quote stale until it ticks again. */
export function onDataFarm(turn: Turn, { farm, state, text }: Extract<BrokerFact, { kind: 'data-farm' }>): void {
  const { quotes, farms } = turn.state.observed;
  const before = farms.get(farm);
  farms.set(farm, state);
  // At the start of a session TWS says of each farm that it is up: news is only what changes.
  if (before !== state && (state === 'down' || before === 'down')) {
    turn.emit({ type: 'notice-received', code: FARM_CODES[farm][state], text: messageText(text) });
  }
  if (farm !== 'quotes' || state !== 'down') return;
  for (const [conId, quote] of quotes) quotes.set(conId, { ...quote, live: false, why: FARM_DOWN });
}

/** A quote of which nothing is known yet. */
export function emptyQuote({ conId, symbol }: Pick<Instrument, 'conId' | 'symbol'>): Quote {
  return {
    conId,
    symbol,
    bid: null,
    ask: null,
    last: null,
    close: null,
    high: null,
    low: null,
    bidSize: null,
    askSize: null,
    volume: null,
    kind: 'unknown',
    halted: false,
    live: false,
    why: '',
    tickAt: null,
  };
}
