/**
 * The requests of a client to TWS, field by field as IBKR's protocol has them at a server version. Written without
 * the simulator's decoder, and compared with what the real @stoqey/ib client sends.
 */
export type Fields = readonly string[];

/** AAPL by number on SMART: the twelve fields that name an instrument. */
export const APPLE: Fields = ['265598', 'AAPL', 'STK', '', '', '', '', 'SMART', '', 'USD', '', ''];
/** The other kinds of instruments, by number. */
export const instrumentFields = (conId: number, exchange: string): Fields => [
  ...[String(conId), '', '', '', '', '', '', exchange, '', '', '', ''],
];
const UNSET_INTEGER = '2147483647';

/** The terms of an order that a test sets; all other fields are as an untouched order has them. */
export interface OrderTerms {
  readonly action?: string;
  readonly quantity?: string;
  readonly orderType?: string;
  readonly limitPrice?: string;
  readonly auxPrice?: string;
  readonly tif?: string;
  readonly ocaGroup?: string;
  readonly ocaType?: string;
  readonly orderRef?: string;
  readonly transmit?: boolean;
  readonly parentId?: string;
  readonly outsideRth?: boolean;
  readonly goodTillDate?: string;
  readonly trailStopPrice?: string;
  readonly trailingPercent?: string;
  readonly limitPriceOffset?: string;
  readonly whatIf?: boolean;
  /** Each with its type and how it is tied to the next one. */
  readonly conditions?: readonly Fields[];
  readonly conditionsCancelOrder?: boolean;
  /** Order type, trigger price, stop, limit and trailing amount of what the stop becomes, and the amount's unit. */
  readonly adjusted?: readonly [string, string, string, string, string, string];
  readonly contract?: Fields;
  readonly account?: string;
  readonly triggerMethod?: string;
}

const blank = (count: number): Fields => Array.from({ length: count }, () => '');

export const startApi = (clientId: number): Fields => ['71', '2', String(clientId), ''];
export const marketData = (reqId: number, snapshot: boolean): Fields => [
  ...['1', '11', String(reqId)],
  ...APPLE,
  ...['0', '', snapshot ? '1' : '0', '0', ''],
];
export const marketDataOf = (reqId: number, contract: Fields, generic = ''): Fields => [
  ...['1', '11', String(reqId)],
  ...contract,
  ...['0', generic, '0', '0', ''],
];
export const cancelMarketData = (reqId: number): Fields => ['2', '1', String(reqId)];
export const openOrders: Fields = ['5', '1'];
export const accountUpdates = (subscribe: boolean): Fields => ['6', '2', subscribe ? '1' : '0', 'DU1234567'];
export const executions = (reqId: number): Fields => ['7', '3', String(reqId), ...blank(7)];
export const nextId: Fields = ['8', '1', '0'];
export const contractDetails = (reqId: number): Fields => ['9', '8', String(reqId), ...APPLE, ...blank(4)];
export const contractDetailsOf = (reqId: number, contract: Fields): Fields => [
  ...['9', '8', String(reqId)],
  ...contract,
  ...blank(4),
];
export const serverLogLevel: Fields = ['14', '1', '5'];
export const autoOpenOrders: Fields = ['15', '1', '1'];
export const noAutoOpenOrders: Fields = ['15', '1', '0'];
export const allOpenOrders: Fields = ['16', '1'];
export const managedAccounts: Fields = ['17', '1'];
export const currentTime: Fields = ['49', '1'];
export const marketDataType: Fields = ['59', '1', '1'];
export const marketDataTypeOf = (type: number): Fields => ['59', '1', String(type)];
export const positions: Fields = ['61', '1'];
export const accountSummary = (reqId: number): Fields => [
  '62',
  '1',
  String(reqId),
  'All',
  'NetLiquidation,BuyingPower',
];
export const cancelAccountSummary = (reqId: number): Fields => ['63', '1', String(reqId)];
export const cancelPositions: Fields = ['64', '1'];
export const positionsMulti = (reqId: number): Fields => ['74', '1', String(reqId), 'DU1234567', ''];
export const cancelPositionsMulti = (reqId: number): Fields => ['75', '1', String(reqId)];
export const accountUpdatesMulti = (reqId: number): Fields => ['76', '2', String(reqId), 'DU1234567', '', '1'];
export const cancelAccountUpdatesMulti = (reqId: number): Fields => ['77', '2', String(reqId)];
/** Five daily bars of Apple, and the running one as it goes on. */
export const history = (reqId: number, keepUpToDate: boolean): Fields => [
  ...['20', String(reqId)],
  ...APPLE,
  ...['0', '', '1 day', '5 D', '1', 'TRADES', '1', keepUpToDate ? '1' : '0', ''],
];
export const headTimestamp = (reqId: number): Fields => ['87', String(reqId), ...APPLE, '0', '1', 'TRADES', '1'];
export const softDollarTiers = (reqId: number): Fields => ['79', String(reqId)];
export const familyCodes: Fields = ['80'];
export const depthExchanges: Fields = ['82'];
export const newsProviders: Fields = ['85'];
export const userInfo = (reqId: number): Fields => ['104', String(reqId)];
export const matchingSymbols = (reqId: number): Fields => ['81', String(reqId), 'APPL'];
export const marketRule = (ruleId: number): Fields => ['91', String(ruleId)];
export const pnl = (reqId: number): Fields => ['92', String(reqId), 'DU1234567', ''];
export const cancelPnl = (reqId: number): Fields => ['93', String(reqId)];
export const pnlSingle = (reqId: number): Fields => ['94', String(reqId), 'DU1234567', '', '265598'];
export const cancelPnlSingle = (reqId: number): Fields => ['95', String(reqId)];
export const completedOrders: Fields = ['99', '1'];

