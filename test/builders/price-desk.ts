import type { Bar, BarFailure, BarQuery } from '#domain/bar';
import { sessionOf } from '#domain/correlation-math';
import { conId } from '#domain/ids';
import type { Instrument } from '#domain/instrument';
import { price, quantity } from '#domain/money';
import { err, ok, type Result } from '#domain/result';
import type { BrokerPort } from '#ports/broker-port';
import type { WorkstationFailure } from '#ports/workstation-port';
import type { PriceSources } from '#runtime/price-histories';
import { APPLE } from '#test/builders/fake-workstation';
import { manualClock } from '#test/builders/manual-clock';

type BarsAnswer = Result<readonly Bar[], BarFailure>;

/** A stock that has the same number for each letter of its symbol, every time. */
export function aStock(symbol: string): Instrument {
  const number = Array.from(symbol).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return { ...APPLE, symbol, conId: conId(number), longName: symbol, industry: 'Technology' };
}

/** The closes of `days` sessions up to 2 January 2026; the shape of a symbol follows from its letters. */
export function dailyBars(symbol: string, days: number): Bar[] {
  const last = Date.UTC(2026, 0, 2) / 86_400_000;
  const { conId: seed } = aStock(symbol);
  return Array.from({ length: days }, (_, index) => {
    const day = last - days + 1 + index;
    const close = price((100 + 10 * Math.sin(day * (1 + (seed % 7))) + (seed % 13) * Math.cos(day)).toFixed(2));
    const figures = { open: close, high: close, low: close, close, volume: quantity('1000'), complete: true };
    return { kind: 'daily', session: sessionOf(day), ...figures };
  });
}

/** A line to IBKR's prices that the test plays. */
export class PriceDesk implements PriceSources {
  readonly clock = manualClock();
  ready = true;
  /** The symbols whose bars were asked for, in order. */
  readonly asked: string[] = [];
  readonly queries: BarQuery[] = [];
  /** What IBKR says of bars; by default every symbol has as many as it is asked for. */
  answer: (query: BarQuery) => BarsAnswer | Promise<BarsAnswer> = ({ instrument, sessions }) =>
    ok(dailyBars(instrument.symbol, sessions));
  /** What IBKR says of a symbol. */
  defined: (symbol: string) => Result<Instrument, WorkstationFailure> = (symbol) => ok(aStock(symbol));

  readonly isReady = (): boolean => this.ready;
  readonly define = (symbol: string): Promise<Result<Instrument, WorkstationFailure>> =>
    Promise.resolve(this.defined(symbol));
  readonly broker: Pick<BrokerPort, 'fetchBars'> = {
    fetchBars: async (query, onProgress) => {
      onProgress(0, 1);
      this.asked.push(query.instrument.symbol);
      this.queries.push(query);
      return this.answer(query);
    },
  };
}

/** Why there are no bars. */
export function noBars(kind: BarFailure['kind'], text = 'no bars today'): BarsAnswer {
  return err({ kind, text });
}
