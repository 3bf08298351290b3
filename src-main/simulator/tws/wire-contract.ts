import type { FieldCursor } from '#simulator/tws/wire';

/** The instrument part of a request: empty fields (and conId 0) leave the choice to TWS. */
export interface WireContract {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: string;
  /** YYYYMMDD or YYYYMM. */
  readonly lastTradeDate: string;
  readonly strike: string;
  readonly right: string;
  readonly multiplier: string;
  readonly exchange: string;
  readonly primaryExchange: string;
  readonly currency: string;
  readonly localSymbol: string;
  readonly tradingClass: string;
}

/** The twelve fields that name an instrument in every request. @throws WireError when one is missing or no number. */
export function readContract(read: FieldCursor): WireContract {
  return {
    conId: read.integer(),
    symbol: read.text(),
    secType: read.text(),
    lastTradeDate: read.text(),
    strike: read.decimal(),
    right: read.text(),
    multiplier: read.text(),
    exchange: read.text(),
    primaryExchange: read.text(),
    currency: read.text(),
    localSymbol: read.text(),
    tradingClass: read.text(),
  };
}
