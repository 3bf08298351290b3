import { formatUnits, meanText, UNITS_PER_ONE } from '#simulator/fixed';
import { BASE_CURRENCY, type AccountFigures, type CurrencyFigures } from '#simulator/portfolio';
import type { AccountLine } from '#simulator/tws/encode-account';

/** IBKR's word for the sum over all currencies. */
const BASE = 'BASE';
/** A summary tag that asks for the ledger of the base currency, of one currency or of all. */
const LEDGER = /^\$LEDGER(?::([A-Z]{3}))?$/;
/** Tags of a summary that TWS knows and this account has no figure for. */
const TAGS_WITHOUT_FIGURE = [
  ...['AccountOrGroup', 'HighestSeverity', 'LookAheadNextChange', 'NetLiquidationUncertainty', 'SMA'],
  // IBKR's documentation and its libraries do not agree on these names.
  ...['PreviousDayEquityWithLoanValue', 'PreviousEquityWithLoanValue', 'RegTEquity', 'RegTMargin'],
  ...['ReqTEquity', 'ReqTMargin'],
];
const DAY_TRADES_REMAINING = ['', 'T+1', 'T+2', 'T+3', 'T+4'].map((day) => `DayTradesRemaining${day}`);
const NO_LIMIT = '-1';

/** The account as a whole, in the base currency. */
export function accountLines(account: string, figures: AccountFigures): readonly AccountLine[] {
  const base = (key: string, units: number): AccountLine => ({
    key,
    value: formatUnits(units),
    currency: BASE_CURRENCY,
  });
  const plain = (key: string, value: string): AccountLine => ({ key, value, currency: '' });
  const { cash, netLiquidation, grossValue, initialMargin, maintenanceMargin, excessLiquidity } = figures;
  const availableFunds = netLiquidation - initialMargin;
  return [
    plain('AccountCode', account),
    plain('AccountReady', 'true'),
    plain('AccountType', 'INDIVIDUAL'),
    plain('Cushion', ratioText(excessLiquidity, netLiquidation)),
    ...DAY_TRADES_REMAINING.map((key) => plain(key, NO_LIMIT)),
    plain('Leverage', ratioText(grossValue, netLiquidation)),
    base('NetLiquidation', netLiquidation),
    base('TotalCashValue', cash),
    base('SettledCash', cash),
    base('AccruedCash', 0),
    base('EquityWithLoanValue', netLiquidation),
    base('GrossPositionValue', grossValue),
    base('BuyingPower', figures.buyingPower),
    ...['', 'Full', 'LookAhead'].flatMap((prefix) => [
      base(`${prefix}AvailableFunds`, availableFunds),
      base(`${prefix}ExcessLiquidity`, excessLiquidity),
      base(`${prefix}InitMarginReq`, initialMargin),
      base(`${prefix}MaintMarginReq`, maintenanceMargin),
    ]),
  ];
}

/** What the account has in each currency, the sum over all first. */
export function ledgerLines(figures: AccountFigures, currencies: readonly CurrencyFigures[]): readonly AccountLine[] {
  const { cash, marketValue, unrealizedPnl, realizedPnl } = figures;
  const sum = { currency: BASE, rate: UNITS_PER_ONE, cash, marketValue, unrealizedPnl, realizedPnl };
  return [sum, ...currencies].flatMap((ledger) => {
    const line = (key: string, value: string): AccountLine => ({ key, value, currency: ledger.currency });
    const total = ledger.currency === BASE ? figures.netLiquidation : ledger.cash + ledger.marketValue;
    return [
      line('Currency', ledger.currency),
      line('CashBalance', formatUnits(ledger.cash)),
      line('TotalCashBalance', formatUnits(ledger.cash)),
      line('StockMarketValue', formatUnits(ledger.marketValue)),
      line('NetLiquidationByCurrency', formatUnits(total)),
      line('UnrealizedPnL', formatUnits(ledger.unrealizedPnl)),
      line('RealizedPnL', formatUnits(ledger.realizedPnl)),
      line('ExchangeRate', formatUnits(ledger.rate)),
    ];
  });
}

/** The lines that the tags of a summary ask for; a figure of the ledger by its name is that of the base currency. */
export function summaryLines(
  tags: readonly string[],
  account: readonly AccountLine[],
  ledger: readonly AccountLine[],
): readonly AccountLine[] {
  const currencies = new Set(tags.map(ledgerCurrencyOf));
  return [
    ...account.filter(({ key }) => tags.includes(key)),
    ...ledger.filter(
      ({ key, currency }) =>
        currencies.has('ALL') || currencies.has(currency) || (currency === BASE_CURRENCY && tags.includes(key)),
    ),
  ];
}

/** The tags that no summary of TWS has; `lines` are those with a figure. */
export function unknownTags(tags: readonly string[], lines: readonly AccountLine[]): readonly string[] {
  return tags.filter(
    (tag) =>
      ledgerCurrencyOf(tag) === undefined &&
      !TAGS_WITHOUT_FIGURE.includes(tag) &&
      !lines.some(({ key }) => key === tag),
  );
}

function ledgerCurrencyOf(tag: string): string | undefined {
  const asked = LEDGER.exec(tag);
  return asked === null ? undefined : (asked[1] ?? BASE_CURRENCY);
}

function ratioText(part: number, whole: number): string {
  return meanText(part * UNITS_PER_ONE, whole);
}
