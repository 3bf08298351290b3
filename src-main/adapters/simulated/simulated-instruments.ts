import { conId, epochMs } from '#domain/ids';
import type { Instrument, InstrumentMatch, TradingSession } from '#domain/instrument';
import { quantity } from '#domain/money';
import { present } from '#domain/assert';
import type { InstrumentQuery } from '#ports/broker-port';
import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import { calendarFor, type SessionSpan } from '#simulator/session-calendar';
import { tickBandsOf } from '#simulator/tick-rules';
import { priceOf } from './simulated-terms';

const MATCHES_MAX = 16;
const DAYS_ANNOUNCED = 6;
const DAY_MS = 86_400_000;

/** What `query` means on the exchange: by symbol its stock in dollars alone. */
export function findInstrument(exchange: Exchange, query: InstrumentQuery): SimulatedInstrument | undefined {
  return query.by === 'contract'
    ? exchange.find(query.conId, '')
    : exchange.instruments.find(
        ({ symbol, secType, currency }) => symbol === query.symbol && secType === 'STK' && currency === 'USD',
      );
}

/** An instrument of the exchange as IBKR's definition of it, with the hours from `exchange.now` on. */
export function instrumentOf(exchange: Exchange, listed: SimulatedInstrument): Instrument {
  const bands = present(tickBandsOf(listed.marketRuleId), 'the market rule of an instrument');
  return {
    conId: conId(listed.conId),
    symbol: listed.localSymbol,
    securityType: listed.secType,
    exchange: listed.exchange,
    primaryExchange: listed.primaryExchange,
    currency: listed.currency,
    multiplier: quantity(String(listed.multiplier)),
    longName: listed.name,
    industry: listed.sector,
    category: '',
    stockType: listed.secType === 'STK' ? 'COMMON' : '',
    priceBands: bands.map(({ lowEdge, increment }) => ({ from: priceOf(lowEdge), increment: priceOf(increment) })),
    sizeIncrement: quantity(String(listed.sizeIncrement)),
    minimumSize: quantity(String(listed.sizeIncrement)),
    timeZone: calendarFor(exchange.session, listed).zone,
    tradingHours: hoursOf(exchange, listed, 'trading'),
    liquidHours: hoursOf(exchange, listed, 'liquid'),
  };
}

/** The sessions that contract details announce: of today and the next days. */
function hoursOf({ session, now }: Exchange, listed: SimulatedInstrument, span: SessionSpan): TradingSession[] {
  const calendar = calendarFor(session, listed);
  if (session === 'always-open') {
    const closes = calendar.dayEnd(span, now);
    return [{ opens: epochMs(closes - DAY_MS), closes: epochMs(closes + (DAYS_ANNOUNCED - 1) * DAY_MS) }];
  }
  const today = calendar.tradingDay(now);
  return Array.from({ length: DAYS_ANNOUNCED }, (_, ahead) => calendar.sessionOn(span, today + ahead)).flatMap((it) =>
    it === undefined ? [] : [{ opens: epochMs(it.opensAt), closes: epochMs(it.closesAt) }],
  );
}

/** What a search finds: the instruments whose symbol begins with `text` or whose name has it, in the market's order. */
export function matchesOf(exchange: Exchange, text: string): readonly InstrumentMatch[] {
  const wanted = text.trim().toUpperCase();
  return exchange.instruments
    .filter(({ symbol, name }) => symbol.startsWith(wanted) || name.toUpperCase().includes(wanted))
    .slice(0, MATCHES_MAX)
    .map(({ conId: number, symbol, secType, primaryExchange, currency, name }) => ({
      conId: conId(number),
      symbol,
      securityType: secType,
      primaryExchange,
      currency,
      longName: name,
    }));
}
