import { present } from '#domain/assert';

/** What TWS sends, field by field as @stoqey/ib 1.6.10 reads it at server version 193. */
type Field = string | number;

/** The number of a data request: the field behind the type, or behind type and version. */
export const requestIdIn = (message: readonly string[], field: number): string =>
  present(message[field], 'request number');

const UNSET = '1.7976931348623157E308';
const UNSET_INT = '2147483647';

export const error = (id: number, code: number, text: string, rejectJson = ''): readonly Field[] => [
  4,
  2,
  id,
  code,
  text,
  rejectJson,
];
export const info = (code: number, text: string): readonly Field[] => error(-1, code, text);
export const currentTime = (): readonly Field[] => [49, 1, 1767623400];

export interface OrderOnWire {
  readonly orderId?: Field;
  readonly conId?: Field;
  readonly symbol?: string;
  readonly secType?: string;
  readonly expiry?: string;
  readonly localSymbol?: string;
  readonly action?: string;
  readonly quantity?: Field;
  readonly type?: string;
  readonly limit?: Field;
  readonly stop?: Field;
  readonly tif?: string;
  readonly ocaGroup?: string;
  readonly ocaType?: Field;
  readonly account?: string;
  readonly orderRef?: string;
  readonly clientId?: Field;
  readonly permId?: Field;
  readonly outsideRth?: Field;
  readonly parentId?: Field;
  readonly trailStop?: Field;
  readonly algo?: string;
  readonly conditions?: readonly Field[];
  readonly status?: string;
  readonly warning?: string;
}

/** openOrder with every field TWS writes, the delta-neutral block included. */
export function openOrder(o: OrderOnWire = {}): readonly Field[] {
  return [
    5, o.orderId ?? 1, o.conId ?? 265598, o.symbol ?? 'AAPL', o.secType ?? 'STK', o.expiry ?? '', '0.0', '', '', 'SMART', 'USD',
    o.localSymbol ?? 'AAPL', 'NMS',
    o.action ?? 'BUY', o.quantity ?? 10, o.type ?? 'LMT', o.limit ?? 150.25, o.stop ?? '0.0', o.tif ?? 'DAY', o.ocaGroup ?? '',
    o.account ?? 'DU1234567', '', 0, o.orderRef ?? 'run1-1', o.clientId ?? 7, o.permId ?? 1900000001, o.outsideRth ?? 0, 0, 0,
    '', '', '', '', '',
    '', '', '', UNSET, '', 0, '', -1, 0, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET_INT, 0, 0, 0, UNSET_INT, o.ocaType ?? 3, 0,
    0, UNSET, o.parentId ?? 0, 0,
    UNSET, 0, 'None', '', 0, '', '', '', '?', 0, 0, '',
    0, 0, o.trailStop ?? UNSET, UNSET, '', '', '', 0, 0, 0,
    UNSET_INT, UNSET_INT, UNSET, '', 0, '', 'IB', 0, 0,
    ...(o.algo === undefined ? [''] : [o.algo, 1, 'adaptivePriority', 'Normal']), 0,
    0, o.status ?? 'Submitted', UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, UNSET, '',
    o.warning ?? '', 0, 0,
    ...(o.conditions ?? [0]),
    'None', UNSET, o.trailStop ?? UNSET, UNSET, UNSET, UNSET, UNSET, 0,
    '', '', '', '0.0', 0, 0, 0, 0, UNSET_INT, UNSET_INT, 0,
    UNSET_INT, UNSET_INT, UNSET, UNSET, UNSET,
    '', 0, '', 0, '', UNSET_INT,
  ]; // prettier-ignore
}

export interface StatusOnWire {
  readonly orderId?: Field;
  readonly status?: string;
  readonly permId?: Field;
  readonly parentId?: Field;
  readonly clientId?: Field;
  readonly whyHeld?: string;
}

export const orderStatus = (s: StatusOnWire = {}): readonly Field[] => [
  3,
  s.orderId ?? 1,
  s.status ?? 'Submitted',
  0,
  10,
  0,
  s.permId ?? 1900000001,
  s.parentId ?? 0,
  0,
  s.clientId ?? 7,
  s.whyHeld ?? '',
  0,
];

export interface ExecutionOnWire {
  readonly reqId?: Field;
  readonly orderId?: Field;
  readonly conId?: Field;
  readonly execId?: string;
  readonly time?: string;
  readonly account?: string;
  readonly side?: string;
  readonly shares?: Field;
  readonly price?: Field;
  readonly permId?: Field;
  readonly clientId?: Field;
  readonly orderRef?: string;
}

