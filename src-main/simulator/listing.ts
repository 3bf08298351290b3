/** What an instrument is, in IBKR's words: a stock, a future, an option, a pair of currencies. */
export type SecType = 'STK' | 'FUT' | 'OPT' | 'CASH';

/** An instrument as an exchange lists it. */
export interface Listing {
  readonly conId: number;
  readonly symbol: string;
  readonly secType: SecType;
  readonly name: string;
  readonly sector: string;
  /** Where orders go: SMART for everything that trades in the United States, a single exchange elsewhere. */
  readonly exchange: string;
  /** Where it is listed; "" for what has no listing. */
  readonly primaryExchange: string;
  readonly currency: string;
  /** What one of it stands for: 1 share, 100 shares of an option, 50 dollars a point. */
  readonly multiplier: number;
  readonly localSymbol: string;
  readonly tradingClass: string;
  /** YYYYMMDD; "" for what does not expire. */
  readonly lastTradeDate: string;
  /** Decimal text; "0" where there is none, as TWS writes it. */
  readonly strike: string;
  readonly right: '' | 'C' | 'P';
  /** Quantities are multiples of this. */
  readonly sizeIncrement: number;
  readonly marketRuleId: number;
  /** Where the price model starts and yesterday's close, in units of 0.0001. */
  readonly referencePrice: number;
}
