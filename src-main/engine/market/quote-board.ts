import { present } from '#domain/assert';
import { laterBy, type ConId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import type { Quote } from '#domain/quote';
import { messageText } from '#engine/text-limits';
import type { Turn } from '#engine/turn';
import type { BrokerFact } from '#ports/broker-port';

/** A definition or subscription that could not be asked for within this time is dropped; it is asked for again. */
const DATA_VALID_MS = 30_000;

/** Makes sure that `symbol` is defined and its quotes flow. Asking again costs nothing. */
export function watchSymbol(turn: Turn, symbol: string): void {
  const { observed } = turn.state;
  const conId = observed.conIdBySymbol.get(symbol);
  if (conId !== undefined) {
    watchInstrument(turn, conId);
    return;
  }
  if (observed.resolving.has(symbol)) return;
  observed.resolving.add(symbol);
  const id = turn.newEffectId();
  observed.inFlight.set(id, { kind: 'resolve', symbol });
  turn.ask({
    kind: 'resolve-instrument',
    id,
    validUntil: laterBy(turn.at, DATA_VALID_MS),
    query: { by: 'symbol', symbol },
  });
}

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

/** IBKR's definition: kept when it says something new, and its quotes are subscribed to. */
export function onInstrument(turn: Turn, { instrument }: Extract<BrokerFact, { kind: 'instrument' }>): void {
  const { durable, observed } = turn.state;
  observed.resolving.delete(instrument.symbol);
  const known = durable.instruments.get(instrument.conId);
  if (known === undefined || JSON.stringify(known) !== JSON.stringify(instrument)) {
    turn.emit({ type: 'instrument-defined', instrument });
  }
  watchInstrument(turn, instrument.conId);
}

export function onInstrumentUnknown(turn: Turn, fact: Extract<BrokerFact, { kind: 'instrument-unknown' }>): void {
  if (fact.query.by === 'symbol') turn.state.observed.resolving.delete(fact.query.symbol);
}

/** The hot path: one record replaced, no event, no search. */
export function onQuote({ state, at }: Turn, { conId, patch }: Extract<BrokerFact, { kind: 'quote' }>): void {
  const { quotes } = state.observed;
  const instrument = state.durable.instruments.get(conId);
  if (instrument === undefined) return;
  quotes.set(conId, { ...(quotes.get(conId) ?? emptyQuote(instrument)), ...patch, live: true, tickAt: at });
}

export function onMarketData({ state }: Turn, fact: Extract<BrokerFact, { kind: 'market-data' }>): void {
  const { quotes } = state.observed;
  const instrument = state.durable.instruments.get(fact.conId);
  if (instrument === undefined) return;
  const quote = quotes.get(fact.conId) ?? emptyQuote(instrument);
  quotes.set(fact.conId, { ...quote, kind: fact.dataKind, live: fact.live, why: fact.why });
}

/** A farm that went down leaves every quote stale until it ticks again. */
export function onDataFarm(turn: Turn, fact: Extract<BrokerFact, { kind: 'data-farm' }>): void {
  if (fact.farm !== 'quotes' || fact.state !== 'down') return;
  const { quotes } = turn.state.observed;
  for (const [conId, quote] of quotes) quotes.set(conId, { ...quote, live: false });
  turn.emit({ type: 'notice-received', code: 2103, text: messageText(fact.text) });
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
