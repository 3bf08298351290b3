import { formatUnits, meanText } from '#simulator/fixed';
import type { WhatIfFigures } from '#simulator/margin';
import type { OrderCondition } from '#simulator/order-condition';
import { BASE_CURRENCY } from '#simulator/portfolio';
import { easternText } from '#simulator/session-calendar';
import type { SimulatedOrder } from '#simulator/simulated-order';
import type { ServerMessage } from '#simulator/tws/encode';
import { contractFields } from '#simulator/tws/encode-contract';
import { parentIdOf, reportedIdOf, reportedTermsOf, type ReportedTerms } from '#simulator/tws/reported-order';
import { SINCE } from '#simulator/tws/server-version';
import { UNSET_DOUBLE, UNSET_INTEGER } from '#simulator/tws/wire';

const WHAT_IF_AMOUNTS = 12;

/**
 * OPEN_ORDER (5): 135 fields at 178, 141 at 193, and what conditions add.
 * @param figures what the order would do to the account, when it is the answer to a question with whatIf.
 */
export function openOrder(
  serverVersion: number,
  order: SimulatedOrder,
  account: string,
  status: string,
  figures?: WhatIfFigures,
): ServerMessage {
  const terms = reportedTermsOf(order);
  return [
    5,
    reportedIdOf(order),
    ...contractFields(order.instrument, order.instrument.exchange),
    ...mainTerms(order, terms, account),
    order.clientId,
    order.permId,
    order.outsideRth,
    0, // hidden
    0, // discretionaryAmt
    '', // goodAfterTime
    '', // sharesAllocation, deprecated
    ...allocationAndDates(order),
    0, // shortSaleSlot
    '', // designatedLocation
    -1, // exemptCode
    0, // auctionStrategy
    ...boxAndRangePrices(),
    UNSET_INTEGER, // displaySize
    0, // blockOrder
    0, // sweepToFill
    0, // allOrNone
    UNSET_INTEGER, // minQty
    terms.ocaType,
    0, // eTradeOnly
    0, // firmQuoteOnly
    UNSET_DOUBLE, // nbboPriceCap
    parentIdOf(order),
    order.triggerMethod,
    UNSET_DOUBLE, // volatility
    0, // volatilityType
    // The delta neutral block as TWS writes it for plain orders: order type "None" brings eight more fields.
    'None',
    '',
    0,
    '',
    '',
    '',
    '?',
    0,
    0,
    '',
    0, // continuousUpdate
    0, // referencePriceType
    ...trailing(terms),
    '', // basisPoints
    '', // basisPointsType
    ...legsAndScale(),
    '', // hedgeType
    0, // optOutSmartRouting
    '', // clearingAccount
    'IB', // clearingIntent
    0, // notHeld
    0, // deltaNeutralContract
    '', // algoStrategy
    0, // solicited
    figures !== undefined,
    status,
    ...marginsAndCommission(figures),
    '', // warningText
    0, // randomizeSize
    0, // randomizePrice
    ...conditions(order),
    terms.adjustedOrderType,
    amount(terms.triggerPrice),
    amount(terms.trailStopPrice), // the second: this one counts
    amount(terms.limitPriceOffset),
    amount(terms.adjustedStopPrice),
    amount(terms.adjustedStopLimitPrice),
    amount(terms.adjustedTrailingAmount),
    terms.adjustableTrailingUnit,
    '', // softDollarTier name
    '', // softDollarTier value
    '', // softDollarTier display name
    '0.0', // cashQty
    0, // dontUseAutoPriceForHedge
    0, // isOmsContainer
    0, // discretionaryUpToLimitPrice
    0, // usePriceMgmtAlgo
    UNSET_INTEGER, // duration
    UNSET_INTEGER, // postToAts
    0, // autoCancelParent
    ...peggedOffsets(),
    ...(serverVersion >= SINCE.CUSTOMER_ACCOUNT ? [''] : []),
    ...(serverVersion >= SINCE.PROFESSIONAL_CUSTOMER ? [0] : []),
    ...(serverVersion >= SINCE.BOND_ACCRUED_INTEREST ? [''] : []),
    ...(serverVersion >= SINCE.INCLUDE_OVERNIGHT ? [0] : []),
    ...(serverVersion >= SINCE.CME_TAGGING_FIELDS_IN_OPEN_ORDER ? ['', UNSET_INTEGER] : []),
  ];
}

