import { formatUnits, meanText } from '#simulator/fixed';
import type { SimulatedInstrument } from '#simulator/instruments';
import { easternText, EXCHANGE_TIME_ZONE } from '#simulator/session-calendar';
import type { SimulatedExecution } from '#simulator/simulated-order';
import type { TickBand } from '#simulator/tick-rules';
import { SINCE } from '#simulator/tws/server-version';
import { UNSET_DOUBLE, type WireField } from '#simulator/tws/wire';

/** The fields of one server message, its number first. */
export type ServerMessage = readonly WireField[];

export const nextValidId = (orderId: number): ServerMessage => [9, 1, orderId];
export const managedAccounts = (accounts: string): ServerMessage => [15, 1, accounts];
export const currentTime = (at: number): ServerMessage => [49, 1, Math.floor(at / 1000)];
export const openOrderEnd = (): ServerMessage => [53, 1];
export const completedOrdersEnd = (): ServerMessage => [102];
export const executionsEnd = (reqId: number): ServerMessage => [55, 1, reqId];
export const contractDetailsEnd = (reqId: number): ServerMessage => [52, 1, reqId];
export const positionEnd = (): ServerMessage => [62, 1];
export const accountSummaryEnd = (reqId: number): ServerMessage => [64, 1, reqId];
export const accountDownloadEnd = (account: string): ServerMessage => [54, 1, account];
export const accountTime = (clock: string): ServerMessage => [8, 1, clock];
export const snapshotEnd = (reqId: number): ServerMessage => [57, 1, reqId];
export const marketDataType = (reqId: number, type: number): ServerMessage => [58, 1, reqId, type];

/** ERR_MSG; request id −1 carries TWS's own news. Text is ASCII with \uXXXX, as TWS sends it. */
export const errorMessage = (reqId: number, code: number, text: string): ServerMessage => [
  4,
  2,
  reqId,
  code,
  asciiText(text),
  '',
];

/** TICK_PRICE with its size; price in units. Attribute mask 1: the price may execute automatically. */
export const tickPrice = (reqId: number, type: number, price: number, size: number, mask: number): ServerMessage => [
  1,
  6,
  reqId,
  type,
  formatUnits(price),
  size,
  mask,
];
export const tickSize = (reqId: number, type: number, size: number): ServerMessage => [2, 6, reqId, type, size];

/** Smallest tick in units, the exchanges behind the quote, and the permission for snapshots. */
export const tickRequestParameters = (reqId: number, tick: number): ServerMessage => [
  81,
  reqId,
  formatUnits(tick),
  '9c0001',
  3,
];

export const marketRule = (ruleId: number, bands: readonly TickBand[]): ServerMessage => [
  93,
  ruleId,
  bands.length,
  ...bands.flatMap(({ lowEdge, increment }) => [formatUnits(lowEdge), formatUnits(increment)]),
];

export const accountValue = (key: string, value: string, currency: string, account: string): ServerMessage => [
  6,
  2,
  key,
  value,
  currency,
  account,
];
export const accountSummary = (
  reqId: number,
  account: string,
  tag: string,
  value: string,
  currency: string,
): ServerMessage => [63, 1, reqId, account, tag, value, currency];

/** Daily, unrealised and realised profit in units. */
export const pnl = (reqId: number, daily: number, unrealized: number, realized: number): ServerMessage => [
  94,
  reqId,
  formatUnits(daily),
  formatUnits(unrealized),
  formatUnits(realized),
];

/** What one stock is worth: shares, and amounts in units. */
export interface HoldingValue {
  readonly shares: number;
  readonly cost: number;
  readonly mark: number;
  readonly realizedPnl: number;
}

export const pnlSingle = (reqId: number, { shares, cost, mark, realizedPnl }: HoldingValue): ServerMessage => {
  const unrealized = shares * mark - cost;
  return [
    95,
    reqId,
    shares,
    formatUnits(unrealized + realizedPnl),
    formatUnits(unrealized),
    formatUnits(realizedPnl),
    formatUnits(shares * mark),
  ];
};

export const position = (
  account: string,
  instrument: SimulatedInstrument,
  { shares, cost }: HoldingValue,
): ServerMessage => [61, 3, account, ...contractFields(instrument, ''), shares, meanText(cost, shares)];

export const portfolioValue = (
  account: string,
  instrument: SimulatedInstrument,
  { shares, cost, mark, realizedPnl }: HoldingValue,
): ServerMessage => [
  7,
  8,
  ...contractFields(instrument, instrument.primaryExchange),
  shares,
  formatUnits(mark),
  formatUnits(shares * mark),
  meanText(cost, shares),
  formatUnits(shares * mark - cost),
  formatUnits(realizedPnl),
  account,
];