export const execDetails = (e: ExecutionOnWire = {}): readonly Field[] => [
  11, e.reqId ?? -1, e.orderId ?? 1, e.conId ?? 265598, 'AAPL', 'STK', '', '0.0', '', '', 'ISLAND', 'USD', 'AAPL', 'NMS',
  e.execId ?? '0000e0d5.66000001.01.01', e.time ?? '20260105 09:31:00 US/Eastern', e.account ?? 'DU1234567', 'ISLAND',
  e.side ?? 'BOT', e.shares ?? 10, e.price ?? 150.25, e.permId ?? 1900000001, e.clientId ?? 7, 0, 10, 150.25,
  e.orderRef ?? 'run1-1', '', '', '', 2, 0,
]; // prettier-ignore

export const commissionReport = (execId: string, commission: Field, currency = 'USD'): readonly Field[] => [
  59, 1, execId, commission, currency, UNSET, UNSET, '',
]; // prettier-ignore

export const position = (held: Field, averageCost: Field, o: { account?: string; conId?: Field; secType?: string } = {}) => [
  61, 3, o.account ?? 'DU1234567', o.conId ?? 265598, 'AAPL', o.secType ?? 'STK', '', '0.0', '', '', '', 'USD', 'AAPL',
  'NMS', held, averageCost,
]; // prettier-ignore

export interface DetailsOnWire {
  readonly symbol?: string;
  readonly secType?: string;
  readonly conId?: Field;
  readonly currency?: string;
  readonly primaryExch?: string;
  readonly exchange?: string;
  readonly localSymbol?: string;
  readonly minTick?: Field;
  readonly multiplier?: Field;
  readonly validExchanges?: string;
  readonly marketRuleIds?: string;
  readonly timeZone?: string;
  readonly tradingHours?: string;
  readonly liquidHours?: string;
  readonly minSize?: Field;
  readonly sizeIncrement?: Field;
}

export const contractDetails = (reqId: Field, d: DetailsOnWire = {}): readonly Field[] => [
  10, reqId, d.symbol ?? 'AAPL', d.secType ?? 'STK', '', '', '0.0', '', d.exchange ?? 'SMART', d.currency ?? 'USD',
  d.localSymbol ?? 'AAPL', 'NMS', 'NMS',
  d.conId ?? 265598, d.minTick ?? '0.01', d.multiplier ?? '', 'ACTIVETIM,LMT,MKT,STP', d.validExchanges ?? 'SMART,NASDAQ', 1, 0,
  'APPLE INC', d.primaryExch ?? 'NASDAQ', '', 'Technology', 'Computers', 'Computers', d.timeZone ?? 'US/Eastern',
  d.tradingHours ?? '20260105:0400-20260105:2000;20260106:CLOSED',
  d.liquidHours ?? '20260105:0930-20260105:1600;20260106:CLOSED', '', '', 0, 1, '', '', d.marketRuleIds ?? '26,27', '',
  'COMMON', d.minSize ?? '0.0001', d.sizeIncrement ?? '0.0001', '100', 0,
]; // prettier-ignore

export const contractDetailsEnd = (reqId: Field): readonly Field[] => [52, 1, reqId];
export const marketRule = (id: Field, ...bands: readonly (readonly [Field, Field])[]): readonly Field[] => [
  93, id, bands.length, ...bands.flat(),
]; // prettier-ignore
export const tickPrice = (reqId: Field, type: number, price: Field, size: Field = 100): readonly Field[] => [
  1, 6, reqId, type, price, size, 1,
]; // prettier-ignore
export const tickSize = (reqId: Field, type: number, size: Field): readonly Field[] => [2, 6, reqId, type, size];
export const tickGeneric = (reqId: Field, type: number, value: Field): readonly Field[] => [45, 6, reqId, type, value];
export const marketDataType = (reqId: Field, type: number): readonly Field[] => [58, 1, reqId, type];
export const openOrderEnd = (): readonly Field[] => [53, 1];
export const execDetailsEnd = (reqId: Field): readonly Field[] => [55, 1, reqId];
export const completedOrdersEnd = (): readonly Field[] => [102];
export const positionEnd = (): readonly Field[] => [62, 1];
export const accountValue = (key: string, value: string): readonly Field[] => [6, 2, key, value, 'USD', 'DU1234567'];
export const pnl = (reqId: Field, daily: Field, unrealised: Field, realised: Field): readonly Field[] => [
  94,
  reqId,
  daily,
  unrealised,
  realised,
];
export const pnlSingle = (reqId: Field, held: Field, daily: Field, unrealised: Field, realised: Field) =>
  [95, reqId, held, daily, unrealised, realised, 0] satisfies readonly Field[];
export const symbolSamples = (reqId: Field, ...symbols: readonly string[]): readonly Field[] => [
  79, reqId, symbols.length, ...symbols.flatMap((symbol, n) => [n + 1, symbol, 'STK', 'NASDAQ', 'USD', 0, `${symbol} INC`, '']),
]; // prettier-ignore
export const orderBound = (permId: Field, clientId: Field, orderId: Field): readonly Field[] => [
  100,
  permId,
  clientId,
  orderId,
];
