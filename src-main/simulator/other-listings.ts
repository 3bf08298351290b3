import type { Listing } from '#simulator/listing';
import { CENT_RULE, EURO_STOCK_RULE, FX_RULE, INDEX_FUTURE_RULE, OPTION_RULE } from '#simulator/tick-rules';

const NO_DERIVATIVE = { multiplier: 1, lastTradeDate: '', strike: '0', right: '' } as const;

/** Instruments of every kind that an account may hold; the reference price is decimal text. */
export const OTHER_LISTINGS: readonly (Omit<Listing, 'referencePrice'> & { readonly referencePrice: string })[] = [
  {
    ...{ conId: 649180671, symbol: 'ES', secType: 'FUT', name: 'E-mini S&P 500', sector: 'Indices' },
    ...{ exchange: 'CME', primaryExchange: 'CME', currency: 'USD', multiplier: 50 },
    ...{ localSymbol: 'ESZ7', tradingClass: 'ES', lastTradeDate: '20271217', strike: '0', right: '' },
    ...{ sizeIncrement: 1, marketRuleId: INDEX_FUTURE_RULE, referencePrice: '6012.25' },
  },
  {
    ...{ conId: 699200111, symbol: 'AAPL', secType: 'OPT', name: 'APPLE INC', sector: 'Technology' },
    ...{ exchange: 'SMART', primaryExchange: '', currency: 'USD', multiplier: 100 },
    ...{ localSymbol: 'AAPL  271217C00240000', tradingClass: 'AAPL', lastTradeDate: '20271217' },
    ...{ strike: '240', right: 'C', sizeIncrement: 1, marketRuleId: OPTION_RULE, referencePrice: '32.45' },
  },
  {
    ...{ conId: 12087792, symbol: 'EUR', secType: 'CASH', name: 'European Monetary Union Euro', sector: 'Currencies' },
    ...{ exchange: 'IDEALPRO', primaryExchange: '', currency: 'USD', localSymbol: 'EUR.USD', tradingClass: 'EUR.USD' },
    ...{ ...NO_DERIVATIVE, sizeIncrement: 1, marketRuleId: FX_RULE, referencePrice: '1.0852' },
  },
  {
    ...{ conId: 14204, symbol: 'SAP', secType: 'STK', name: 'SAP SE', sector: 'Technology' },
    ...{ exchange: 'IBIS', primaryExchange: 'IBIS', currency: 'EUR', localSymbol: 'SAP', tradingClass: 'XETRA' },
    ...{ ...NO_DERIVATIVE, sizeIncrement: 1, marketRuleId: EURO_STOCK_RULE, referencePrice: '238.6' },
  },
  {
    ...{ conId: 72063691, symbol: 'BRK B', secType: 'STK', name: 'BERKSHIRE HATHAWAY INC-CL B', sector: 'Financials' },
    ...{ exchange: 'SMART', primaryExchange: 'NYSE', currency: 'USD', localSymbol: 'BRK B', tradingClass: 'BRK B' },
    ...{ ...NO_DERIVATIVE, sizeIncrement: 1, marketRuleId: CENT_RULE, referencePrice: '478.3' },
  },
];