/** EXECUTION_DATA; request id −1 is a fill as it happens. */
export const executionDetails = (
  reqId: number,
  account: string,
  { execId, order, at, shares, price, cumulativeShares, cumulativeValue, addedLiquidity }: SimulatedExecution,
): ServerMessage => [
  11,
  reqId,
  order.orderId,
  ...contractFields(order.instrument, EXECUTION_VENUE),
  execId,
  easternText(at),
  account,
  EXECUTION_VENUE,
  order.action === 'BUY' ? 'BOT' : 'SLD',
  shares,
  formatUnits(price),
  order.permId,
  order.clientId,
  0, // liquidation
  cumulativeShares,
  meanText(cumulativeValue, cumulativeShares),
  order.orderRef,
  '', // evRule
  '', // evMultiplier
  '', // modelCode
  addedLiquidity ? 1 : 2,
  0, // pendingPriceRevision, from 178
];

export const commissionReport = ({ execId, commission, realizedPnl }: SimulatedExecution): ServerMessage => [
  59,
  1,
  execId,
  formatUnits(commission),
  'USD',
  realizedPnl === undefined ? UNSET_DOUBLE : formatUnits(realizedPnl),
  UNSET_DOUBLE, // yield
  '', // yieldRedemptionDate
];

/** What ORDER_STATUS says, prices in units. */
export interface StatusReport {
  readonly orderId: number;
  readonly status: string;
  readonly filled: number;
  readonly remaining: number;
  /** Σ price × shares of the fills. */
  readonly filledValue: number;
  readonly permId: number;
  readonly parentId: number;
  readonly lastFillPrice: number;
  readonly clientId: number;
  readonly whyHeld: string;
}

export const orderStatus = (report: StatusReport): ServerMessage => [
  3,
  report.orderId,
  report.status,
  report.filled,
  report.remaining,
  meanText(report.filledValue, report.filled),
  report.permId,
  report.parentId,
  formatUnits(report.lastFillPrice),
  report.clientId,
  report.whyHeld,
  0, // mktCapPrice
];

/** The session's hours as contract details carry them. */
export interface HoursReport {
  readonly trading: string;
  readonly liquid: string;
}

export const contractDetails = (
  serverVersion: number,
  reqId: number,
  instrument: SimulatedInstrument,
  tick: number,
  hours: HoursReport,
): ServerMessage => [
  10,
  reqId,
  instrument.symbol,
  'STK',
  '', // lastTradeDateOrContractMonth
  ...(serverVersion >= SINCE.LAST_TRADE_DATE ? [''] : []),
  0, // strike
  '', // right
  'SMART',
  'USD',
  instrument.symbol,
  instrument.tradingClass,
  instrument.tradingClass,
  instrument.conId,
  formatUnits(tick),
  '', // multiplier
  'ACTIVETIM,ADJUST,ALERT,DAY,DEACT,GTC,IOC,LMT,MKT,OCA,STP',
  `SMART,${instrument.primaryExchange}`,
  1, // priceMagnifier
  0, // underConId
  asciiText(instrument.name),
  instrument.primaryExchange,
  '', // contractMonth
  instrument.sector,
  instrument.sector,
  instrument.sector,
  EXCHANGE_TIME_ZONE,
  hours.trading,
  hours.liquid,
  '', // evRule
  '', // evMultiplier
  0, // secIds
  1, // aggGroup
  '', // underSymbol
  '', // underSecType
  `${String(instrument.marketRuleId)},${String(instrument.marketRuleId)}`,
  '', // realExpirationDate
  'COMMON',
  1, // minSize
  1, // sizeIncrement
  100, // suggestedSizeIncrement
  ...(serverVersion >= SINCE.INELIGIBILITY_REASONS ? [0] : []),
];

export const symbolSamples = (reqId: number, found: readonly SimulatedInstrument[]): ServerMessage => [
  79,
  reqId,
  found.length,
  ...found.flatMap(({ conId, symbol, primaryExchange, name }) => [
    conId,
    symbol,
    'STK',
    primaryExchange,
    'USD',
    0, // derivative security types
    asciiText(name),
    '', // issuerId
  ]),
];

const EXECUTION_VENUE = 'ISLAND';

/** conId … tradingClass: the eleven fields that name an instrument in a server message. */
export function contractFields(instrument: SimulatedInstrument, exchange: string): ServerMessage {
  const { conId, symbol, tradingClass } = instrument;
  return [conId, symbol, 'STK', '', 0, '', '', exchange, 'USD', symbol, tradingClass];
}

/** TWS sends text as ASCII, everything else as \uXXXX. */
function asciiText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