/** COMPLETED_ORDER (101): an order that is final. It carries the permanent id, neither order id nor client. */
export function completedOrder(
  serverVersion: number,
  order: SimulatedOrder,
  account: string,
  status: string,
): ServerMessage {
  const terms = reportedTermsOf(order);
  return [
    101,
    ...contractFields(order.instrument, order.instrument.exchange),
    ...mainTerms(order, terms, account),
    order.permId,
    order.outsideRth,
    0, // hidden
    0, // discretionaryAmt
    '', // goodAfterTime
    ...allocationAndDates(order),
    0, // shortSaleSlot
    '', // designatedLocation
    -1, // exemptCode
    ...boxAndRangePrices(),
    UNSET_INTEGER, // displaySize
    0, // sweepToFill
    0, // allOrNone
    UNSET_INTEGER, // minQty
    terms.ocaType,
    order.triggerMethod,
    UNSET_DOUBLE, // volatility
    0, // volatilityType
    // The short form of the delta neutral block: "None" brings four more fields.
    'None',
    '',
    0,
    0,
    0,
    '',
    0, // continuousUpdate
    0, // referencePriceType
    ...trailing(terms),
    ...legsAndScale(),
    '', // hedgeType
    '', // clearingAccount
    'IB', // clearingIntent
    0, // notHeld
    0, // deltaNeutralContract
    '', // algoStrategy
    0, // solicited
    status,
    0, // randomizeSize
    0, // randomizePrice
    ...conditions(order),
    amount(terms.trailStopPrice), // the second: this one counts
    amount(terms.limitPriceOffset),
    '0.0', // cashQty
    0, // dontUseAutoPriceForHedge
    0, // isOmsContainer
    '', // autoCancelDate
    order.filled,
    0, // refFuturesConId
    0, // autoCancelParent
    '', // shareholder
    0, // imbalanceOnly
    0, // routeMarketableToBbo
    order.parent?.permId ?? 0,
    easternText(order.completedAt),
    order.stage === 'filled' ? `Filled Size: ${String(order.filled)}` : 'Cancelled by Trader',
    ...peggedOffsets(),
    ...(serverVersion >= SINCE.CUSTOMER_ACCOUNT ? [''] : []),
    ...(serverVersion >= SINCE.PROFESSIONAL_CUSTOMER ? [0] : []),
  ];
}

/** ORDER_BOUND (100): an order entered by hand in TWS now belongs to client 0 under this id. */
export const orderBound = ({ permId, clientId, orderId }: SimulatedOrder): ServerMessage => [
  100,
  permId,
  clientId,
  orderId,
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

function mainTerms(order: SimulatedOrder, terms: ReportedTerms, account: string): ServerMessage {
  return [
    order.action,
    order.terms.quantity,
    order.orderType,
    price(terms.limitPrice),
    price(terms.auxPrice),
    order.terms.tif,
    terms.ocaGroup,
    account,
    '', // openClose
    0, // origin
    order.orderRef,
  ];
}

/** A price that TWS writes as zero where there is none. */
function price(text: string): string {
  return text === '' ? '0.0' : text;
}

/** A price or figure that TWS marks as unset where there is none. */
function amount(text: string): string {
  return text === '' ? UNSET_DOUBLE : text;
}

/** Margins and equity: before, change, after; the commission, its bounds and its currency. */
function marginsAndCommission(figures: WhatIfFigures | undefined): ServerMessage {
  if (figures === undefined) return [...Array.from({ length: WHAT_IF_AMOUNTS }, () => UNSET_DOUBLE), ''];
  const amounts = [
    ...[figures.initialMarginBefore, figures.maintenanceMarginBefore, figures.equityWithLoanBefore],
    ...[figures.initialMarginChange, figures.maintenanceMarginChange, figures.equityWithLoanChange],
    ...[figures.initialMarginAfter, figures.maintenanceMarginAfter, figures.equityWithLoanAfter],
    figures.commission,
  ];
  // The commission is known exactly and so has no bounds. All figures are in the account's own currency.
  return [...amounts.map(formatUnits), UNSET_DOUBLE, UNSET_DOUBLE, BASE_CURRENCY];
}

/** How many conditions, each with type and conjunction first, and what they do. */
function conditions(order: SimulatedOrder): ServerMessage {
  if (order.conditions.length === 0) return [0];
  return [
    order.conditions.length,
    ...order.conditions.flatMap(conditionFields),
    order.conditionsIgnoreRth,
    order.conditionsCancelOrder,
  ];
}

function conditionFields(condition: OrderCondition): ServerMessage {
  const conjunction = condition.conjunction === 'and' ? 'a' : 'o';
  switch (condition.kind) {
    case 'price': {
      const { isMore, price: level, conId, exchange, triggerMethod } = condition;
      return [1, conjunction, isMore, level, conId, exchange, triggerMethod];
    }
    case 'time':
      return [3, conjunction, condition.isMore, condition.time];
    case 'margin':
      return [4, conjunction, condition.isMore, condition.percent];
    case 'execution':
      return [5, conjunction, condition.secType, condition.exchange, condition.symbol];
    case 'volume':
      return [6, conjunction, condition.isMore, condition.volume, condition.conId, condition.exchange];
    case 'percent-change':
      return [7, conjunction, condition.isMore, condition.percent, condition.conId, condition.exchange];
  }
}

/** faGroup, faMethod, faPercentage, modelCode, goodTillDate, rule80A, percentOffset, settlingFirm. */
function allocationAndDates({ terms: { goodTillDate } }: SimulatedOrder): ServerMessage {
  return ['', '', '', '', goodTillDate, '', UNSET_DOUBLE, ''];
}

/** startingPrice, stockRefPrice, delta, stockRangeLower, stockRangeUpper. */
function boxAndRangePrices(): ServerMessage {
  return [UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE];
}

/** trailStopPrice, trailingPercent. */
function trailing({ trailStopPrice, trailingPercent }: ReportedTerms): ServerMessage {
  return [amount(trailStopPrice), amount(trailingPercent)];
}

/** comboLegsDescription, combo legs, order legs, routing parameters; scale sizes and increment. */
function legsAndScale(): ServerMessage {
  return ['', 0, 0, 0, UNSET_INTEGER, UNSET_INTEGER, UNSET_DOUBLE];
}

/** minTradeQty, minCompeteSize, competeAgainstBestOffset, midOffsetAtWhole, midOffsetAtHalf. */
function peggedOffsets(): ServerMessage {
  return [UNSET_INTEGER, UNSET_INTEGER, UNSET_DOUBLE, UNSET_DOUBLE, UNSET_DOUBLE];
}
