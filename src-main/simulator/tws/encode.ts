import { formatUnits } from '#simulator/fixed';
import type { TickBand } from '#simulator/tick-rules';
import type { WireField } from '#simulator/tws/wire';

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
export const positionMultiEnd = (reqId: number): ServerMessage => [72, 1, reqId];
export const accountUpdateMultiEnd = (reqId: number): ServerMessage => [74, 1, reqId];
export const accountDownloadEnd = (account: string): ServerMessage => [54, 1, account];
export const accountTime = (clock: string): ServerMessage => [8, 1, clock];
export const snapshotEnd = (reqId: number): ServerMessage => [57, 1, reqId];
export const marketDataType = (reqId: number, type: number): ServerMessage => [58, 1, reqId, type];

/** What an account of one person without extras has: no tiers, no family, no depth exchanges, no news, no branding. */
export const softDollarTiers = (reqId: number): ServerMessage => [77, reqId, 0];
export const familyCodes = (account: string): ServerMessage => [78, 1, account, ''];
export const depthExchanges = (): ServerMessage => [80, 0];
export const newsProviders = (): ServerMessage => [85, 0];
export const userInfo = (reqId: number): ServerMessage => [107, reqId, ''];

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

export const tickGeneric = (reqId: number, type: number, value: number): ServerMessage => [45, 6, reqId, type, value];
export const tickString = (reqId: number, type: number, value: string): ServerMessage => [46, 6, reqId, type, value];

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

/** TWS sends text as ASCII, everything else as \uXXXX. */
export function asciiText(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
