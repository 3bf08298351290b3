import type { Exchange } from '#simulator/exchange';
import type { SimulatedInstrument } from '#simulator/instruments';
import { calendarFor } from '#simulator/session-calendar';
import { tickAt, tickBandsOf } from '#simulator/tick-rules';
import type { ClientConnection } from '#simulator/tws/client-connection';
import type { RequestOf } from '#simulator/tws/decode';
import { contractDetailsEnd, marketRule } from '#simulator/tws/encode';
import { contractDetails, symbolSamples, type DetailsReport, type SymbolSample } from '#simulator/tws/encode-contract';
import { findInstrument } from '#simulator/tws/instrument-lookup';
import { NO_ID, refuse, refuseContract } from '#simulator/tws/refusal';

const SAMPLES_MAX = 16;

type Underlying = 'underConId' | 'underSymbol' | 'underSecType';

/** Answers what clients ask about instruments. */
export class ContractRequests {
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Details of the instrument that the contract means. */
  details(connection: ClientConnection, { reqId, contract, secIdType }: RequestOf<'contract-details'>): void {
    if (secIdType !== '') {
      refuse(connection, reqId, `The simulator does not know secIdType ${secIdType}`);
      return;
    }
    const instrument = findInstrument(this.#exchange, contract);
    if (instrument === undefined) {
      refuseContract(connection, reqId);
      return;
    }
    const details = this.#detailsOf(instrument, contract.exchange);
    connection.send(contractDetails(connection.serverVersion, reqId, instrument, details));
    connection.send(contractDetailsEnd(reqId));
  }

  /** Stocks whose symbol begins with the pattern or whose name has it, the exact one first. */
  matchingSymbols(connection: ClientConnection, { reqId, pattern }: RequestOf<'matching-symbols'>): void {
    connection.send(symbolSamples(reqId, this.#matching(pattern.trim().toUpperCase())));
  }

  marketRule(connection: ClientConnection, { ruleId }: RequestOf<'market-rule'>): void {
    const bands = tickBandsOf(ruleId);
    if (bands === undefined) refuse(connection, NO_ID, `Market rule ${String(ruleId)} does not exist`);
    else connection.send(marketRule(ruleId, bands));
  }

  #detailsOf(instrument: SimulatedInstrument, exchange: string): DetailsReport {
    const { now, session } = this.#exchange;
    const calendar = calendarFor(session, instrument);
    return {
      exchange,
      tick: tickAt(instrument.marketRuleId, this.#exchange.quoteOf(instrument).last),
      ...this.#underlyingOf(instrument),
      timeZone: calendar.zone,
      tradingHours: calendar.hoursText('trading', now),
      liquidHours: calendar.hoursText('liquid', now),
    };
  }

  #underlyingOf({ secType, symbol }: SimulatedInstrument): Pick<DetailsReport, Underlying> {
    if (secType === 'FUT') return { underConId: 0, underSymbol: symbol, underSecType: 'IND' };
    if (secType !== 'OPT') return { underConId: 0, underSymbol: '', underSecType: '' };
    const stock = this.#exchange.instruments.find((it) => it.symbol === symbol && it.secType === 'STK');
    return { underConId: stock?.conId ?? 0, underSymbol: symbol, underSecType: 'STK' };
  }

  #matching(wanted: string): readonly SymbolSample[] {
    if (wanted === '') return [];
    const { instruments } = this.#exchange;
    const stocks = instruments.filter(({ secType }) => secType === 'STK');
    const exact = stocks.filter(({ symbol }) => symbol === wanted);
    const rest = stocks.filter(
      ({ symbol, name }) => symbol !== wanted && (symbol.startsWith(wanted) || name.includes(wanted)),
    );
    return [...exact, ...rest].slice(0, SAMPLES_MAX).map((instrument) => ({
      instrument,
      derivatives: instruments
        .filter(({ symbol, secType }) => symbol === instrument.symbol && secType === 'OPT')
        .map(({ secType }) => secType),
    }));
  }
}