export function cancelOrder(version: number, orderId: number): Fields {
  if (version >= 192) return ['4', String(orderId), '', '', UNSET_INTEGER];
  const requestForQuote = version >= 187 && version < 190 ? ['', '', UNSET_INTEGER] : [];
  return ['4', '1', String(orderId), '', ...requestForQuote];
}

export function globalCancel(version: number): Fields {
  return version >= 192 ? ['58', '', UNSET_INTEGER] : ['58', '1'];
}

/** 114 fields at 178, 118 at 193. */
export function placeOrder(version: number, orderId: number, terms: OrderTerms = {}): Fields {
  const { action = 'BUY', quantity = '100', orderType = 'MKT', limitPrice = '', auxPrice = '', tif = 'DAY' } = terms;
  const { ocaGroup = '', ocaType = '', orderRef = '', transmit = true, parentId = '' } = terms;
  const { goodTillDate = '', trailStopPrice = '', trailingPercent = '', limitPriceOffset = '' } = terms;
  const { conditions = [], adjusted: [adjustedType, trigger, ...adjustedAmounts] = blank(6) } = terms;
  return [
    ...['3', String(orderId)],
    ...(terms.contract ?? APPLE),
    ...blank(2), // secIdType, secId
    ...[action, quantity, orderType, limitPrice, auxPrice, tif, ocaGroup],
    ...[terms.account ?? '', '', ''], // account, openClose, origin
    ...[orderRef, transmit ? '1' : '0', parentId],
    ...['', '', '', terms.triggerMethod ?? ''], // blockOrder, sweepToFill, displaySize, triggerMethod
    ...[terms.outsideRth === undefined ? '' : String(Number(terms.outsideRth)), ''], // outsideRth, hidden
    ...blank(3), // sharesAllocation, discretionaryAmt, goodAfterTime
    goodTillDate,
    ...blank(4), // faGroup, faMethod, faPercentage, modelCode
    ...blank(3), // shortSaleSlot, designatedLocation, exemptCode
    ocaType,
    ...blank(6), // rule80A, settlingFirm, allOrNone, minQty, percentOffset, eTradeOnly
    ...blank(6), // firmQuoteOnly, nbboPriceCap, auctionStrategy, startingPrice, stockRefPrice, delta
    ...blank(3), // stockRangeLower, stockRangeUpper, overridePercentageConstraints
    ...blank(6), // volatility ×2, deltaNeutral ×2, continuousUpdate, referencePriceType
    ...[trailStopPrice, trailingPercent],
    ...blank(6), // scale sizes and increment, scaleTable, activeStartTime, activeStopTime
    ...blank(5), // hedgeType, optOutSmartRouting, clearingAccount, clearingIntent, notHeld
    '0', // deltaNeutralContract
    ...['', '', terms.whatIf === true ? '1' : ''], // algoStrategy, algoId, whatIf
    ...blank(4), // orderMiscOptions, solicited, randomizeSize, randomizePrice
    ...[String(conditions.length), ...conditions.flat()],
    ...(conditions.length > 0 ? ['', terms.conditionsCancelOrder === true ? '1' : ''] : []), // ignoreRth, cancelOrder
    ...[adjustedType, trigger, limitPriceOffset, ...adjustedAmounts].map((field) => field ?? ''),
    ...blank(4), // extOperator, softDollarTier ×2, cashQty
    ...blank(4), // MiFID II
    ...blank(4), // dontUseAutoPriceForHedge, isOmsContainer, discretionaryUpToLimitPrice, usePriceMgmtAlgo
    ...blank(5), // duration, postToAts, autoCancelParent, advancedErrorOverride, manualOrderTime
    ...(version >= 183 ? blank(1) : []), // customerAccount
    ...(version >= 184 ? blank(1) : []), // professionalCustomer
    ...(version >= 187 && version < 190 ? ['', UNSET_INTEGER] : []), // request for quote
    ...(version >= 189 ? blank(1) : []), // includeOvernight
    ...(version >= 192 ? blank(1) : []), // manualOrderIndicator
  ];
}
