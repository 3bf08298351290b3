import { formatUnits, meanText } from '#simulator/fixed';
import type { Holding } from '#simulator/holding-ledger';
import type { ServerMessage } from '#simulator/tws/encode';
import { contractFields } from '#simulator/tws/encode-contract';

/** One figure of the account; the currency is '' where it has none, BASE for a sum over all. */
export interface AccountLine {
  readonly key: string;
  readonly value: string;
  readonly currency: string;
}

/** A holding, its price now and its gain since the day began, in units of its own currency. */
export interface HoldingValue extends Holding {
  readonly mark: number;
  readonly dailyPnl: number;
}

export const accountValue = ({ key, value, currency }: AccountLine, account: string): ServerMessage => [
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
  { key, value, currency }: AccountLine,
): ServerMessage => [63, 1, reqId, account, key, value, currency];

/** ACCOUNT_UPDATE_MULTI (73); the account has no models. */
export const accountUpdateMulti = (
  reqId: number,
  account: string,
  { key, value, currency }: AccountLine,
): ServerMessage => [73, 1, reqId, account, '', key, value, currency];

/** Daily, unrealised and realised profit in units. */
export const pnl = (reqId: number, daily: number, unrealized: number, realized: number): ServerMessage => [
  94,
  reqId,
  formatUnits(daily),
  formatUnits(unrealized),
  formatUnits(realized),
];

export const pnlSingle = (reqId: number, holding: HoldingValue): ServerMessage => [
  95,
  reqId,
  holding.shares,
  formatUnits(holding.dailyPnl),
  formatUnits(marketValueOf(holding) - holding.cost),
  formatUnits(holding.realizedPnl),
  formatUnits(marketValueOf(holding)),
];

/** POSITION (61). The average cost of a derivative has its multiplier in it. */
export const position = (account: string, { instrument, shares, cost }: Holding): ServerMessage => [
  ...[61, 3, account],
  ...contractFields(instrument, ''),
  ...[shares, meanText(cost, shares)],
];

/** POSITION_MULTI (71); the account has no models. */
export const positionMulti = (reqId: number, account: string, { instrument, shares, cost }: Holding): ServerMessage => [
  ...[71, 1, reqId, account],
  ...contractFields(instrument, ''),
  ...[shares, meanText(cost, shares), ''],
];

export const portfolioValue = (account: string, holding: HoldingValue): ServerMessage => [
  ...[7, 8],
  ...contractFields(holding.instrument, holding.instrument.primaryExchange),
  holding.shares,
  formatUnits(holding.mark),
  formatUnits(marketValueOf(holding)),
  meanText(holding.cost, holding.shares),
  formatUnits(marketValueOf(holding) - holding.cost),
  formatUnits(holding.realizedPnl),
  account,
];

function marketValueOf({ instrument, shares, mark }: HoldingValue): number {
  return shares * mark * instrument.multiplier;
}
